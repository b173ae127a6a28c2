#include "storage/profile_repository.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

using storage::ProfileRepository;
using storage::ProfileRow;

namespace {

ProfileRow full_row(const std::string& id)
{
    ProfileRow row;
    row.id = id;
    row.owner = 4'000'000'000;
    row.name = "Büro";
    row.url = "https://sync.example.net/ds";
    row.mode = "PERIODIC";
    row.type = "TWO_WAY";
    row.interval = "1_DAY";
    row.sealed_credentials = std::string("\0sealed\xff", 8);
    row.allow_plain_credentials = true;
    row.ca_file = "/etc/ca.pem";
    row.settings = "{}";
    row.last_end = 1'700'000'000'000'000;
    row.next_due = 1'700'086'400'000'000;
    row.not_before = 1'700'000'060'000'000;
    row.credentials_refused = true;
    row.services = {{"EVENT", "cal", false, std::string("\0x", 2)}, {"CONTACT", "card", true, ""}};
    return row;
}

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<ProfileRepository> repository = open();
    std::unique_ptr<ProfileRepository> open() const
    {
        return ProfileRepository::open(directory / "profiles.db").value();
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "profiles come back as they were stored, in order of creation", "[profiles]")
{
    CHECK(repository->load_all().empty());
    ProfileRow bare;
    bare.id = "zz";
    repository->insert(bare);
    repository->insert(full_row("aa"));
    repository = open();
    CHECK(repository->load_all() == std::vector<ProfileRow>{bare, full_row("aa")});
}

TEST_CASE_METHOD(Fixture, "an update replaces all of a profile and keeps its place", "[profiles]")
{
    repository->insert(full_row("one"));
    repository->insert(full_row("two"));
    auto changed = full_row("one");
    changed.name = "Home";
    changed.sealed_credentials.clear();
    changed.services = {{"CONTACT", "./contacts", true, "box"}};
    repository->update(changed);
    CHECK(repository->load_all() == std::vector<ProfileRow>{changed, full_row("two")});
}

TEST_CASE_METHOD(Fixture, "a removed profile leaves nothing behind", "[profiles]")
{
    repository->insert(full_row("one"));
    repository->insert(full_row("two"));
    repository->remove("one");
    CHECK(repository->load_all() == std::vector<ProfileRow>{full_row("two")});
    ProfileRow again;
    again.id = "one";
    repository->insert(again);
    CHECK(repository->load_all() == std::vector<ProfileRow>{full_row("two"), again});
}

TEST_CASE_METHOD(Fixture, "the schedule of a profile changes alone", "[profiles]")
{
    repository->insert(full_row("one"));
    auto expected = full_row("one");
    expected.last_end = 5;
    expected.next_due = 6;
    expected.not_before = 7;
    expected.credentials_refused = false;
    auto row = expected;
    row.name = "not written";
    repository->update_schedule(row);
    CHECK(repository->load_all() == std::vector<ProfileRow>{expected});
}

TEST_CASE_METHOD(Fixture, "inserting an id a second time fails and changes nothing", "[profiles]")
{
    repository->insert(full_row("one"));
    CHECK_THROWS(repository->insert(full_row("one")));
    CHECK(repository->load_all().size() == 1);
}

TEST_CASE_METHOD(Fixture, "session numbers are never given twice", "[profiles]")
{
    repository->insert(full_row("one"));
    CHECK(repository->accept_session("one", "user", 5) == 1);
    repository->forget_session(1);
    CHECK(repository->accept_session("one", "user", 5) == 2);
    repository = open();
    CHECK(repository->accept_session("one", "user", 5) == 3);
}

TEST_CASE_METHOD(Fixture, "a session is known from its acceptance to its end", "[profiles]")
{
    using Sessions = std::vector<ProfileRepository::AcceptedSession>;
    repository->insert(full_row("one"));
    repository->insert(full_row("two"));
    repository->accept_session("one", "timer", 5);
    repository->accept_session("two", "user", 6);
    repository = open();
    CHECK(repository->accepted_sessions() == Sessions{{1, "one", "timer", 5}, {2, "two", "user", 6}});
    repository->forget_session(1);
    repository->forget_session(77);
    CHECK(repository->accepted_sessions() == Sessions{{2, "two", "user", 6}});
    repository->remove("two");
    CHECK(repository->accepted_sessions().empty());
    for (int i = 0; i < 25; ++i)
        repository->accept_session("one", "user", i);
    const auto kept = repository->accepted_sessions();
    REQUIRE(kept.size() == 20);
    CHECK(kept.front().time == 5);
}

TEST_CASE_METHOD(Fixture, "a profile's newest notifications are remembered, each once", "[profiles]")
{
    repository->insert(full_row("one"));
    repository->insert(full_row("two"));
    CHECK(repository->remember_notification("one", "7", 2));
    CHECK_FALSE(repository->remember_notification("one", "7", 2));
    CHECK(repository->remember_notification("two", "7", 2));
    repository = open();
    CHECK(repository->remember_notification("one", "8", 2));
    CHECK_FALSE(repository->remember_notification("one", "7", 2));
    CHECK(repository->remember_notification("one", "9", 2));
    CHECK(repository->remember_notification("one", "7", 2));
    repository->update(full_row("two")); // which is no other profile
    CHECK_FALSE(repository->remember_notification("two", "7", 2));
}
