// Sessions that the daemon had with a server, as tests/data/transcripts/record.py wrote them down, once more: fed with
// the recorded replies, and with the items that were there then, the runner and the engine say what they said.

#include "codec/codec.hpp"
#include "datastore/embedded.hpp"
#include "runner/session_runner.hpp"
#include "runner/transcript_of.hpp"
#include "transcript/reader.hpp"

#include <catch2/catch.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace fs = std::filesystem;

namespace {

using transcript::Exchanged;
using transcript::Record;

std::vector<Record> read(std::istream& in)
{
    transcript::Reader reader(in);
    std::vector<Record> records;
    while (true) {
        auto record = reader.next();
        REQUIRE(record);
        if (!*record)
            break;
        records.push_back(std::move(**record));
    }
    REQUIRE(reader.is_whole());
    return records;
}

/// Answers with what was recorded, in its order.
class Replay : public transport::Transport {
public:
    explicit Replay(const std::vector<Record>& records)
    {
        for (const auto& record : records) {
            const auto* exchanged = std::get_if<Exchanged>(&record);
            if ((exchanged != nullptr && !exchanged->sent) || std::holds_alternative<transcript::Unanswered>(record))
                replies_.push_back(record);
        }
    }

    base::Result<transport::Reply> post(const std::string&, std::string_view, std::string_view,
                                        transport::Repeat) override
    {
        if (next_ == replies_.size())
            return base::fail(base::Errc::Unreachable, "nothing more was recorded");
        const auto& record = replies_.at(next_++);
        if (const auto* unanswered = std::get_if<transcript::Unanswered>(&record))
            return base::fail(base::find_errc(unanswered->error).value(), unanswered->why);
        const auto& reply = std::get<Exchanged>(record);
        const auto encoding = reply.encoding == "XML" ? codec::Encoding::Xml : codec::Encoding::Wbxml;
        return transport::Reply{codec::encode(reply.message.value(), encoding),
                                std::string(codec::media_type(encoding)), reply.address};
    }
    unsigned http_status() const override { return next_ > 0 ? 200 : 0; }
    std::optional<std::chrono::seconds> retry_after() const override { return std::nullopt; }
    void interrupt() noexcept override {}

private:
    std::vector<Record> replies_;
    std::size_t next_ = 0;
};

template <class T>
T first_of(const std::vector<Record>& records)
{
    for (const auto& record : records)
        if (const auto* one = std::get_if<T>(&record))
            return *one;
    throw std::runtime_error("no such record");
}

/// The recorder writes seconds as the anchors do.
runner::Time time_of(const std::string& text)
{
    std::tm time{};
    std::istringstream(text) >> std::get_time(&time, "%Y-%m-%dT%H:%M:%S");
    return runner::Time(std::chrono::seconds(::timegm(&time)));
}

/// Without what no two runs have in common: times, the version of the program, and how the server wrote its answers.
std::vector<Record> comparable(std::vector<Record> records)
{
    for (auto& record : records) {
        std::visit(
            [](auto& one) {
                if constexpr (requires { one.time; })
                    one.time.clear();
                if constexpr (requires { one.program; })
                    one.program.clear();
            },
            record);
        auto* exchanged = std::get_if<Exchanged>(&record);
        if (exchanged == nullptr)
            continue;
        bool holds_version = false;
        for (auto& command : exchanged->message.value().body)
            if (auto* put = std::get_if<syncml::Put>(&command))
                for (auto& item : put->items)
                    if (auto* devinf = std::get_if<syncml::DevInf>(&item.data)) {
                        devinf->software_version.clear();
                        holds_version = true;
                    }
        if (!exchanged->sent || holds_version)
            exchanged->octets = 0;
    }
    return records;
}

class Device {
public:
    Device()
    {
        std::string pattern = (fs::temp_directory_path() / "syncd-replay-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
        state_ = storage::SyncState::open(directory_ / "state.db").value();
        items_ = storage::ItemStore::open(directory_ / "items.db").value();
        spdlog::set_level(spdlog::level::off);
    }
    ~Device()
    {
        state_.reset();
        items_.reset();
        fs::remove_all(directory_);
    }
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    void add_contact(const std::string& name)
    {
        items_->add(storage::ItemKind::Contact,
                    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:" + name + "\r\nN:" + name + ";;;;\r\nEND:VCARD\r\n");
    }

    /// What is written down of the session with these replies.
    std::vector<Record> run(const std::vector<Record>& recorded)
    {
        const auto plan = plan_of(recorded);
        const auto now = time_of(first_of<transcript::Attempt>(recorded).time);
        Replay transport(recorded);
        std::stringstream text;
        transcript::Recorder recorder(
            {.keeps_items = true}, [now] { return now; },
            [&](std::string_view piece) { return static_cast<bool>(text << piece); });
        recorder.open({.program = {}, .profile = plan.profile_name, .session = plan.session, .time = {}});
        const runner::Surroundings around{
            transport,
            *state_,
            ending_,
            [&](const kinds::ServiceKind& kind, const channel::ServicePlan& service, const storage::Anchors& anchors) {
                return std::make_unique<datastore::Embedded>(*items_, *state_,
                                                             datastore::Embedded::Setup{plan.profile,
                                                                                        service.service,
                                                                                        kind.items,
                                                                                        service.uri,
                                                                                        anchors.mark,
                                                                                        {},
                                                                                        service.filter.empty()});
            },
            [](const channel::Progress&) {},
            [now] { return now; },
            [] { return std::chrono::steady_clock::time_point(); },
            [](std::chrono::seconds) {},
            &recorder};
        recorder.end(runner::ending_of(runner::run_session(plan, around)));
        return read(text);
    }

private:
    static channel::Plan plan_of(const std::vector<Record>& recorded)
    {
        const auto opening = first_of<transcript::Opening>(recorded);
        const auto attempt = first_of<transcript::Attempt>(recorded);
        channel::Plan plan;
        plan.profile = "p1";
        plan.profile_name = opening.profile;
        plan.session = opening.session;
        plan.trigger = "user";
        plan.device_id = attempt.device;
        plan.url = attempt.server;
        plan.user = "alice";
        plan.password = base::Secret("secret");
        plan.encoding = attempt.encoding;
        plan.protocol_version = "AUTO";
        plan.max_msg_size = attempt.message_limit;
        plan.max_obj_size = attempt.object_limit;
        for (const auto& service : attempt.services)
            plan.services.push_back({service.name, service.database, service.asked, {}, {}});
        return plan;
    }

    fs::path directory_;
    std::unique_ptr<storage::SyncState> state_;
    std::unique_ptr<storage::ItemStore> items_;
    runner::Ending ending_;
};

void replay(Device& device, const std::string& name)
{
    INFO(name);
    std::ifstream file(TRANSCRIPTS "/" + name + ".xml");
    const auto recorded = read(file);
    const auto replayed = comparable(device.run(recorded));
    const auto expected = comparable(recorded);
    for (std::size_t i = 0; i < std::min(replayed.size(), expected.size()); ++i) {
        INFO("record " << i);
        CHECK(replayed.at(i) == expected.at(i));
    }
    CHECK(replayed.size() == expected.size());
}

} // namespace

TEST_CASE("recorded replies bring forth the recorded requests", "[replay]")
{
    Device device;
    device.add_contact("Ours 0");
    device.add_contact("Ours 1");
    replay(device, "first");
    device.add_contact("Ours 2");
    replay(device, "second");
    replay(device, "nothing-new");
    replay(device, "server-forgot");
    replay(device, "no-database");
    device.add_contact("Ours 3");
    replay(device, "broken-off");
    replay(device, "resumed");
}

TEST_CASE("a replay notices what is said otherwise", "[replay]")
{
    Device device;
    device.add_contact("Ours 0");
    std::ifstream file(TRANSCRIPTS "/first.xml");
    const auto recorded = read(file);
    CHECK(comparable(device.run(recorded)) != comparable(recorded));
}
