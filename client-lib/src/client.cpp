#include "client_impl.hpp"
#include "message.hpp"
#include "plan.hpp"
#include "profile.hpp"
#include "statistics.hpp"

#include "org.syncd1.Manager.proxy.hpp"
#include "org.syncd1.Profile.proxy.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <system_error>
#include <utility>

namespace syncd {
namespace {

const std::string manager_interface = org::syncd1::Manager_proxy::INTERFACE_NAME;
const std::string profile_interface = org::syncd1::Profile_proxy::INTERFACE_NAME;

template <class T, class Write>
Call<T> manager_call(Connection& connection, const std::string& method, Write write,
                     std::function<T(sdbus::MethodReply&)> parse, Wait wait = Wait::Briefly)
{
    return connection.create<T>(manager_path, manager_interface, method, std::move(write), std::move(parse), wait);
}

/// A call whose only argument is a profile's id.
template <class T>
Call<T> profile_call(Connection& connection, const std::string& method, const std::string& profile_id,
                     std::function<T(sdbus::MethodReply&)> parse, Wait wait = Wait::Briefly)
{
    return manager_call<T>(
        connection, method, [&](sdbus::MethodCall& message) { append_text(message, profile_id, "a profile's id"); },
        std::move(parse), wait);
}

Call<std::string> add_call(Connection& connection, const SyncProfileInfo& profile)
{
    return manager_call<std::string>(
        connection, "Add",
        [&](sdbus::MethodCall& message) {
            mark_sensitive(message);
            append_profile(message, profile, true);
        },
        parse_value<std::string>);
}

Call<void> update_call(Connection& connection, const SyncProfileInfo& profile)
{
    return manager_call<void>(
        connection, "Update",
        [&](sdbus::MethodCall& message) {
            mark_sensitive(message);
            append_text(message, profile.profile_id, "a profile's id");
            append_profile(message, profile, false);
        },
        parse_nothing);
}

Call<void> remove_call(Connection& connection, const std::string& profile_id)
{
    // A running session is stopped first, which takes as long as its server does.
    return profile_call<void>(connection, "Remove", profile_id, parse_nothing, Wait::UntilAnswer);
}

Call<SyncProfileInfo> get_call(Connection& connection, const std::string& profile_id)
{
    return profile_call<SyncProfileInfo>(connection, "Get", profile_id, [profile_id](sdbus::MethodReply& reply) {
        return parse_profile(profile_id, parse_value<Values>(reply));
    });
}

Call<std::vector<SyncProfileInfo>> get_all_call(Connection& connection)
{
    return manager_call<std::vector<SyncProfileInfo>>(
        connection, "GetAll", [](sdbus::MethodCall&) {},
        [](sdbus::MethodReply& reply) {
            std::vector<SyncProfileInfo> profiles;
            for (const auto& [id, values] : parse_value<std::map<std::string, Values>>(reply))
                profiles.push_back(parse_profile(id, values));
            return profiles;
        });
}

Call<std::int32_t> max_profiles_call(Connection& connection)
{
    return connection.create_get<std::int32_t>(manager_path, manager_interface, "MaxProfiles");
}

Call<std::uint32_t> profile_count_call(Connection& connection)
{
    return manager_call<std::uint32_t>(
        connection, "GetProfileCount", [](sdbus::MethodCall&) {}, parse_value<std::uint32_t>);
}

template <class Started>
Call<Started> start_sync_call(Connection& connection, const std::string& profile_id, const SyncOptions& wanted)
{
    return manager_call<Started>(
        connection, "StartSync",
        [&](sdbus::MethodCall& message) {
            append_text(message, profile_id, "a profile's id");
            append_dictionary(message, [&](Dictionary& options) {
                if (wanted.type)
                    options.add("Type", std::string(to_string(*wanted.type)));
                if (wanted.transcript >= 0)
                    options.entry("Transcript", "h", [&] { message << sdbus::UnixFd(wanted.transcript); });
                if (wanted.transcript_items)
                    options.add("TranscriptItems", true);
            });
        },
        [](sdbus::MethodReply& reply) {
            return Started{parse_value<std::uint64_t>(reply), reply.getSender()};
        });
}

Call<void> stop_sync_call(Connection& connection, const std::string& profile_id)
{
    return profile_call<void>(connection, "StopSync", profile_id, parse_nothing);
}

Call<std::vector<SyncStatistics>> statistics_call(Connection& connection, const std::string& profile_id)
{
    return profile_call<std::vector<SyncStatistics>>(
        connection, "GetStatistics", profile_id, [](sdbus::MethodReply& reply) {
            std::vector<SyncStatistics> statistics;
            for (const Values& values : parse_value<std::vector<Values>>(reply))
                statistics.push_back(parse_statistics(values));
            return statistics;
        });
}

Call<std::vector<SessionRecord>> history_call(Connection& connection, const std::string& profile_id,
                                              std::uint32_t limit)
{
    return manager_call<std::vector<SessionRecord>>(
        connection, "GetHistory",
        [&](sdbus::MethodCall& message) {
            append_text(message, profile_id, "a profile's id");
            message << limit;
        },
        [](sdbus::MethodReply& reply) {
            std::vector<SessionRecord> records;
            for (const Values& values : parse_value<std::vector<Values>>(reply))
                records.push_back(parse_session_record(values));
            return records;
        });
}

Call<Descriptor> transcript_call(Connection& connection, std::uint64_t session, const std::string& profile_id)
{
    return manager_call<Descriptor>(
        connection, "GetTranscript",
        [&](sdbus::MethodCall& message) {
            append_text(message, profile_id, "a profile's id");
            message << session;
        },
        [](sdbus::MethodReply& reply) { return Descriptor(parse_value<sdbus::UnixFd>(reply).release()); });
}

Call<std::vector<ServicePlan>> plan_call(Connection& connection, const std::string& profile_id)
{
    return profile_call<std::vector<ServicePlan>>(connection, "GetPlan", profile_id, [](sdbus::MethodReply& reply) {
        std::vector<ServicePlan> plan;
        for (const Values& values : parse_value<std::vector<Values>>(reply))
            plan.push_back(parse_service_plan(values));
        return plan;
    });
}

Call<std::vector<PlanItem>> plan_items_call(Connection& connection, const std::string& profile_id,
                                            SyncServiceType service, bool from_server, const std::string& after,
                                            std::uint32_t limit)
{
    return manager_call<std::vector<PlanItem>>(
        connection, "GetPlanItems",
        [&](sdbus::MethodCall& message) {
            append_text(message, profile_id, "a profile's id");
            message << std::string(to_string(service)) << from_server;
            append_text(message, after, "the place in a plan");
            message << limit;
        },
        [](sdbus::MethodReply& reply) {
            std::vector<PlanItem> items;
            for (const Values& values : parse_value<std::vector<Values>>(reply))
                items.push_back(parse_plan_item(values));
            return items;
        });
}

Call<void> release_call(Connection& connection, const std::string& profile_id)
{
    return profile_call<void>(connection, "Release", profile_id, parse_nothing);
}

Call<void> reject_call(Connection& connection, const std::string& profile_id)
{
    return profile_call<void>(connection, "Reject", profile_id, parse_nothing);
}

Call<std::optional<DeviceInformation>> device_information_call(Connection& connection, const std::string& profile_id)
{
    return profile_call<std::optional<DeviceInformation>>(
        connection, "GetDeviceInfo", profile_id, [](sdbus::MethodReply& reply) -> std::optional<DeviceInformation> {
            const auto values = parse_value<Values>(reply);
            auto document = text(values, "Document");
            if (document.empty())
                return std::nullopt;
            return DeviceInformation{time(values, "Received"), std::move(document)};
        });
}

Call<ProfileStatus> status_call(Connection& connection, const std::string& profile_id)
{
    // Other characters cannot stand in an object's path, so no profile has them in its id.
    const auto is_path_character = [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    if (profile_id.empty() || !std::ranges::all_of(profile_id, is_path_character))
        throw Error("org.syncd1.Error.NotFound", "there is no profile \"" + profile_id + "\"");
    return connection.create<ProfileStatus>(
        manager_path + "/profile/" + profile_id, properties_interface, "GetAll",
        [](sdbus::MethodCall& message) { message << profile_interface; },
        [](sdbus::MethodReply& reply) { return parse_status(parse_value<Values>(reply)); });
}

Call<std::vector<std::string>> notification_call(Connection& connection, const std::vector<std::uint8_t>& notification)
{
    return manager_call<std::vector<std::string>>(
        connection, "DeliverNotification", [&](sdbus::MethodCall& message) { message << notification; },
        parse_value<std::vector<std::string>>);
}

Call<std::map<std::string, std::uint64_t>> notifications_call(Connection& connection)
{
    return connection.create_get<std::map<std::string, std::uint64_t>>(manager_path, manager_interface,
                                                                       "Notifications");
}

Call<std::string> version_call(Connection& connection)
{
    return connection.create_get<std::string>(manager_path, manager_interface, "Version");
}

} // namespace

Client::Client(const ClientOptions& options) : impl_(std::make_shared<Impl>(options)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

std::string Client::add(const SyncProfileInfo& profile)
{
    return impl_->connection.run(add_call(impl_->connection, profile));
}

void Client::add(const SyncProfileInfo& profile, Reply<std::string> done)
{
    impl_->connection.send(add_call(impl_->connection, profile), std::move(done));
}

void Client::update(const SyncProfileInfo& profile)
{
    impl_->connection.run(update_call(impl_->connection, profile));
}

void Client::update(const SyncProfileInfo& profile, Done done)
{
    impl_->connection.send(update_call(impl_->connection, profile), std::move(done));
}

void Client::remove(const std::string& profile_id)
{
    impl_->connection.run(remove_call(impl_->connection, profile_id));
}

void Client::remove(const std::string& profile_id, Done done)
{
    impl_->connection.send(remove_call(impl_->connection, profile_id), std::move(done));
}

SyncProfileInfo Client::get(const std::string& profile_id)
{
    return impl_->connection.run(get_call(impl_->connection, profile_id));
}

void Client::get(const std::string& profile_id, Reply<SyncProfileInfo> done)
{
    impl_->connection.send(get_call(impl_->connection, profile_id), std::move(done));
}

std::vector<SyncProfileInfo> Client::get_all()
{
    return impl_->connection.run(get_all_call(impl_->connection));
}

void Client::get_all(Reply<std::vector<SyncProfileInfo>> done)
{
    impl_->connection.send(get_all_call(impl_->connection), std::move(done));
}

std::int32_t Client::max_profiles()
{
    return impl_->connection.run(max_profiles_call(impl_->connection));
}

void Client::max_profiles(Reply<std::int32_t> done)
{
    impl_->connection.send(max_profiles_call(impl_->connection), std::move(done));
}

std::uint32_t Client::profile_count()
{
    return impl_->connection.run(profile_count_call(impl_->connection));
}

void Client::profile_count(Reply<std::uint32_t> done)
{
    impl_->connection.send(profile_count_call(impl_->connection), std::move(done));
}

Session Client::start_sync(const std::string& profile_id, SyncProgressCallback callback, const SyncOptions& options)
{
    auto started = impl_->connection.run(start_sync_call<Impl::Started>(impl_->connection, profile_id, options));
    return impl_->follow(profile_id, std::move(started), std::move(callback));
}

void Client::start_sync(const std::string& profile_id, SyncProgressCallback callback, const SyncOptions& options,
                        Reply<Session> done)
{
    impl_->connection.send(start_sync_call<Impl::Started>(impl_->connection, profile_id, options),
                           // The signals of the session come after this answer, so none is missed.
                           [impl = impl_.get(), profile_id, callback = std::move(callback),
                            done = std::move(done)](std::optional<Error> error, Impl::Started started) {
                               done(error, error ? Session() : impl->follow(profile_id, std::move(started), callback));
                           });
}

void Client::stop_sync(const std::string& profile_id)
{
    impl_->connection.run(stop_sync_call(impl_->connection, profile_id));
}

void Client::stop_sync(const std::string& profile_id, Done done)
{
    impl_->connection.send(stop_sync_call(impl_->connection, profile_id), std::move(done));
}

std::vector<SyncStatistics> Client::statistics(const std::string& profile_id)
{
    return impl_->connection.run(statistics_call(impl_->connection, profile_id));
}

void Client::statistics(const std::string& profile_id, Reply<std::vector<SyncStatistics>> done)
{
    impl_->connection.send(statistics_call(impl_->connection, profile_id), std::move(done));
}

std::vector<std::string> Client::deliver_notification(const std::vector<std::uint8_t>& notification)
{
    return impl_->connection.run(notification_call(impl_->connection, notification));
}

void Client::deliver_notification(const std::vector<std::uint8_t>& notification, Reply<std::vector<std::string>> done)
{
    impl_->connection.send(notification_call(impl_->connection, notification), std::move(done));
}

std::map<std::string, std::uint64_t> Client::notifications()
{
    return impl_->connection.run(notifications_call(impl_->connection));
}

void Client::notifications(Reply<std::map<std::string, std::uint64_t>> done)
{
    impl_->connection.send(notifications_call(impl_->connection), std::move(done));
}

std::vector<SessionRecord> Client::history(const std::string& profile_id, std::uint32_t limit)
{
    return impl_->connection.run(history_call(impl_->connection, profile_id, limit));
}

void Client::history(const std::string& profile_id, std::uint32_t limit, Reply<std::vector<SessionRecord>> done)
{
    impl_->connection.send(history_call(impl_->connection, profile_id, limit), std::move(done));
}

Descriptor Client::transcript(std::uint64_t session, const std::string& profile_id)
{
    return impl_->connection.run(transcript_call(impl_->connection, session, profile_id));
}

void Client::transcript(std::uint64_t session, const std::string& profile_id, Reply<Descriptor> done)
{
    impl_->connection.send(transcript_call(impl_->connection, session, profile_id), std::move(done));
}

std::vector<ServicePlan> Client::plan(const std::string& profile_id)
{
    return impl_->connection.run(plan_call(impl_->connection, profile_id));
}

void Client::plan(const std::string& profile_id, Reply<std::vector<ServicePlan>> done)
{
    impl_->connection.send(plan_call(impl_->connection, profile_id), std::move(done));
}

std::vector<PlanItem> Client::plan_items(const std::string& profile_id, SyncServiceType service, bool from_server,
                                         const std::string& after, std::uint32_t limit)
{
    return impl_->connection.run(plan_items_call(impl_->connection, profile_id, service, from_server, after, limit));
}

void Client::plan_items(const std::string& profile_id, SyncServiceType service, bool from_server,
                        const std::string& after, std::uint32_t limit, Reply<std::vector<PlanItem>> done)
{
    impl_->connection.send(plan_items_call(impl_->connection, profile_id, service, from_server, after, limit),
                           std::move(done));
}

void Client::release(const std::string& profile_id)
{
    impl_->connection.run(release_call(impl_->connection, profile_id));
}

void Client::release(const std::string& profile_id, Done done)
{
    impl_->connection.send(release_call(impl_->connection, profile_id), std::move(done));
}

void Client::reject(const std::string& profile_id)
{
    impl_->connection.run(reject_call(impl_->connection, profile_id));
}

void Client::reject(const std::string& profile_id, Done done)
{
    impl_->connection.send(reject_call(impl_->connection, profile_id), std::move(done));
}

std::optional<DeviceInformation> Client::device_information(const std::string& profile_id)
{
    return impl_->connection.run(device_information_call(impl_->connection, profile_id));
}

void Client::device_information(const std::string& profile_id, Reply<std::optional<DeviceInformation>> done)
{
    impl_->connection.send(device_information_call(impl_->connection, profile_id), std::move(done));
}

ProfileStatus Client::status(const std::string& profile_id)
{
    return impl_->connection.run(status_call(impl_->connection, profile_id));
}

void Client::status(const std::string& profile_id, Reply<ProfileStatus> done)
{
    impl_->connection.send(status_call(impl_->connection, profile_id), std::move(done));
}

std::string Client::version()
{
    return impl_->connection.run(version_call(impl_->connection));
}

void Client::version(Reply<std::string> done)
{
    impl_->connection.send(version_call(impl_->connection), std::move(done));
}

void Client::watch(SyncWatcher watcher)
{
    impl_->watch(std::move(watcher));
}

int Client::fd() const noexcept
{
    return impl_->connection.fd();
}

void Client::process()
{
    impl_->connection.process();
}

SyncOutcome Client::run_until(const Session& session)
{
    // An empty session would never end.
    if (session.number() == 0)
        throw Error("org.syncd1.Error.InvalidValue", "there is no session to wait for");
    for (;;) {
        process();
        if (const auto outcome = session.outcome())
            return *outcome;
        pollfd readable{.fd = fd(), .events = POLLIN, .revents = 0};
        if (poll(&readable, 1, -1) < 0 && errno != EINTR)
            throw std::system_error(errno, std::generic_category(), "poll");
    }
}

} // namespace syncd
