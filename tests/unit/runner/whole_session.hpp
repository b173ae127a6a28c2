#pragma once

#include "datastore/guard.hpp"
#include "obliging_server.hpp"
#include "runner/session_runner.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// What the tests of whole sessions share: a worker's session between noting datastores and an obliging server.
namespace whole_session {

namespace fs = std::filesystem;
using Log = std::vector<std::string>;

/// One that holds a few changes, takes everything, writes down what it is asked, and
/// fails where it is told to.
class NotingDatastore : public datastore::Datastore {
public:
    struct Script {
        std::vector<session::Change> changes;
        std::string fails_at; ///< the call that throws
        std::vector<syncml::MapItem> maps;
        std::uint64_t replaced = 0;
        std::string held;
    };

    NotingDatastore(Script& script, Log& log) : script_(script), log_(log) {}

    std::vector<syncml::MapItem> pending_maps() override { return script_.maps; }
    void admit(session::SyncType type) override
    {
        note("admit", std::string(syncml::name(type)));
        if (script_.fails_at == "review")
            throw datastore::HeldForReview("here 500 items were deleted");
    }
    std::uint64_t prepare(session::SyncType type, bool resumed) override
    {
        note("prepare", std::string(resumed ? "resumed " : "") + std::string(syncml::name(type)));
        return script_.changes.size();
    }
    session::Changes read(std::size_t) override
    {
        note("read");
        return {std::exchange(script_.changes, {}), true};
    }
    void note_sent(const std::vector<std::string>& luids) override { note("note_sent", luids.at(0)); }
    void note_confirmed(const std::vector<session::Confirm::Entry>& entries) override
    {
        note("note_confirmed", entries.at(0).luid);
    }
    void note_part_sent(const std::string& luid, const session::PartSent&) override { note("note_part_sent", luid); }
    void keep_chunk(const session::PartReceived& part, bool first) override
    {
        note("keep_chunk", std::string(first ? "first " : "") + part.source);
    }
    void drop_part() override { note("drop_part"); }
    std::vector<session::Outcome> apply(std::vector<session::Incoming> items, std::uint64_t) override
    {
        note("apply", items.at(0).guid);
        std::vector<session::Outcome> outcomes;
        for (const auto& item : items)
            outcomes.push_back({syncml::StatusCode::ItemAdded, "luid-of-" + item.guid});
        return outcomes;
    }
    void quarantine(const std::vector<session::Quarantine::Item>& items) override
    {
        note("quarantine", items.at(0).id);
    }
    void note_mapped(const std::vector<syncml::MapItem>& maps) override { note("note_mapped", maps.at(0).guid); }
    std::uint64_t commit() override
    {
        note("commit");
        return script_.replaced;
    }
    std::string held() const override { return script_.held; }
    std::uint64_t mark() const override { return 77; }
    void abandon() override { note("abandon"); }

private:
    void note(const std::string& call, const std::string& detail = {})
    {
        log_.push_back(detail.empty() ? call : call + " " + detail);
        if (script_.fails_at == call)
            throw std::runtime_error("disk full");
    }

    Script& script_;
    Log& log_;
};

struct Fixture {
    Fixture()
    {
        std::string pattern = (fs::temp_directory_path() / "syncd-runner-XXXXXX").string();
        directory = ::mkdtemp(pattern.data());
        reopen();
        plan.profile = "p1";
        plan.session = 41;
        plan.trigger = "user";
        plan.device_id = "urn:uuid:1";
        plan.url = "https://sync.example.net/ds";
        plan.max_msg_size = 64 * 1024;
        plan.services = {{"CONTACT", "card", "TWO_WAY", {}, {}}};
        contacts.changes = {{session::ChangeKind::Add, "7", "text/vcard", "", "BEGIN:VCARD\r\nEND:VCARD\r\n"}};
        server.on_request = [this](const syncml::Message& request) -> base::Result<void> {
            log.push_back("post " + std::to_string(request.header.msg_id));
            return {};
        };
    }
    ~Fixture()
    {
        state.reset();
        fs::remove_all(directory);
    }
    void reopen()
    {
        state.reset();
        state = storage::SyncState::open(directory / "state.db").value();
    }
    channel::Result run()
    {
        ++plan.session;
        return runner::run_session(plan, around());
    }
    runner::Surroundings around()
    {
        return {server,
                *state,
                ending,
                [this](const kinds::ServiceKind& kind, const channel::ServicePlan&, const storage::Anchors& anchors) {
                    opened_with = anchors;
                    auto& script = kind.name == "CONTACT" ? contacts : events;
                    return std::make_unique<NotingDatastore>(script, log);
                },
                [this](const channel::Progress& progress) { told.push_back(progress); },
                [this] { return now; },
                [] { return std::chrono::steady_clock::time_point(); },
                [this](std::chrono::seconds time) { log.push_back("wait " + std::to_string(time.count())); }};
    }
    /// Positions in the log, to compare.
    std::size_t at(const std::string& what) const
    {
        const auto found = std::ranges::find(log, what);
        INFO(what);
        REQUIRE(found != log.end());
        return static_cast<std::size_t>(found - log.begin());
    }
    bool did(const std::string& what) const { return std::ranges::find(log, what) != log.end(); }

    fs::path directory;
    Log log;
    channel::Plan plan;
    NotingDatastore::Script contacts, events;
    ObligingServer server;
    runner::Ending ending;
    std::unique_ptr<storage::SyncState> state;
    storage::Anchors opened_with;
    std::vector<channel::Progress> told;
    runner::Time now{std::chrono::sys_days(std::chrono::year(2026) / 3 / 9)};
};

using Outcome = channel::Result::Outcome;

inline std::int64_t microseconds_of(runner::Time time)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

inline const auto connection_lost = [](const syncml::Message&) -> base::Result<void> {
    return base::fail(base::Errc::Unreachable, "sync.example.net: connection reset");
};

} // namespace whole_session
