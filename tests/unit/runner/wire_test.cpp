// Which encoding and version a server is spoken to in: what is tried after what, and what is remembered.
#include "runner/wire.hpp"

#include "runner/session_setup.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>

using namespace runner;
using base::Errc;
using codec::Encoding;
using session::Objection;
using syncml::Version;

namespace {

constexpr auto wbxml = Encoding::Wbxml;
constexpr auto xml = Encoding::Xml;
using Wires = std::vector<Wire>;

/// All that is tried when every one ends with `sign`.
Wires tried(WireSearch search, Sign sign)
{
    Wires wires{search.current()};
    while (search.advance(sign))
        wires.push_back(search.current());
    return wires;
}

const std::vector<Version> all{Version::V1_2, Version::V1_1, Version::V1_0};

/// A profile whose account is known, and a clock.
struct Memory {
    Memory()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "syncd-wire-XXXXXX").string();
        directory = ::mkdtemp(pattern.data());
        state = storage::SyncState::open(directory / "state.db").value();
        plan.url = "https://sync.example.net/ds";
        plan.user = "alice";
        plan.encoding = "XML";
        plan.protocol_version = "AUTO";
        state->bind_to(account_identity(plan.url, plan.user));
    }
    ~Memory()
    {
        state.reset();
        std::filesystem::remove_all(directory);
    }
    Wires after(Sign sign) const { return tried(search_wires(plan, *state, {}, now), sign); }
    void found(Version version, bool doubtful = false) { remember(*state, plan, {xml, version}, doubtful, now); }

    std::filesystem::path directory;
    std::unique_ptr<storage::SyncState> state;
    channel::Plan plan;
    std::chrono::system_clock::time_point now{std::chrono::sys_days(std::chrono::year(2026) / 3 / 9)};
};

const Wires from_1_2{{xml, Version::V1_2}, {xml, Version::V1_1}, {xml, Version::V1_0}};

} // namespace

TEST_CASE("what a failure says of the wire", "[wire]")
{
    const auto of = [](Errc code, unsigned status, bool waits = false, bool answered = false) {
        return sign_of({code, Objection::None, answered, status, waits});
    };
    for (const unsigned status : {400, 406, 415, 500, 501, 505, 507})
        CHECK(of(Errc::HttpStatus, status) == Sign::Unread);
    for (const unsigned status : {0, 302, 401, 403, 404, 405, 407, 410, 413, 417, 429, 502, 503, 504})
        CHECK(of(Errc::HttpStatus, status) == Sign::None);
    CHECK(of(Errc::HttpStatus, 500, true) == Sign::None); // it wants to be left alone
    CHECK(of(Errc::NotSyncML, 200) == Sign::Unread);
    CHECK(of(Errc::Malformed, 200) == Sign::Unread);
    for (const auto code : {Errc::Unreachable, Errc::HostNotFound, Errc::Tls, Errc::Timeout, Errc::ReplyTooLarge,
                            Errc::Authentication, Errc::PlainCredentialsRefused, Errc::Stopped, Errc::Local})
        CHECK(of(code, 500) == Sign::None);
    // Only the first message can have been unreadable.
    CHECK(of(Errc::HttpStatus, 500, false, true) == Sign::None);
    CHECK(of(Errc::Malformed, 200, false, true) == Sign::None);

    CHECK(sign_of({Errc::Protocol, Objection::Version, true, 200, false}) == Sign::WrongVersion);
    CHECK(sign_of({Errc::Protocol, Objection::Message, true, 200, false}) == Sign::Senseless);
    CHECK(sign_of({Errc::Protocol, Objection::None, true, 200, false}) == Sign::None);
}

TEST_CASE("each wire is tried once, the best first", "[wire]")
{
    const WireSearch both({wbxml, xml}, all, false);
    CHECK(tried(both, Sign::None) == Wires{{wbxml, Version::V1_2}});
    CHECK(tried(both, Sign::Unread) == Wires{{wbxml, Version::V1_2},
                                             {xml, Version::V1_2},
                                             {wbxml, Version::V1_1},
                                             {xml, Version::V1_1},
                                             {wbxml, Version::V1_0},
                                             {xml, Version::V1_0}});
    // Who answers in SyncML has read the encoding.
    const Wires older{{wbxml, Version::V1_2}, {wbxml, Version::V1_1}, {wbxml, Version::V1_0}};
    CHECK(tried(both, Sign::WrongVersion) == older);
    CHECK(tried(both, Sign::Senseless) == older);
    CHECK(tried(WireSearch({xml}, all, false), Sign::Unread) == from_1_2);
    CHECK(tried(WireSearch({xml}, {Version::V1_1}, true), Sign::WrongVersion) == Wires{{xml, Version::V1_1}});
}

TEST_CASE("what the server says counts from then on", "[wire]")
{
    WireSearch search({wbxml, xml}, all, false);
    REQUIRE(search.advance(Sign::Unread));
    REQUIRE(search.advance(Sign::WrongVersion)); // it reads XML
    CHECK(search.current() == Wire{xml, Version::V1_1});
    CHECK_FALSE(search.is_doubtful());
    REQUIRE(search.advance(Sign::Unread));
    CHECK(search.current() == Wire{xml, Version::V1_0});
    CHECK(search.is_doubtful());
    CHECK_FALSE(search.advance(Sign::WrongVersion));
}

TEST_CASE("a version that is known is given up for the server's word alone", "[wire]")
{
    const std::vector<Version> versions{Version::V1_1, Version::V1_2, Version::V1_0};
    const WireSearch known({wbxml, xml}, versions, true);
    CHECK(tried(known, Sign::Unread) == Wires{{wbxml, Version::V1_1}, {xml, Version::V1_1}});
    CHECK(tried(known, Sign::Senseless) == Wires{{wbxml, Version::V1_1}});
    CHECK(tried(known, Sign::WrongVersion) ==
          Wires{{wbxml, Version::V1_1}, {wbxml, Version::V1_2}, {wbxml, Version::V1_0}});
}

TEST_CASE("a version is remembered for 30 days", "[wire]")
{
    Memory m;
    CHECK(m.after(Sign::Unread) == from_1_2);
    m.found(Version::V1_1);
    CHECK(m.after(Sign::Unread) == Wires{{xml, Version::V1_1}});
    m.now += std::chrono::days(29);
    m.found(Version::V1_1); // being used does not prolong it
    CHECK(m.after(Sign::None) == Wires{{xml, Version::V1_1}});
    m.now += std::chrono::days(1);
    CHECK(m.after(Sign::Unread) == from_1_2);
    m.found(Version::V1_1);
    CHECK(m.after(Sign::Unread) == Wires{{xml, Version::V1_1}});
    // A clock that was put back tells nothing of the age.
    m.now -= std::chrono::days(300);
    CHECK(m.after(Sign::Unread) == from_1_2);
}

TEST_CASE("1.2 is remembered for good, as there is nothing better to find", "[wire]")
{
    Memory m;
    m.found(Version::V1_2);
    m.now += std::chrono::days(1000);
    CHECK(m.after(Sign::Unread) == Wires{{xml, Version::V1_2}});
    CHECK(m.after(Sign::WrongVersion) == from_1_2);
}

TEST_CASE("a doubtful sign is believed the second time", "[wire]")
{
    Memory m;
    m.found(Version::V1_1, true);
    CHECK(m.after(Sign::Unread) == from_1_2);
    SECTION("the same again")
    {
        m.found(Version::V1_1, true);
        CHECK(m.after(Sign::Unread) == Wires{{xml, Version::V1_1}});
    }
    SECTION("something else")
    {
        m.found(Version::V1_0, true);
        CHECK(m.after(Sign::Unread) == from_1_2);
    }
    SECTION("the server's word")
    {
        m.found(Version::V1_1);
        CHECK(m.after(Sign::Unread) == Wires{{xml, Version::V1_1}});
    }
    SECTION("1.2 after all")
    {
        m.found(Version::V1_2);
        m.found(Version::V1_1, true);
        CHECK(m.after(Sign::Unread) == from_1_2);
    }
    SECTION("after 30 days it is the first time again")
    {
        m.now += std::chrono::days(30);
        m.found(Version::V1_1, true);
        CHECK(m.after(Sign::Unread) == from_1_2);
    }
}

TEST_CASE("another URL, account or wish of the profile forgets the version", "[wire]")
{
    Memory m;
    m.found(Version::V1_1);
    SECTION("another path")
    {
        m.plan.url = "https://sync.example.net/ds2";
    }
    SECTION("another account")
    {
        m.plan.user = "bob";
        CHECK(m.after(Sign::Unread) == from_1_2);
        m.state->bind_to(account_identity(m.plan.url, m.plan.user));
    }
    SECTION("a session in a version that the profile named")
    {
        m.plan.protocol_version = "1.0";
        CHECK(m.after(Sign::WrongVersion) == Wires{{xml, Version::V1_0}});
        m.found(Version::V1_0);
        m.plan.protocol_version = "AUTO";
    }
    CHECK(m.after(Sign::Unread) == from_1_2);
}

TEST_CASE("what is known of the encoding and of the version is known apart", "[wire]")
{
    Memory m;
    m.plan.encoding = "AUTO";
    m.found(Version::V1_2);
    CHECK(m.state->encoding() == "XML");
    CHECK(m.after(Sign::Unread) == Wires{{xml, Version::V1_2}});
    m.state->forget_version();
    CHECK(m.after(Sign::Unread) == from_1_2);
    m.plan.encoding = "WBXML";
    CHECK(m.after(Sign::None) == Wires{{wbxml, Version::V1_2}});
    // Of an account that the state is not bound to nothing is known.
    m.plan.encoding = "AUTO";
    m.plan.user = "bob";
    CHECK(m.after(Sign::None) == Wires{{wbxml, Version::V1_2}});
}

TEST_CASE("what is known of a server decides about the encoding where the profile leaves it open", "[wire]")
{
    Memory m;
    PeerRules rules;
    rules.encoding = GENERATE(as<std::string>(), "XML", "WBXML");
    const auto known = rules.encoding == "XML" ? xml : wbxml;
    const auto found = [&] { return search_wires(m.plan, *m.state, rules, m.now); };
    CHECK(found().current().encoding == xml); // the profile's own
    m.plan.encoding = "AUTO";
    for (const auto& wire : tried(found(), Sign::Unread))
        CHECK(wire.encoding == known);
    m.state->set_encoding(known == xml ? "WBXML" : "XML"); // found out before the rule was known
    CHECK(found().current().encoding == known);
    CHECK(search_wires(m.plan, *m.state, {}, m.now).current().encoding != known);
}
