#include "manager/manager.hpp"

#include "base/log.hpp"
#include "manager/announcer.hpp"
#include "manager/conflicts.hpp"
#include "manager/deliveries.hpp"
#include "manager/item_stores.hpp"
#include "manager/kept_transcripts.hpp"
#include "manager/notifications.hpp"
#include "manager/plan.hpp"
#include "manager/profile_book.hpp"
#include "manager/profile_rules.hpp"
#include "manager/records.hpp"
#include "manager/review.hpp"
#include "manager/schedule_keeper.hpp"
#include "manager/sessions.hpp"
#include "manager/undoing.hpp"
#include "manager/user_files.hpp"
#include "storage/directories.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <utility>

namespace manager {
namespace {

using base::Errc;
using namespace std::chrono_literals;

/// How long a worker may take to end its session in order.
constexpr auto stop_grace = 30s;

constexpr std::uint32_t default_history = 20;
constexpr std::uint32_t max_history = 1000;

constexpr std::uint32_t default_plan_items = 100;
constexpr std::uint32_t max_plan_items = 1000;

/// 128 random bits: nobody guesses another's id, and none comes twice.
std::string random_hex()
{
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::string hex(2 * bytes.size() + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
    hex.pop_back();
    return hex;
}

/// One text for every id that names nothing the caller may see, so that it tells
/// nothing about others' profiles.
tl::unexpected<base::Error> not_found()
{
    return base::fail(Errc::NotFound, "there is no such profile");
}

/// Why a session of this profile is not to be written down for this caller.
std::optional<base::Error> refuse_transcript(const Profile& profile, Caller caller, const Transcript& transcript)
{
    if (!transcript.pipe)
        return std::nullopt;
    if (!may_see_items(caller, profile))
        return base::Error{Errc::AccessDenied, "Transcript: only its owner may have a session written down"};
    if (profile.state != JobState::Idle)
        return base::Error{Errc::Failed,
                           fmt::format("profile {} is syncing already, and a transcript begins with its session: wait "
                                       "for the end of that, or stop it first",
                                       profile.row.name)};
    return std::nullopt;
}

/// The edge of an operation: what its databases could not do becomes its answer.
template <class Work>
auto or_storage_error(Work work) -> decltype(work())
{
    try {
        return work();
    } catch (const std::exception& error) {
        spdlog::error("an operation was given up: {}", error.what());
        return base::fail(Errc::Storage, error.what());
    }
}

} // namespace

class Manager::Impl {
public:
    Impl(Config the_config, storage::ProfileRepository& profiles, const Vault& the_vault, schedule::Clock& the_clock,
         schedule::Timer& the_timer, worker::Pool& the_workers)
        : config(std::move(the_config)), vault(the_vault), clock(the_clock), timer(the_timer), workers(the_workers),
          files(config.state_directory), book(profiles), stores(files), changes(stores, announcer, timer),
          schedule(book, clock, timer, [this](Profile& profile) { on_due(profile); }), sessions(around()),
          notifications(around(), sessions), undoing(around()), deliveries(around()), conflicts(around())
    {
    }

    /// Of the members below; refers to them.
    Surroundings around()
    {
        return {config, book, schedule, vault, files, stores, changes, announcer, clock, timer, workers};
    }

    bool is_full(Uid owner) const
    {
        return config.max_profiles > 0 && book.of(owner).size() >= static_cast<std::size_t>(config.max_profiles);
    }

    void on_due(Profile& profile)
    {
        if (!has_enabled_service(profile.row)) {
            spdlog::info("profile {}: due, but no service is enabled; skipping it", profile.row.name);
            return sessions.announce_later(profile); // its next time
        }
        try {
            if (const auto store = stores.open(profile.row.owner); store && is_blocked(profile, **store)) {
                spdlog::info("profile {}: due, but it waits for review; skipping it", profile.row.name);
                return sessions.announce_later(profile);
            }
            const bool by_server = profile.row.mode == "PUSH";
            if (by_server)
                profile.last_push = clock.now();
            sessions.start(profile, {.trigger = by_server ? "push" : "timer"});
        } catch (const std::exception& error) {
            spdlog::error("profile {}: due, but it cannot be started: {}", profile.row.name, error.what());
            sessions.announce_later(profile);
        }
    }

    base::Result<void> erase(const std::string& id)
    {
        return or_storage_error([&]() -> base::Result<void> {
            const auto* profile = book.find(id);
            if (profile == nullptr)
                return not_found();
            const auto owner = profile->row.owner;
            book.remove(id);
            schedule.arm();
            announcer.tell(&Observer::on_profile_removed, owner, id);
            remove_traces(owner, id);
            return {};
        });
    }

    /// Of a profile that is no more. Its directory goes last: it has the next start try again.
    void remove_traces(Uid owner, const std::string& id)
    {
        try {
            if (std::filesystem::exists(files.items_db(owner))) {
                const auto store = stores.open(owner);
                if (!store)
                    throw std::runtime_error(store.error().message);
                (*store)->forget_profile(id);
                forget_directories(owner, **store);
            }
            KeptTranscripts(files.transcripts(owner, id)).prune(0);
            files.remove_profile(owner, id);
        } catch (const std::exception& error) {
            spdlog::error("removed profile {} of user {}: what it left stays until the next start: {}", id, owner,
                          error.what());
        }
    }

    /// What is known of directories that no profile of the user's names any more; their files stay.
    void forget_directories(Uid owner, storage::ItemStore& items)
    {
        std::set<storage::ItemKind> used;
        for (const auto* profile : book.of(owner))
            for (const auto& service : profile->row.services)
                used.insert(kind_of(profile->row, service.type, items));
        storage::Directories directories(items);
        for (const auto kind : directories.kinds())
            if (!used.contains(kind))
                directories.forget(kind);
    }

    Config config;
    const Vault& vault;
    schedule::Clock& clock;
    schedule::Timer& timer;
    worker::Pool& workers;
    UserFiles files;
    ProfileBook book;
    ItemStores stores;
    Announcer announcer;
    StoreChanges changes;
    ScheduleKeeper schedule;
    Sessions sessions;
    Notifications notifications;
    Undoing undoing;
    Deliveries deliveries;
    Conflicts conflicts;
    bool shutting_down = false;
};

Manager::Manager(Config config, storage::ProfileRepository& profiles, Vault& vault, schedule::Clock& clock,
                 schedule::Timer& timer, worker::Pool& workers)
    : impl_(std::make_unique<Impl>(std::move(config), profiles, vault, clock, timer, workers))
{
}

Manager::~Manager() = default;

void Manager::set_observer(Observer* observer)
{
    impl_->announcer.set(observer);
}

base::Result<void> Manager::load()
{
    return or_storage_error([&]() -> base::Result<void> {
        impl_->book.load();
        impl_->schedule.load();
        impl_->files.each_profile([&](Uid owner, const std::string& id) {
            const auto* profile = impl_->book.find(id);
            if (profile != nullptr && profile->row.owner == owner)
                return impl_->sessions.prune_transcripts(*profile);
            spdlog::info("removing what is left of profile {} of user {}", id, owner);
            impl_->remove_traces(owner, id);
        });
        return {};
    });
}

// ---- profiles -------------------------------------------------------------------------

base::Result<std::string> Manager::add(Caller caller, ProfileInput input)
{
    return or_storage_error([&]() -> base::Result<std::string> {
        if (impl_->is_full(caller.uid))
            return base::fail(Errc::QuotaExceeded, fmt::format("there are {} profiles already; remove one first",
                                                               impl_->config.max_profiles));
        auto row = new_profile(input, random_hex(), caller.uid, "syncd-" + random_hex(), impl_->vault);
        if (!row)
            return tl::unexpected(std::move(row.error()));
        if (auto checked = check_stores(*row, impl_->config); !checked)
            return tl::unexpected(std::move(checked.error()));
        impl_->schedule.plan(*row, nullptr);
        auto& profile = impl_->book.insert(std::move(*row));
        impl_->schedule.adopt(profile);
        spdlog::info("profile {} added by user {}", profile.row.name, caller.uid);
        impl_->announcer.tell(&Observer::on_profile_added, view(profile));
        return profile.row.id;
    });
}

base::Result<void> Manager::update(Caller caller, std::string_view id, ProfileInput input)
{
    return or_storage_error([&]() -> base::Result<void> {
        auto* profile = impl_->book.find(caller, id);
        if (profile == nullptr)
            return not_found();
        auto row = updated_profile(input, profile->row, impl_->vault);
        if (!row)
            return tl::unexpected(std::move(row.error()));
        if (auto checked = check_stores(*row, impl_->config); !checked)
            return tl::unexpected(std::move(checked.error()));
        impl_->schedule.plan(*row, &profile->row);
        const auto due_before = profile->due;
        impl_->book.update(*profile, std::move(*row));
        impl_->schedule.adopt(*profile);
        impl_->sessions.prune_transcripts(*profile);
        impl_->announcer.tell(&Observer::on_profile_changed, view(*profile));
        if (profile->due != due_before)
            impl_->sessions.announce_later(*profile);
        return {};
    });
}

void Manager::remove(Caller caller, std::string_view id, std::function<void(base::Result<void>)> done)
{
    auto* profile = impl_->book.find(caller, id);
    if (profile == nullptr)
        return done(not_found());
    auto erase = [this, id = std::string(id), done] { done(impl_->erase(id)); };
    if (!impl_->sessions.stop(*profile, stop_grace, erase))
        erase();
}

base::Result<ProfileView> Manager::get(Caller caller, std::string_view id) const
{
    const auto* profile = impl_->book.find(caller, id);
    if (profile == nullptr)
        return not_found();
    return view(*profile);
}

std::vector<ProfileView> Manager::get_all(Uid owner) const
{
    std::vector<ProfileView> views;
    for (const auto* profile : impl_->book.of(owner))
        views.push_back(view(*profile));
    return views;
}

std::uint32_t Manager::count(Uid owner) const
{
    return static_cast<std::uint32_t>(impl_->book.of(owner).size());
}

// ---- sessions ---------------------------------------------------------------------------

base::Result<std::uint64_t> Manager::start(Caller caller, std::string_view id, std::optional<std::string> type,
                                           Transcript transcript)
{
    return or_storage_error([&]() -> base::Result<std::uint64_t> {
        auto* profile = impl_->book.find(caller, id);
        if (profile == nullptr)
            return not_found();
        if (type && !is_sync_type(*type))
            return base::fail(Errc::InvalidValue, "Type: no sync type");
        if (impl_->shutting_down)
            return base::fail(Errc::Failed, "the service is stopping");
        if (const auto refused = refuse_transcript(*profile, caller, transcript))
            return tl::unexpected(*refused);
        if (profile->state == JobState::Idle)
            if (const auto plan = make_plan(profile->row, {}, impl_->config, impl_->vault, impl_->files); !plan)
                return tl::unexpected(plan.error());
        if (!profile->row.held.empty()) { // whoever starts it has decided
            profile->row.held.clear();
            impl_->book.store_schedule(*profile);
            impl_->sessions.announce_later(*profile);
        }
        return impl_->sessions.start(
            *profile, {.trigger = "user", .type = type.value_or(""), .transcript = std::move(transcript)});
    });
}

base::Result<void> Manager::stop(Caller caller, std::string_view id)
{
    auto* profile = impl_->book.find(caller, id);
    if (profile == nullptr)
        return not_found();
    if (!impl_->sessions.stop(*profile, stop_grace))
        return base::fail(Errc::NotRunning, fmt::format("profile {} is not syncing", profile->row.name));
    return {};
}

void Manager::deliver(Uid owner, base::Secret notification,
                      std::function<void(base::Result<std::vector<std::string>>)> done)
{
    if (impl_->shutting_down)
        return done(base::fail(Errc::Failed, "the service is stopping"));
    impl_->notifications.deliver(owner, std::move(notification), std::move(done));
}

std::map<std::string, std::uint64_t> Manager::notification_counts(Uid owner) const
{
    return impl_->notifications.counts(owner);
}

base::Result<std::vector<storage::ServiceRecord>> Manager::statistics(Caller caller, std::string_view id) const
{
    return or_storage_error([&]() -> base::Result<std::vector<storage::ServiceRecord>> {
        const auto* profile = impl_->book.find(caller, id);
        if (profile == nullptr)
            return not_found();
        return manager::statistics(*profile, impl_->files.sync_db(profile->row.owner, profile->row.id));
    });
}

base::Result<std::vector<HistoryEntry>> Manager::history(Caller caller, std::string_view id, std::uint32_t limit)
{
    return or_storage_error([&]() -> base::Result<std::vector<HistoryEntry>> {
        const auto* profile = impl_->book.find(caller, id);
        if (profile == nullptr)
            return not_found();
        const auto most = limit == 0 ? default_history : std::min(limit, max_history);
        auto sessions = manager::history(*profile, impl_->files.sync_db(profile->row.owner, profile->row.id), most);
        if (!sessions)
            return tl::unexpected(std::move(sessions.error()));
        auto entries = with_changes(std::move(*sessions), impl_->undoing.kept(*profile), most);
        const auto transcripts = KeptTranscripts(impl_->files.transcripts(profile->row.owner, profile->row.id)).sizes();
        for (auto& entry : entries)
            entry.has_transcript = transcripts.contains(entry.session);
        return entries;
    });
}

base::Result<base::Descriptor> Manager::transcript(Caller caller, std::string_view id, std::uint64_t session) const
{
    return or_storage_error([&]() -> base::Result<base::Descriptor> {
        std::vector<const Profile*> profiles;
        if (const auto* profile = impl_->book.find(caller, id))
            profiles.push_back(profile);
        else if (!id.empty())
            return not_found();
        else
            profiles = impl_->book.of(caller.uid);
        for (const auto* profile : profiles) {
            if (!may_see_items(caller, *profile))
                return base::fail(Errc::AccessDenied, "only the owner of a profile may read its transcripts");
            const auto& row = profile->row;
            if (auto opened = KeptTranscripts(impl_->files.transcripts(row.owner, row.id)).open(session))
                return std::move(*opened);
        }
        return base::fail(Errc::NotFound,
                          fmt::format("no transcript of session {} is kept; a profile says with KeepTranscripts of how "
                                      "many of its next sessions it wants some",
                                      session));
    });
}

base::Result<std::vector<storage::SessionChange>> Manager::changes(Caller caller, std::string_view id,
                                                                   std::uint64_t session, std::string_view after)
{
    return or_storage_error([&] {
        return impl_->undoing.find(caller, id, session).and_then([&](const Profile* profile) {
            return impl_->undoing.changes(*profile, session, after);
        });
    });
}

base::Result<std::vector<SentItem>> Manager::sent(Caller caller, std::string_view id, std::uint64_t session,
                                                  std::string_view after)
{
    return or_storage_error([&] { return impl_->deliveries.list(caller, id, session, after); });
}

base::Result<UndoReport> Manager::undo(Caller caller, std::string_view id, std::uint64_t session)
{
    return or_storage_error([&] {
        return impl_->undoing.find(caller, id, session).and_then([&](const Profile* profile) {
            return impl_->undoing.undo(*profile, session);
        });
    });
}

base::Result<ItemExplanation> Manager::explain(Uid owner, storage::ItemKind kind, std::string_view luid)
{
    return or_storage_error([&] {
        auto explanation = impl_->undoing.explain(owner, kind, luid);
        if (explanation)
            explanation->sent = impl_->deliveries.of_item(owner, luid);
        return explanation;
    });
}

base::Result<std::vector<storage::ItemConflict>> Manager::conflicts(Caller caller, std::string_view id,
                                                                    std::uint64_t after)
{
    return or_storage_error([&] {
        return impl_->conflicts.find(caller, id).and_then([&](const Profile* profile) {
            return impl_->conflicts.list(*profile, after);
        });
    });
}

base::Result<void> Manager::resolve_conflict(Caller caller, std::string_view id, std::uint64_t number,
                                             storage::ItemConflict::Way way)
{
    return or_storage_error([&] {
        return impl_->conflicts.find(caller, id).and_then([&](const Profile* profile) {
            return impl_->conflicts.resolve(*profile, number, way);
        });
    });
}

base::Result<std::vector<storage::QuarantinedItem>> Manager::quarantine(Caller caller, std::string_view id) const
{
    return or_storage_error([&]() -> base::Result<std::vector<storage::QuarantinedItem>> {
        const auto* profile = impl_->book.find(caller, id);
        if (profile == nullptr)
            return not_found();
        if (!may_see_items(caller, *profile))
            return base::fail(Errc::AccessDenied, "only its owner may see which items of a profile were refused");
        return manager::quarantine(impl_->files.sync_db(profile->row.owner, profile->row.id));
    });
}

base::Result<std::optional<storage::PeerInfo>> Manager::device_information(Caller caller, std::string_view id) const
{
    return or_storage_error([&]() -> base::Result<std::optional<storage::PeerInfo>> {
        const auto* profile = impl_->book.find(caller, id);
        if (profile == nullptr)
            return not_found();
        return manager::device_information(impl_->files.sync_db(profile->row.owner, profile->row.id));
    });
}

// ---- what somebody is to look at ------------------------------------------------------------

base::Result<std::vector<ServicePlanView>> Manager::plan(Caller caller, std::string_view id)
{
    return or_storage_error([&]() -> base::Result<std::vector<ServicePlanView>> {
        const auto* profile = impl_->book.find(caller, id);
        if (profile == nullptr)
            return not_found();
        const auto store = impl_->stores.open(profile->row.owner);
        if (!store)
            return tl::unexpected(store.error());
        return plan_of(*profile, **store, impl_->files.sync_db(profile->row.owner, profile->row.id));
    });
}

base::Result<std::vector<PlanItem>> Manager::plan_items(Caller caller, std::string_view id, std::string_view service,
                                                        bool from_server, std::string_view after, std::uint32_t most)
{
    return or_storage_error([&]() -> base::Result<std::vector<PlanItem>> {
        const auto* profile = impl_->book.find(caller, id);
        if (profile == nullptr)
            return not_found();
        if (!may_see_items(caller, *profile))
            return base::fail(Errc::AccessDenied, "only their owner may look at the items of a plan");
        const auto store = impl_->stores.open(profile->row.owner);
        if (!store)
            return tl::unexpected(store.error());
        return manager::plan_items(*profile, **store, impl_->files.sync_db(profile->row.owner, profile->row.id),
                                   service, from_server, after,
                                   most == 0 ? default_plan_items : std::min(most, max_plan_items));
    });
}

base::Result<void> Manager::release(Caller caller, std::string_view id)
{
    return settle_review(caller, id, true);
}

base::Result<void> Manager::reject(Caller caller, std::string_view id)
{
    return settle_review(caller, id, false);
}

base::Result<void> Manager::settle_review(Caller caller, std::string_view id, bool agrees)
{
    return or_storage_error([&]() -> base::Result<void> {
        auto* profile = impl_->book.find(caller, id);
        if (profile == nullptr)
            return not_found();
        const auto& row = profile->row;
        if (profile->state != JobState::Idle)
            return base::fail(Errc::Failed, fmt::format("profile {} is syncing: wait for the end of that", row.name));
        const auto store = impl_->stores.open(row.owner);
        if (!store)
            return tl::unexpected(store.error());
        if (!is_held(*profile, **store))
            return base::fail(Errc::Failed, fmt::format("nothing of profile {} waits for review", row.name));
        const auto before = (*store)->revision();
        if (agrees)
            manager::release(*profile, **store);
        else
            manager::reject(*profile, **store);
        spdlog::info("profile {}: what waited for review was {}", row.name, agrees ? "released" : "rejected");
        impl_->changes.tell_later(row.owner, before);
        profile->row.held.clear();
        impl_->book.store_schedule(*profile);
        impl_->sessions.announce_later(*profile);
        return {};
    });
}

// ---- the rest -----------------------------------------------------------------------------

base::Result<storage::ItemStore*> Manager::items(Uid owner)
{
    return or_storage_error([&] { return impl_->stores.open(owner); });
}

int Manager::max_profiles() const
{
    return impl_->config.max_profiles;
}

std::size_t Manager::max_item_bytes() const
{
    return impl_->config.max_obj_size;
}

void Manager::shut_down(std::chrono::milliseconds grace, std::function<void()> done)
{
    impl_->shutting_down = true;
    impl_->schedule.retire();
    impl_->sessions.interrupt_all(grace, std::move(done));
}

} // namespace manager
