#include "transcript/reader.hpp"

#include "transcript/censor.hpp"
#include "transcript/recorder.hpp"

#include <catch2/catch.hpp>

#include <sstream>
#include <vector>

namespace {

using namespace transcript;

struct Read {
    std::vector<Record> records;
    std::optional<base::Error> error;
    bool is_whole = false;
};

Read read(const std::string& text)
{
    std::istringstream in(text);
    Reader reader(in);
    Read all;
    while (true) {
        auto record = reader.next();
        if (!record) {
            all.error = record.error();
            return all;
        }
        if (!*record)
            break;
        all.records.push_back(std::move(**record));
    }
    all.is_whole = reader.is_whole();
    return all;
}

constexpr const char* time = "1970-01-01T00:00:00.000Z";

/// A session of which every kind of record tells.
std::vector<Record> session()
{
    syncml::Message message;
    message.header.ver_dtd = "1.2";
    message.header.ver_proto = "SyncML/1.2";
    message.header.session_id = "3";
    message.header.msg_id = 2;
    syncml::Alert alert;
    alert.cmd_id = 1;
    alert.code = syncml::AlertCode::Display;
    alert.items.emplace_back().data = "two\nlines <transcript> ]]> & more";
    message.body.emplace_back(alert);
    message.final = true;
    return {Opening{.program = "syncd/1", .profile = "Work", .session = 7, .holds_items = true, .time = time},
            Attempt{.time = time,
                    .server = "http://host/ds",
                    .encoding = "XML",
                    .syncml = "1.2",
                    .device = "d",
                    .message_limit = 1,
                    .object_limit = 2,
                    .knows_server = true,
                    .server_takes_chunks = true,
                    .server_wants_counts = true,
                    .services = {{"CONTACT", "contacts", "card", "TWO_WAY", "SLOW", "a", "b"}}},
            Exchanged{.sent = true,
                      .time = time,
                      .address = "http://host/ds",
                      .encoding = "XML",
                      .octets = 5,
                      .message = message},
            Exchanged{.sent = false,
                      .time = time,
                      .address = "http://host/ds",
                      .encoding = "WBXML",
                      .octets = 6,
                      .message = message},
            Unread{time, "http://host/ds", 5, "ab", "why"},
            Unanswered{time, "org.syncd1.Error.Timeout", "late"},
            Note{"CONTACT: slow sync, because."},
            Ending{time, "failed", "org.syncd1.Error.Timeout", "late"}};
}

std::string written(const std::vector<Record>& records, Recorder::Options options = {.keeps_items = true})
{
    std::string text;
    Recorder recorder(
        options, [] { return Recorder::Time(); },
        [&](std::string_view piece) {
            text += piece;
            return true;
        });
    for (const auto& record : records)
        std::visit(
            [&](const auto& one) {
                using One = std::decay_t<decltype(one)>;
                if constexpr (std::is_same_v<One, Opening>)
                    recorder.open(one);
                else if constexpr (std::is_same_v<One, Attempt>)
                    recorder.attempt(one);
                else if constexpr (std::is_same_v<One, Exchanged>)
                    recorder.exchanged(one);
                else if constexpr (std::is_same_v<One, Unread>)
                    recorder.unread(one);
                else if constexpr (std::is_same_v<One, Unanswered>)
                    recorder.unanswered(one);
                else if constexpr (std::is_same_v<One, Note>)
                    recorder.note(one);
                else
                    recorder.end(one);
            },
            record);
    return text;
}

TEST_CASE("what the recorder writes reads as it was")
{
    const auto all = read(written(session()));
    REQUIRE_FALSE(all.error);
    CHECK(all.records == session());
    CHECK(all.is_whole);
}

TEST_CASE("a message that was left out reads as one")
{
    const auto all = read(written(session(), {.keeps_items = true, .limit = 10}));
    REQUIRE(all.records.size() == session().size());
    CHECK_FALSE(std::get<Exchanged>(all.records.at(2)).message);
    CHECK(std::get<Exchanged>(all.records.at(2)).octets == 5);
}

TEST_CASE("a transcript that breaks off anywhere is read up to its last whole record")
{
    const auto text = written(session());
    for (std::size_t size = text.find('\n', text.find("<transcript")) + 1; size < text.size(); ++size) {
        const auto all = read(text.substr(0, size));
        CHECK_FALSE(all.error);
        CHECK_FALSE(all.is_whole);
        CHECK(std::equal(all.records.begin(), all.records.end(), session().begin()));
    }
}

TEST_CASE("what is no transcript is refused")
{
    const std::string begin = "<?xml version=\"1.0\"?>\n<transcript version=\"1\">\n";
    CHECK_FALSE(read(begin).error);
    for (const auto* text : {"", "\n", "text\n", "<?xml version=\"1.0\"?>\n<SyncML>\n", "<transcript version=\"1\"/>\n",
                             "<transcript version=\"2\">\n", "<transcript>\n"}) {
        const auto all = read(text);
        REQUIRE(all.error);
        CHECK(all.error->code == base::Errc::Malformed);
    }
    for (const auto* text : {"text\n", "\n", "<note text=\"x\">\n", "<unknown/>\n", "</sent>\n", "<attempt>\n<note/>\n",
                             "<sent>\n<html/>\n</sent>\n", "<received>\n</received>\n",
                             "<sent>\n<!DOCTYPE SyncML>\n</sent>\n", "<transcript version=\"1\">\n"}) {
        const auto all = read(begin + text);
        REQUIRE(all.error);
        CHECK_THAT(all.error->message, Catch::Contains("line "));
    }
}

TEST_CASE("a session does not have more services than a person could have")
{
    std::string text = "<transcript version=\"1\">\n<attempt>\n";
    for (int i = 0; i < 101; ++i)
        text += "<service name=\"CONTACT\"/>\n";
    CHECK(read(text).error);
}

} // namespace
