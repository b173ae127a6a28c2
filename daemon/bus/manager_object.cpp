#include "bus/manager_object.hpp"

#include "bus/change_values.hpp"
#include "bus/conflict_values.hpp"
#include "bus/dictionary.hpp"
#include "bus/introspection.hpp"
#include "bus/quarantine_values.hpp"
#include "bus/values.hpp"
#include "kinds/service_kind.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace bus {
namespace {

using base::Errc;

/// Answers `call` with what the manager said.
void answer(const Call& call, const base::Result<void>& result)
{
    if (result)
        call.reply();
    else
        call.fail(result.error());
}

/// Nothing else is handed to a worker. A file may lie where whoever reads and writes it is held up for ever, or where
/// it counts who does.
bool is_writing_end_of_pipe(int fd)
{
    struct stat status = {};
    const int mode = ::fcntl(fd, F_GETFL);
    return ::fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode) && mode >= 0 && (mode & O_ACCMODE) == O_WRONLY;
}

std::string read_id(const Call& call)
{
    std::string id;
    call.arguments() >> id;
    return id;
}

} // namespace

ManagerObject::ManagerObject(manager::Manager& manager, Visibility& visibility, std::string version)
    : manager_(manager), visibility_(visibility), version_(std::move(version))
{
}

bool ManagerObject::is_at(std::string_view path) const
{
    return path == root_path;
}

ManagerObject::Handler ManagerObject::find_handler(std::string_view member)
{
    static constexpr std::pair<std::string_view, Handler> handlers[] = {
        {"Add", &ManagerObject::add},
        {"Update", &ManagerObject::update},
        {"Remove", &ManagerObject::remove},
        {"Get", &ManagerObject::get},
        {"GetAll", &ManagerObject::get_all},
        {"GetProfileCount", &ManagerObject::get_profile_count},
        {"StartSync", &ManagerObject::start_sync},
        {"StopSync", &ManagerObject::stop_sync},
        {"GetStatistics", &ManagerObject::get_statistics},
        {"GetHistory", &ManagerObject::get_history},
        {"GetTranscript", &ManagerObject::get_transcript},
        {"GetChanges", &ManagerObject::get_changes},
        {"GetSent", &ManagerObject::get_sent},
        {"Undo", &ManagerObject::undo},
        {"Explain", &ManagerObject::explain},
        {"GetConflicts", &ManagerObject::get_conflicts},
        {"ResolveConflict", &ManagerObject::resolve_conflict},
        {"GetQuarantine", &ManagerObject::get_quarantine},
        {"GetDeviceInfo", &ManagerObject::get_device_info},
        {"GetPlan", &ManagerObject::get_plan},
        {"GetPlanItems", &ManagerObject::get_plan_items},
        {"Release", &ManagerObject::release},
        {"Reject", &ManagerObject::reject},
        {"DeliverNotification", &ManagerObject::deliver_notification},
    };
    const auto* const found = std::ranges::find(handlers, member, &std::pair<std::string_view, Handler>::first);
    return found == std::end(handlers) ? nullptr : found->second;
}

void ManagerObject::on_call(const Row& row, const Subject& caller, const Call& call)
{
    (this->*find_handler(row.member))(caller, call);
}

void ManagerObject::find_properties(const Subject& caller, const Call&, Found found)
{
    found(Values{{"MaxProfiles", manager_.max_profiles()},
                 {"Version", version_},
                 {"Notifications", manager_.notification_counts(caller.uid)}});
}

void ManagerObject::add(const Subject& caller, const Call& call)
{
    auto profile = read_profile(call);
    if (!profile.complaint.empty())
        return call.fail({Errc::InvalidValue, profile.complaint});
    const auto id = manager_.add({.uid = caller.uid}, std::move(profile.input));
    if (id)
        call.reply(*id);
    else
        call.fail(id.error());
}

void ManagerObject::update(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    auto profile = std::make_shared<ProfileArgument>(read_profile(call));
    visibility_.resolve(caller, call, id, [this, call, id, profile](manager::Caller as) {
        if (profile->complaint.empty())
            return answer(call, manager_.update(as, id, std::move(profile->input)));
        // That the profile exists is checked before what its values are.
        const auto existing = manager_.get(as, id);
        call.fail(existing ? base::Error{Errc::InvalidValue, profile->complaint} : existing.error());
    });
}

void ManagerObject::remove(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    visibility_.resolve(caller, call, id, [this, call, id](manager::Caller as) {
        manager_.remove(as, id,
                        [call](const base::Result<void>& removed) { guarded(call, [&] { answer(call, removed); }); });
    });
}

void ManagerObject::get(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    visibility_.resolve(caller, call, id, [this, call, id](manager::Caller as) {
        const auto profile = manager_.get(as, id);
        if (profile)
            call.reply(profile_dictionary(*profile));
        else
            call.fail(profile.error());
    });
}

void ManagerObject::get_all(const Subject& caller, const Call& call)
{
    std::map<std::string, Values> profiles;
    for (const auto& profile : manager_.get_all(caller.uid))
        profiles[profile.id] = profile_dictionary(profile);
    call.reply(profiles);
}

void ManagerObject::get_profile_count(const Subject& caller, const Call& call)
{
    call.reply(manager_.count(caller.uid));
}

void ManagerObject::start_sync(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    std::optional<std::string> type;
    manager::Transcript transcript;
    Dictionary options(call.raw(), "option ");
    options.each([&](std::string_view key) {
        if (key == "Type")
            type = options.text();
        else if (key == "Transcript")
            transcript.pipe = std::make_shared<const base::Descriptor>(options.descriptor());
        else if (key == "TranscriptItems")
            transcript.items = options.flag();
        else
            return false;
        return true;
    });
    if (transcript.pipe && !is_writing_end_of_pipe(transcript.pipe->get()))
        options.complain("option Transcript is not the writing end of a pipe");
    if (transcript.items && !transcript.pipe)
        options.complain("option TranscriptItems says something of a Transcript, and there is none");
    visibility_.resolve(
        caller, call, id, [this, call, id, type, transcript, complaint = options.complaint()](manager::Caller as) {
            if (!complaint.empty()) {
                const auto existing = manager_.get(as, id);
                return call.fail(existing ? base::Error{Errc::InvalidValue, complaint} : existing.error());
            }
            const auto session = manager_.start(as, id, type, transcript);
            if (session)
                call.reply(*session);
            else
                call.fail(session.error());
        });
}

void ManagerObject::stop_sync(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    visibility_.resolve(caller, call, id,
                        [this, call, id](manager::Caller as) { answer(call, manager_.stop(as, id)); });
}

void ManagerObject::get_statistics(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    visibility_.resolve(caller, call, id, [this, call, id](manager::Caller as) {
        const auto records = manager_.statistics(as, id);
        if (records)
            call.reply(statistics(*records));
        else
            call.fail(records.error());
    });
}

void ManagerObject::get_history(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    std::uint32_t limit = 0;
    call.arguments() >> limit;
    visibility_.resolve(caller, call, id, [this, call, id, limit](manager::Caller as) {
        const auto sessions = manager_.history(as, id, limit);
        if (sessions)
            call.reply(history(*sessions));
        else
            call.fail(sessions.error());
    });
}

/// A session is found by its number alone, too, among the caller's own.
void ManagerObject::resolve_session(const Subject& caller, const Call& call, const std::string& id,
                                    std::function<void(manager::Caller)> use)
{
    if (id.empty())
        use({.uid = caller.uid});
    else
        visibility_.resolve(caller, call, id, std::move(use));
}

void ManagerObject::get_transcript(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    std::uint64_t session = 0;
    call.arguments() >> session;
    resolve_session(caller, call, id, [this, call, id, session](manager::Caller as) {
        const auto opened = manager_.transcript(as, id, session);
        if (opened)
            call.reply(sdbus::UnixFd(opened->get())); // a copy of it
        else
            call.fail(opened.error());
    });
}

void ManagerObject::get_changes(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    std::uint64_t session = 0;
    std::string after;
    call.arguments() >> session >> after;
    resolve_session(caller, call, id, [this, call, id, session, after](manager::Caller as) {
        const auto found = manager_.changes(as, id, session, after);
        if (found)
            call.reply(changes(*found));
        else
            call.fail(found.error());
    });
}

void ManagerObject::get_sent(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    std::uint64_t session = 0;
    std::string after;
    call.arguments() >> session >> after;
    resolve_session(caller, call, id, [this, call, id, session, after](manager::Caller as) {
        const auto found = manager_.sent(as, id, session, after);
        if (found)
            call.reply(sent(*found));
        else
            call.fail(found.error());
    });
}

void ManagerObject::undo(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    std::uint64_t session = 0;
    call.arguments() >> session;
    resolve_session(caller, call, id, [this, call, id, session](manager::Caller as) {
        const auto report = manager_.undo(as, id, session);
        if (report)
            call.reply(undo_report(*report));
        else
            call.fail(report.error());
    });
}

void ManagerObject::explain(const Subject& caller, const Call& call)
{
    std::string service, item;
    call.arguments() >> service >> item;
    const auto* kind = kinds::find(service);
    if (kind == nullptr)
        return call.fail({Errc::InvalidValue, "service_type: must be " + kinds::all_names()});
    const auto found = manager_.explain(caller.uid, kind->items, item);
    if (found)
        call.reply(explanation(*found));
    else
        call.fail(found.error());
}

void ManagerObject::get_conflicts(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    std::uint64_t after = 0;
    call.arguments() >> after;
    visibility_.resolve(caller, call, id, [this, call, id, after](manager::Caller as) {
        const auto found = manager_.conflicts(as, id, after);
        if (found)
            call.reply(conflicts(*found));
        else
            call.fail(found.error());
    });
}

void ManagerObject::resolve_conflict(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    std::uint64_t number = 0;
    std::string word;
    call.arguments() >> number >> word;
    const auto way = find_way(word);
    visibility_.resolve(caller, call, id, [this, call, id, number, way](manager::Caller as) {
        if (!way)
            return call.fail({Errc::InvalidValue, "way: must be OURS, THEIRS or BOTH"});
        const auto resolved = manager_.resolve_conflict(as, id, number, *way);
        if (resolved)
            call.reply();
        else
            call.fail(resolved.error());
    });
}

void ManagerObject::get_quarantine(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    visibility_.resolve(caller, call, id, [this, call, id](manager::Caller as) {
        const auto items = manager_.quarantine(as, id);
        if (items)
            call.reply(quarantine(*items));
        else
            call.fail(items.error());
    });
}

void ManagerObject::get_device_info(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    visibility_.resolve(caller, call, id, [this, call, id](manager::Caller as) {
        const auto information = manager_.device_information(as, id);
        if (information)
            call.reply(device_information(*information));
        else
            call.fail(information.error());
    });
}

void ManagerObject::get_plan(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    visibility_.resolve(caller, call, id, [this, call, id](manager::Caller as) {
        const auto services = manager_.plan(as, id);
        if (services)
            call.reply(plan(*services));
        else
            call.fail(services.error());
    });
}

void ManagerObject::get_plan_items(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    std::string service, after;
    bool from_server = false;
    std::uint32_t limit = 0;
    call.arguments() >> service >> from_server >> after >> limit;
    visibility_.resolve(caller, call, id, [this, call, id, service, from_server, after, limit](manager::Caller as) {
        const auto items = manager_.plan_items(as, id, service, from_server, after, limit);
        if (items)
            call.reply(plan_items(*items));
        else
            call.fail(items.error());
    });
}

void ManagerObject::release(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    visibility_.resolve(caller, call, id,
                        [this, call, id](manager::Caller as) { answer(call, manager_.release(as, id)); });
}

void ManagerObject::reject(const Subject& caller, const Call& call)
{
    const auto id = read_id(call);
    visibility_.resolve(caller, call, id,
                        [this, call, id](manager::Caller as) { answer(call, manager_.reject(as, id)); });
}

void ManagerObject::deliver_notification(const Subject& caller, const Call& call)
{
    const void* octets = nullptr;
    std::size_t size = 0;
    if (sd_bus_message_read_array(call.raw(), 'y', &octets, &size) < 0)
        return call.fail({Errc::InvalidArgs, "notification: no octets"});
    manager_.deliver(caller.uid, base::Secret(std::string_view(static_cast<const char*>(octets), size)),
                     [call](const base::Result<std::vector<std::string>>& profiles) {
                         guarded(call, [&] {
                             if (profiles)
                                 call.reply(*profiles);
                             else
                                 call.fail(profiles.error());
                         });
                     });
}

} // namespace bus
