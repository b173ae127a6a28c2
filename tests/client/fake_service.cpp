#include "fake_service.hpp"

#include <unistd.h>

namespace {

/// Answers with what `handler` returns, or with the sdbus::Error that it throws.
template <class... Results, class Handler, class... Arguments>
void answer(sdbus::Result<Results...>& result, const Handler& handler, const Arguments&... arguments)
{
    try {
        if (!handler)
            throw sdbus::Error("org.freedesktop.DBus.Error.Failed", "the test expects no such call");
        if constexpr (sizeof...(Results) == 0) {
            handler(arguments...);
            result.returnResults();
        } else {
            result.returnResults(handler(arguments...));
        }
    } catch (const sdbus::Error& error) {
        result.returnError(error);
    } catch (const FakeService::NoAnswer&) {
    }
}

std::string read_all(int fd)
{
    std::string text;
    char buffer[4096];
    for (ssize_t size; (size = read(fd, buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(size));
    return text;
}

} // namespace

FakeService::FakeService(std::unique_ptr<sdbus::IConnection> bus)
    : AdaptorInterfaces(*bus, "/org/syncd1"), bus_(std::move(bus)), profile_(std::make_unique<FakeProfile>(*bus_)),
      store_(std::make_unique<FakeStore>(*bus_))
{
    registerAdaptor();
    bus_->requestName("org.syncd1");
    bus_->enterEventLoopAsync();
}

FakeService::~FakeService()
{
    bus_->leaveEventLoop();
    store_.reset();
    profile_.reset();
    unregisterAdaptor();
    bus_->releaseName("org.syncd1");
}

void FakeService::Add(sdbus::Result<std::string>&& result, Values profile)
{
    answer(result, add, profile);
}

void FakeService::Update(sdbus::Result<>&& result, std::string profile_id, Values profile)
{
    answer(result, update, profile_id, profile);
}

void FakeService::Remove(sdbus::Result<>&& result, std::string profile_id)
{
    answer(result, remove, profile_id);
}

void FakeService::Get(sdbus::Result<Values>&& result, std::string profile_id)
{
    answer(result, get, profile_id);
}

void FakeService::GetAll(sdbus::Result<std::map<std::string, Values>>&& result)
{
    answer(result, get_all);
}

void FakeService::GetProfileCount(sdbus::Result<std::uint32_t>&& result)
{
    result.returnResults(2);
}

void FakeService::StartSync(sdbus::Result<std::uint64_t>&& result, std::string profile_id, Values options)
{
    answer(result, start_sync, profile_id, options);
}

void FakeService::StopSync(sdbus::Result<>&& result, std::string profile_id)
{
    answer(result, stop_sync, profile_id);
}

void FakeService::GetStatistics(sdbus::Result<std::vector<Values>>&& result, std::string profile_id)
{
    answer(result, statistics, profile_id);
}

void FakeService::GetHistory(sdbus::Result<std::vector<Values>>&& result, std::string profile_id, std::uint32_t limit)
{
    answer(result, history, profile_id, limit);
}

void FakeService::GetChanges(sdbus::Result<std::vector<Values>>&& result, std::string profile_id, std::uint64_t session,
                             std::string after)
{
    answer(result, changes, profile_id, session, after);
}

void FakeService::GetSent(sdbus::Result<std::vector<Values>>&& result, std::string profile_id, std::uint64_t session,
                          std::string after)
{
    answer(result, sent, profile_id, session, after);
}

void FakeService::Undo(sdbus::Result<Values>&& result, std::string profile_id, std::uint64_t session)
{
    answer(result, undo, profile_id, session);
}

void FakeService::Explain(sdbus::Result<Values>&& result, std::string service_type, std::string item_id)
{
    answer(result, explain, service_type, item_id);
}

void FakeService::GetConflicts(sdbus::Result<std::vector<Values>>&& result, std::string profile_id, std::uint64_t after)
{
    answer(result, conflicts, profile_id, after);
}

void FakeService::ResolveConflict(sdbus::Result<>&& result, std::string profile_id, std::uint64_t number,
                                  std::string way)
{
    answer(result, resolve_conflict, profile_id, number, way);
}

void FakeService::GetTranscript(sdbus::Result<sdbus::UnixFd>&& result, std::string profile_id, std::uint64_t session)
{
    answer(result, transcript, profile_id, session);
}

void FakeService::GetQuarantine(sdbus::Result<std::vector<Values>>&& result, std::string profile_id)
{
    answer(result, quarantine, profile_id);
}

void FakeService::GetDeviceInfo(sdbus::Result<Values>&& result, std::string profile_id)
{
    answer(result, device_info, profile_id);
}

void FakeService::GetPlan(sdbus::Result<std::vector<Values>>&& result, std::string profile_id)
{
    answer(result, plan, profile_id);
}

void FakeService::GetPlanItems(sdbus::Result<std::vector<Values>>&& result, std::string profile_id, std::string service,
                               bool from_server, std::string after, std::uint32_t limit)
{
    answer(result, plan_items, profile_id, service, from_server, after, limit);
}

void FakeService::Release(sdbus::Result<>&& result, std::string profile_id)
{
    answer(result, release, profile_id);
}

void FakeService::Reject(sdbus::Result<>&& result, std::string profile_id)
{
    answer(result, reject, profile_id);
}

void FakeService::DeliverNotification(sdbus::Result<std::vector<std::string>>&& result,
                                      std::vector<std::uint8_t> notification)
{
    delivered = std::move(notification);
    result.returnResults({"a", "b"});
}

std::string FakeService::Version()
{
    if (version_read)
        version_read();
    return "9.8.7";
}

void FakeStore::List(sdbus::Result<std::vector<sdbus::Struct<std::string, std::uint64_t>>>&& result)
{
    std::vector<sdbus::Struct<std::string, std::uint64_t>> list;
    for (const auto& [id, data] : items)
        list.emplace_back(id, data.size());
    result.returnResults(list);
}

void FakeStore::Get(sdbus::Result<std::string>&& result, std::string id)
{
    if (items.contains(id))
        result.returnResults(items[id]);
    else
        result.returnError(sdbus::Error("org.syncd1.Error.NotFound", "there is no item " + id));
}

void FakeStore::Put(sdbus::Result<std::string>&& result, std::string id, std::string data)
{
    const std::string given = id.empty() ? "new" : id;
    items[given] = data;
    result.returnResults(given);
}

void FakeStore::Delete(sdbus::Result<>&& result, std::string id)
{
    items.erase(id);
    result.returnResults();
}

void FakeStore::Import(sdbus::Result<std::uint32_t>&& result, sdbus::UnixFd fd, Values options)
{
    items[options.contains("Id") ? options.at("Id").get<std::string>() : "imported"] = read_all(fd.get());
    result.returnResults(options.empty() ? 1 : 0);
}

void FakeStore::Export(sdbus::Result<std::uint32_t>&& result, sdbus::UnixFd fd, Values options)
{
    std::uint32_t written = 0;
    for (const auto& [id, data] : items)
        if ((options.empty() || options.at("Id").get<std::string>() == id) &&
            write(fd.get(), data.data(), data.size()) == static_cast<ssize_t>(data.size()))
            ++written;
    result.returnResults(written);
}

void FakeStore::GetCount(sdbus::Result<std::uint32_t>&& result)
{
    result.returnResults(static_cast<std::uint32_t>(items.size()));
}
