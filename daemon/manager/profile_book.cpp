#include "manager/profile_book.hpp"

#include "manager/profile_rules.hpp"

#include <utility>

namespace manager {

ProfileView view(const Profile& profile)
{
    const auto& row = profile.row;
    ProfileView view;
    view.id = row.id;
    view.owner = row.owner;
    view.name = row.name;
    view.url = row.url;
    view.mode = row.mode;
    view.type = row.type;
    view.interval = row.interval;
    for (const auto& service : row.services)
        view.services.push_back(
            {service.type, service.uri, service.enabled, filter(row, service.type), store(row, service.type)});
    view.allow_plain_credentials = row.allow_plain_credentials;
    view.ca_file = row.ca_file;
    view.encoding = encoding(row);
    view.conflict_policy = conflict_policy(row);
    view.protocol_version = protocol_version(row);
    view.review = review_rules(row);
    view.device_id = device_id(row);
    view.server_id = server_id(row);
    view.authenticate_server = authenticates_server(row);
    view.keep_transcripts = kept_transcripts(row);
    view.has_credentials = !row.sealed_credentials.empty();
    view.has_http_credentials = !http_box(row).empty();
    view.has_client_certificate = !certificate_box(row).empty();
    view.has_server_password = !server_box(row).empty();
    view.state = profile.state;
    view.last_sync = from_stored(row.last_end);
    view.next_sync = profile.due;
    view.not_before = from_stored(row.not_before);
    view.attention = row.credentials_refused
                         ? "the server refuses the user name or the password; until they are corrected nothing is "
                           "synced but when asked to"
                         : row.held;
    return view;
}

namespace {

storage::SessionRecord lost_session(const storage::ProfileRow& row,
                                    const storage::ProfileRepository::AcceptedSession& session)
{
    storage::SessionRecord record;
    record.session = session.number;
    record.trigger = session.trigger;
    record.started = record.ended = session.time;
    record.outcome = "FAILED";
    record.error_name = base::dbus_name(base::Errc::Interrupted);
    record.error_message = "syncd itself ended before the sync began; sync again";
    for (const auto& service : row.services) {
        if (!service.enabled)
            continue;
        auto& part = record.services.emplace_back();
        part.service = service.type;
        part.type = row.type;
        part.status = "FAIL";
        part.time = record.ended;
        part.error_name = record.error_name;
        part.error_message = record.error_message;
    }
    return record;
}

} // namespace

void ProfileBook::load()
{
    for (auto& row : repository_.load_all()) {
        auto id = row.id;
        profiles_[std::move(id)].row = std::move(row);
    }
    for (const auto& session : repository_.accepted_sessions())
        if (auto* profile = find(session.profile))
            profile->lost.push_back(lost_session(profile->row, session));
}

Profile* ProfileBook::find(std::string_view id)
{
    const auto found = profiles_.find(id);
    return found == profiles_.end() ? nullptr : &found->second;
}

Profile* ProfileBook::find(Caller caller, std::string_view id)
{
    auto* profile = find(id);
    return profile != nullptr && (caller.all || profile->row.owner == caller.uid) ? profile : nullptr;
}

const Profile* ProfileBook::find(Caller caller, std::string_view id) const
{
    return const_cast<ProfileBook*>(this)->find(caller, id); // which changes nothing
}

std::vector<const Profile*> ProfileBook::of(Uid owner) const
{
    std::vector<const Profile*> found;
    for (const auto& [id, profile] : profiles_)
        if (profile.row.owner == owner)
            found.push_back(&profile);
    return found;
}

void ProfileBook::each(const std::function<void(Profile&)>& visit)
{
    for (auto& [id, profile] : profiles_)
        visit(profile);
}

Profile& ProfileBook::insert(storage::ProfileRow row)
{
    repository_.insert(row);
    auto& profile = profiles_[row.id];
    profile.row = std::move(row);
    return profile;
}

void ProfileBook::update(Profile& profile, storage::ProfileRow row)
{
    repository_.update(row);
    profile.row = std::move(row);
}

void ProfileBook::remove(std::string_view id)
{
    repository_.remove(id);
    if (const auto found = profiles_.find(id); found != profiles_.end())
        profiles_.erase(found);
}

void ProfileBook::store_schedule(const Profile& profile)
{
    repository_.update_schedule(profile.row);
}

std::uint64_t ProfileBook::accept_session(const Profile& profile, std::string_view trigger, Time now)
{
    return repository_.accept_session(profile.row.id, trigger, to_stored(now));
}

void ProfileBook::session_ended(std::uint64_t number)
{
    repository_.forget_session(number);
}

bool ProfileBook::remember_notification(const Profile& profile, std::string_view session)
{
    return repository_.remember_notification(profile.row.id, session);
}

} // namespace manager
