#include "manager/records.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace manager {
namespace {

using storage::ServiceRecord;
using storage::SessionRecord;
using storage::SyncState;

/// Null when there is no file yet.
base::Result<std::unique_ptr<SyncState>> open(const std::filesystem::path& file)
{
    auto state = SyncState::open(file, storage::Access::ReadOnly);
    if (!state && state.error().code == base::Errc::NotFound)
        return nullptr;
    return state;
}

/// The end that was seen here and nowhere written down.
const SessionRecord* unrecorded_end(const Profile& profile, const std::vector<SessionRecord>& newest)
{
    if (!profile.last_end)
        return nullptr;
    if (newest.empty() || newest.front().session < profile.last_end->session)
        return &*profile.last_end;
    const bool open = newest.front().session == profile.last_end->session && newest.front().ended == 0;
    return open ? &*profile.last_end : nullptr;
}

std::vector<SessionRecord> newest(SyncState* state, const Profile& profile, std::size_t limit)
{
    if (state == nullptr)
        return {};
    // One more, in place of the one that is under way.
    auto sessions = state->history(limit + 1);
    std::erase_if(sessions, [&](const SessionRecord& each) { return each.session == profile.running; });
    return sessions;
}

/// Puts those that were lost, and that no worker wrote down, into their places.
void add_lost(const Profile& profile, std::vector<SessionRecord>& sessions)
{
    for (const auto& lost : profile.lost)
        if (std::none_of(sessions.begin(), sessions.end(),
                         [&](const SessionRecord& each) { return each.session == lost.session; }))
            sessions.push_back(lost);
    std::sort(sessions.begin(), sessions.end(),
              [](const SessionRecord& a, const SessionRecord& b) { return a.session > b.session; });
}

template <class Record>
auto find_service(Record& services, const std::string& type)
{
    return std::find_if(services.begin(), services.end(),
                        [&](const ServiceRecord& record) { return record.service == type; });
}

} // namespace

base::Result<std::vector<ServiceRecord>> statistics(const Profile& profile, const std::filesystem::path& file)
{
    const auto state = open(file);
    if (!state)
        return tl::unexpected(state.error());
    auto known = *state ? (*state)->statistics(profile.running) : std::vector<ServiceRecord>();
    const auto* end = unrecorded_end(profile, newest(state->get(), profile, 1));

    std::vector<ServiceRecord> result;
    for (const auto& service : profile.row.services) {
        auto& record = result.emplace_back();
        record.service = service.type;
        record.status = "NONE";
        if (const auto found = find_service(known, service.type); found != known.end())
            record = *found;
        if (end == nullptr)
            continue;
        if (const auto found = find_service(end->services, service.type); found != end->services.end())
            record = *found;
    }
    return result;
}

base::Result<std::vector<SessionRecord>> history(const Profile& profile, const std::filesystem::path& file,
                                                 std::size_t limit)
{
    const auto state = open(file);
    if (!state)
        return tl::unexpected(state.error());
    auto sessions = newest(state->get(), profile, limit);
    add_lost(profile, sessions);
    if (const auto* end = unrecorded_end(profile, sessions)) {
        if (!sessions.empty() && sessions.front().session == end->session)
            sessions.erase(sessions.begin());
        sessions.insert(sessions.begin(), *end);
    }
    for (auto& session : sessions) {
        if (session.ended != 0)
            continue;
        session.ended = session.started;
        session.outcome = "FAILED";
        session.error_name = base::dbus_name(base::Errc::Interrupted);
        session.error_message = "the sync was interrupted: its process ended before it did; sync again";
        for (auto& service : session.services)
            service.status = "FAIL";
    }
    if (sessions.size() > limit)
        sessions.resize(limit);
    return sessions;
}

base::Result<std::optional<storage::PeerInfo>> device_information(const std::filesystem::path& file)
{
    const auto state = open(file);
    if (!state)
        return tl::unexpected(state.error());
    auto info = *state ? (*state)->peer_info() : std::nullopt;
    // What was seen of the server goes with what it has told: an object in JSON ends with a brace.
    if (info && !info->not_kept.empty() && info->document.ends_with('}') && info->document.size() > 2) {
        std::string list;
        for (const auto& name : info->not_kept)
            list += (list.empty() ? "\"" : ",\"") + name + '"';
        info->document.insert(info->document.size() - 1, ",\"not_kept\":[" + list + ']');
    }
    return info;
}

base::Result<std::vector<storage::QuarantinedItem>> quarantine(const std::filesystem::path& file)
{
    const auto state = open(file);
    if (!state)
        return tl::unexpected(state.error());
    return *state ? (*state)->quarantined() : std::vector<storage::QuarantinedItem>();
}

base::Result<std::optional<std::vector<storage::Delivery>>>
deliveries(const std::filesystem::path& file, std::uint64_t session, std::string_view after, std::size_t most)
{
    const auto state = open(file);
    if (!state)
        return tl::unexpected(state.error());
    if (!*state || (*state)->deliveries(session, {}, 1).empty())
        return std::nullopt;
    return (*state)->deliveries(session, after, most);
}

base::Result<std::vector<storage::Delivery>> item_deliveries(const std::filesystem::path& file, std::string_view luid,
                                                             std::size_t most)
{
    const auto state = open(file);
    if (!state)
        return tl::unexpected(state.error());
    return *state ? (*state)->item_deliveries(luid, most) : std::vector<storage::Delivery>();
}

std::vector<std::string> server_nonces(const std::filesystem::path& file)
{
    const auto state = open(file);
    return state && *state ? (*state)->server_nonces() : std::vector<std::string>();
}

std::optional<SessionRecord> find_recorded_end(const std::filesystem::path& file, std::uint64_t session)
{
    const auto state = open(file);
    if (!state || !*state)
        return std::nullopt;
    auto sessions = (*state)->history(1);
    if (sessions.empty() || sessions.front().session != session || sessions.front().ended == 0)
        return std::nullopt;
    return std::move(sessions.front());
}

} // namespace manager
