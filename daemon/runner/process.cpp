#include "runner/process.hpp"

#include "base/log.hpp"
#include "channel/evolution.hpp"
#include "channel/stream.hpp"
#include "datastore/directory.hpp"
#include "datastore/mirrored.hpp"
#include "evolution/keeper_process.hpp"
#include "evolution/source.hpp"
#include "runner/audience.hpp"
#include "runner/listed_properties.hpp"
#include "runner/local_failure.hpp"
#include "runner/notification_reader.hpp"
#include "runner/profile_lock.hpp"
#include "runner/sandbox.hpp"
#include "runner/session_runner.hpp"
#include "runner/session_setup.hpp"
#include "runner/signal_watch.hpp"
#include "runner/store_directory.hpp"
#include "runner/transcript_of.hpp"
#include "runner/transcript_output.hpp"
#include "storage/reviews.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <map>
#include <utility>

namespace runner {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds, std::chrono::seconds;

constexpr const char* UserAgent = "syncd/" SYNCD_VERSION;

void send(int channel, const channel::Event& event)
{
    // A broker that is gone is noticed by the SignalWatch; there is nobody left to tell.
    (void)channel::write_all(channel, channel::to_line(event));
}

/// What leads to the stores of services that have one, directories and sockets to keepers; or why it cannot be opened.
using StoreDirectories = std::map<std::string, base::Result<base::Descriptor>>;

/// Beside this program.
fs::path keeper_program()
{
    return fs::read_symlink("/proc/self/exe").parent_path() / "syncd-eds";
}

base::Result<base::Descriptor> open_store(const channel::ServicePlan& service, uid_t owner)
{
    return channel::is_of_evolution(service)
               ? evolution::start_keeper(keeper_program(), service.service, channel::source_uid(service))
               : open_store_directory(service, owner);
}

StoreDirectories open_stores(const channel::Plan& plan)
{
    StoreDirectories stores;
    for (const auto& service : plan.services)
        if (!service.directory.empty())
            stores.emplace(service.service, open_store(service, plan.owner));
    return stores;
}

std::unique_ptr<datastore::Collection> collection(base::Descriptor store, const channel::ServicePlan& service,
                                                  const kinds::ServiceKind& kind, const channel::Plan& plan)
{
    if (channel::is_of_evolution(service))
        return std::make_unique<evolution::Source>(
            std::move(store), evolution::Source::Setup{.uid = channel::source_uid(service),
                                                       .lock = fs::path(plan.items_db).parent_path()});
    const bool is_guarded = !service.directory_root.empty();
    return std::make_unique<datastore::Directory>(
        std::move(store), datastore::Directory::Setup{service.directory, std::string(kind.file_suffix),
                                                      is_guarded ? std::optional<uid_t>(plan.owner) : std::nullopt});
}

/// The same as mirrors in the user's items.
using Mirrors = std::map<std::string, datastore::Mirror>;

Mirrors mirror(StoreDirectories& directories, const channel::Plan& plan, storage::ItemStore& items)
{
    Mirrors mirrors;
    for (const auto& service : plan.services) {
        const auto found = directories.find(service.service);
        const auto* kind = kinds::find(service.service);
        if (found == directories.end() || kind == nullptr)
            continue;
        auto opened = std::move(found->second).map([&](base::Descriptor&& store) {
            return collection(std::move(store), service, *kind, plan);
        });
        mirrors.emplace(std::piecewise_construct, std::forward_as_tuple(service.service),
                        std::forward_as_tuple(items,
                                              storage::Directories(items).kind_of(kind->items, service.directory),
                                              std::move(opened), plan.profile,
                                              datastore::to_conflict_policy(plan.conflict_policy), plan.max_obj_size));
    }
    return mirrors;
}

/// What a profile knows of its last sync is not of this store when somebody has put back an earlier copy of it, or has
/// removed it: changes would be looked for behind a mark that it has not reached yet. What is forgotten for that, in
/// words.
std::vector<std::string> forget_replaced_stores(const channel::Plan& plan, const Mirrors& mirrors,
                                                storage::ItemStore& items, storage::SyncState& state)
{
    std::vector<std::string> notes;
    for (const auto& service : plan.services) {
        const auto* kind = kinds::find(service.service);
        const auto anchors = state.find_anchors(service.service, service.uri);
        if (kind == nullptr || !anchors)
            continue;
        const auto mirror = mirrors.find(service.service);
        const auto of = mirror == mirrors.end() ? kind->items : mirror->second.kind();
        if (items.has_promised(of, plan.profile, anchors->mark))
            continue;
        notes.push_back(
            fmt::format("{}: the items here are not those that the last sync left; their store is new, or an "
                        "earlier copy of it was put back. What both sides have is compared.",
                        service.service));
        // A comparison loses nothing; to make the server like this store may.
        const auto type = syncml::find_sync_type(service.type);
        if (plan.hold_slow_sync || (type && !syncml::server_sends(*type)))
            storage::Reviews(items).hold(of, plan.profile, {.slow = true});
        state.forget(service.service);
    }
    return notes;
}

void shut_in(const channel::Plan& plan, const StoreDirectories& stores)
{
    const fs::path state = fs::path(plan.sync_db).parent_path(), items = fs::path(plan.items_db).parent_path();
    for (const auto& directory : {state, items})
        fs::create_directories(directory);
    ::setenv("SQLITE_TMPDIR", state.c_str(), 1); // /var/tmp is out of reach
    Reach reach{{state, items}, {}};
    for (const auto& service : plan.services)
        if (const auto found = stores.find(service.service);
            found != stores.end() && found->second && !channel::is_of_evolution(service))
            reach.directories.push_back(found->second->get());
    if (!plan.ca_file.empty())
        reach.files.push_back(plan.ca_file);
    for (const auto& what : enter_sandbox(reach))
        spdlog::warn("the session runs without what this kernel lacks: {}", what);
}

transport::Options transport_options(const channel::Plan& plan)
{
    transport::Options options;
    options.user_agent = UserAgent;
    options.ca_file = plan.ca_file;
    options.connect_timeout = seconds(plan.connect_timeout_s);
    options.reply_timeout = seconds(plan.reply_timeout_s);
    options.max_reply_bytes = plan.max_reply_bytes;
    options.server = plan.url;
    options.http_user = plan.http_user;
    options.http_password = plan.http_password;
    options.allow_plain_credentials = plan.allow_plain_credentials;
    options.client_certificate = plan.client_certificate;
    return options;
}

/// The broker ends an overdue session from outside; a moment earlier it ends itself, in
/// better order.
milliseconds session_limit(const channel::Plan& plan)
{
    const milliseconds limit = seconds(plan.session_timeout_s);
    return limit - std::min(limit / 10, milliseconds(seconds(2)));
}

template <class Store>
std::unique_ptr<Store> open(const std::string& file)
{
    auto store = Store::open(file);
    if (!store)
        throw std::runtime_error(store.error().message);
    return std::move(*store);
}

channel::Result carry_out(const channel::Reading& reading, int channel)
try {
    for (const auto& what : enter_sandbox({.writable = {}, .files = {}, .network = false}))
        spdlog::warn("a notification is read without what this kernel lacks: {}", what);
    send(channel, channel::Started{});
    send(channel, read_notification(reading));
    return result_of(std::nullopt);
} catch (const std::exception& exception) {
    return result_of(local_failure(exception, "A notification"));
}

PeerRulesFiles read_peers(const channel::Plan& plan)
{
    PeerRulesFiles peers({plan.peer_rules.begin(), plan.peer_rules.end()});
    for (const auto& complaint : peers.complaints())
        spdlog::warn("{}", complaint);
    return peers;
}

/// What the session did is done: that not so much as is wanted could be dropped of what was before is no failure of it.
void end_history(storage::ItemStore& items, const channel::Plan& plan)
try {
    items.end_session({plan.history_sessions, plan.history_bytes});
} catch (const std::exception& exception) {
    spdlog::warn("what items held before is kept longer than it should be, until the next session: {}",
                 exception.what());
}

channel::Result carry_out(const channel::Plan& plan, int channel)
try {
    auto peers = read_peers(plan);        // which may lie where a session has nothing to look for
    auto directories = open_stores(plan); // which lie out of reach later
    read_time_zone();
    shut_in(plan, directories);
    const ProfileLock lock(fs::path(plan.sync_db).parent_path());
    send(channel, channel::Started{});
    const auto state = open<storage::SyncState>(plan.sync_db);
    const auto items = open<storage::ItemStore>(plan.items_db);
    for (const auto& service : plan.services)
        state->bind_store(service.service, service.directory);
    auto mirrors = mirror(directories, plan, *items);
    auto notes = forget_replaced_stores(plan, mirrors, *items, *state);
    const auto transport = transport::create_http_transport(transport_options(plan));
    Ending ending;
    std::optional<transcript::Recorder> recorder;
    if (plan.transcript) {
        recorder.emplace(
            transcript::Recorder::Options{.keeps_items = plan.transcript_items},
            [] { return std::chrono::system_clock::now(); }, TranscriptOutput(channel + 1));
        recorder->open({.program = UserAgent, .profile = plan.profile_name, .session = plan.session, .time = {}});
    }
    const SignalWatch watch(ending, *transport, channel, session_limit(plan));
    const Surroundings around{
        *transport,
        *state,
        ending,
        [&](const kinds::ServiceKind& kind, const channel::ServicePlan& service,
            const storage::Anchors& anchors) -> std::unique_ptr<datastore::Datastore> {
            datastore::Embedded::Setup setup{
                plan.profile,
                service.service,
                kind.items,
                service.uri,
                anchors.mark,
                datastore::Guard{plan.review_items, plan.review_percent, plan.hold_slow_sync},
                service.filter.empty(),
                datastore::to_conflict_policy(plan.conflict_policy),
                listed_properties(*state, kind, service.uri),
                plan.max_obj_size,
                find_rules(plan, around).rooms.value_or(item::Rooms())};
            const auto found = mirrors.find(service.service);
            if (found == mirrors.end())
                return std::make_unique<datastore::Embedded>(*items, *state, std::move(setup));
            setup.kind = found->second.kind();
            return std::make_unique<datastore::Mirrored>(found->second, *items, *state, std::move(setup));
        },
        [&](const channel::Progress& progress) { send(channel, progress); },
        [] { return std::chrono::system_clock::now(); },
        [] { return std::chrono::steady_clock::now(); },
        [&watch](seconds time) { watch.wait(time); },
        recorder ? &*recorder : nullptr,
        std::move(peers),
        std::move(notes),
    };
    const auto began = std::chrono::system_clock::now().time_since_epoch();
    items->begin_session(
        {plan.profile, plan.session, std::chrono::duration_cast<std::chrono::microseconds>(began).count()});
    auto result = run_session(plan, around);
    end_history(*items, plan);
    if (recorder)
        recorder->end(ending_of(result));
    return result;
} catch (const std::exception& exception) {
    return result_of(local_failure(exception));
}

ExitStatus exit_status(const channel::Result& result)
{
    switch (result.outcome) {
    case channel::Result::Outcome::Completed: return ExitStatus::Completed;
    case channel::Result::Outcome::Stopped: return ExitStatus::Stopped;
    case channel::Result::Outcome::Failed: break;
    }
    return ExitStatus::Failed;
}

} // namespace

ExitStatus run_process(int channel) noexcept
{
    ::umask(077);
    hold_signals();
    seal_process(channel + 1);
    const auto order = channel::read_order(channel);
    if (!order) {
        base::start_log("syncd-session", "info");
        spdlog::error("no session without a plan: {}", order.error().message);
        return ExitStatus::BadPlan;
    }
    if (const auto* plan = std::get_if<channel::Plan>(&*order); plan == nullptr || !plan->transcript)
        ::close(channel + 1);
    const auto carry_out_logged = [channel](const auto& what) {
        base::start_log("syncd-session", what.log_level);
        return carry_out(what, channel);
    };
    const auto result = std::visit(carry_out_logged, *order);
    send(channel, result);
    return exit_status(result);
}

} // namespace runner
