#pragma once

#include "org.syncd1.Manager.adaptor.hpp"
#include "org.syncd1.Profile.adaptor.hpp"
#include "org.syncd1.Store.adaptor.hpp"

#include <sdbus-c++/sdbus-c++.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

using Values = std::map<std::string, sdbus::Variant>;

class FakeProfile final : public sdbus::AdaptorInterfaces<org::syncd1::Profile_adaptor> {
public:
    explicit FakeProfile(sdbus::IConnection& bus) : AdaptorInterfaces(bus, "/org/syncd1/profile/p1")
    {
        registerAdaptor();
    }
    ~FakeProfile() { unregisterAdaptor(); }

private:
    std::string ProfileId() override { return "p1"; }
    std::string ProfileName() override { return "Work"; }
    std::string Url() override { return "https://example.org/"; }
    std::string Mode() override { return "MANUAL"; }
    std::string Type() override { return "TWO_WAY"; }
    std::string Interval() override { return ""; }
    std::vector<Values> Services() override { return {}; }
    bool HasCredentials() override { return true; }
    std::string State() override { return "Queued"; }
    std::uint64_t LastSyncTime() override { return 1'700'000'000'000'000; }
    std::uint64_t NextSyncTime() override { return 0; }
    std::uint64_t NotBefore() override { return 1'800'000'000'000'000; }
    std::string Attention() override { return "do something"; }
};

class FakeStore final : public sdbus::AdaptorInterfaces<org::syncd1::Store_adaptor> {
public:
    explicit FakeStore(sdbus::IConnection& bus) : AdaptorInterfaces(bus, "/org/syncd1/store/contact")
    {
        registerAdaptor();
    }
    ~FakeStore() { unregisterAdaptor(); }

    std::map<std::string, std::string> items{{"1", "BEGIN:VCARD one"}, {"2", "BEGIN:VCARD two"}};

private:
    void List(sdbus::Result<std::vector<sdbus::Struct<std::string, std::uint64_t>>>&& result) override;
    void Get(sdbus::Result<std::string>&& result, std::string id) override;
    void Put(sdbus::Result<std::string>&& result, std::string id, std::string data) override;
    void Delete(sdbus::Result<>&& result, std::string id) override;
    void Import(sdbus::Result<std::uint32_t>&& result, sdbus::UnixFd fd, Values options) override;
    void Export(sdbus::Result<std::uint32_t>&& result, sdbus::UnixFd fd, Values options) override;
    void GetCount(sdbus::Result<std::uint32_t>&& result) override;
};

/// A service on the session bus that answers as a test wants, for what the real one never does: other
/// versions, other words, going away between two signals. Its handlers run in a thread of its own; set them
/// before the call that reaches them. What has no handler fails.
class FakeService final : public sdbus::AdaptorInterfaces<org::syncd1::Manager_adaptor> {
public:
    /// Thrown by a handler: the caller never hears anything.
    struct NoAnswer {};

    FakeService() : FakeService(sdbus::createSessionBusConnection()) {}
    ~FakeService();

    std::function<std::string(const Values&)> add;
    std::function<void(const std::string&, const Values&)> update;
    std::function<void(const std::string&)> remove;
    std::function<Values(const std::string&)> get;
    std::function<std::map<std::string, Values>()> get_all;
    std::function<std::uint64_t(const std::string&, const Values&)> start_sync;
    std::function<void(const std::string&)> stop_sync;
    std::function<std::vector<Values>(const std::string&)> statistics;
    std::function<std::vector<Values>(const std::string&, std::uint32_t)> history;
    std::function<Values(const std::string&)> device_info;
    std::function<std::vector<Values>(const std::string&, std::uint64_t)> conflicts;
    std::function<void(const std::string&, std::uint64_t, const std::string&)> resolve_conflict;
    std::function<std::vector<Values>(const std::string&)> quarantine;
    std::function<sdbus::UnixFd(const std::string&, std::uint64_t)> transcript;
    std::function<std::vector<Values>(const std::string&)> plan;
    std::function<std::vector<Values>(const std::string&, const std::string&, bool, const std::string&, std::uint32_t)>
        plan_items;
    std::function<void(const std::string&)> release, reject;
    std::function<std::vector<Values>(const std::string&, std::uint64_t, const std::string&)> changes;
    std::function<std::vector<Values>(const std::string&, std::uint64_t, const std::string&)> sent;
    std::function<Values(const std::string&, std::uint64_t)> undo;
    std::function<Values(const std::string&, const std::string&)> explain;
    std::function<void()> version_read;
    std::vector<std::uint8_t> delivered; ///< the last notification

    const sdbus::Message& message() const { return *getObject().getCurrentlyProcessedMessage(); }
    sdbus::IConnection& bus() { return *bus_; }

    FakeStore& store() { return *store_; }

private:
    explicit FakeService(std::unique_ptr<sdbus::IConnection> bus);

    void Add(sdbus::Result<std::string>&& result, Values profile) override;
    void Update(sdbus::Result<>&& result, std::string profile_id, Values profile) override;
    void Remove(sdbus::Result<>&& result, std::string profile_id) override;
    void Get(sdbus::Result<Values>&& result, std::string profile_id) override;
    void GetAll(sdbus::Result<std::map<std::string, Values>>&& result) override;
    void GetProfileCount(sdbus::Result<std::uint32_t>&& result) override;
    void StartSync(sdbus::Result<std::uint64_t>&& result, std::string profile_id, Values options) override;
    void StopSync(sdbus::Result<>&& result, std::string profile_id) override;
    void GetStatistics(sdbus::Result<std::vector<Values>>&& result, std::string profile_id) override;
    void GetHistory(sdbus::Result<std::vector<Values>>&& result, std::string profile_id, std::uint32_t limit) override;
    void GetChanges(sdbus::Result<std::vector<Values>>&& result, std::string profile_id, std::uint64_t session,
                    std::string after) override;
    void GetSent(sdbus::Result<std::vector<Values>>&& result, std::string profile_id, std::uint64_t session,
                 std::string after) override;
    void Undo(sdbus::Result<Values>&& result, std::string profile_id, std::uint64_t session) override;
    void Explain(sdbus::Result<Values>&& result, std::string service_type, std::string item_id) override;
    void GetConflicts(sdbus::Result<std::vector<Values>>&& result, std::string profile_id,
                      std::uint64_t after) override;
    void ResolveConflict(sdbus::Result<>&& result, std::string profile_id, std::uint64_t number,
                         std::string way) override;
    void GetTranscript(sdbus::Result<sdbus::UnixFd>&& result, std::string profile_id, std::uint64_t session) override;
    void GetQuarantine(sdbus::Result<std::vector<Values>>&& result, std::string profile_id) override;
    void GetDeviceInfo(sdbus::Result<Values>&& result, std::string profile_id) override;
    void GetPlan(sdbus::Result<std::vector<Values>>&& result, std::string profile_id) override;
    void GetPlanItems(sdbus::Result<std::vector<Values>>&& result, std::string profile_id, std::string service,
                      bool from_server, std::string after, std::uint32_t limit) override;
    void Release(sdbus::Result<>&& result, std::string profile_id) override;
    void Reject(sdbus::Result<>&& result, std::string profile_id) override;
    void DeliverNotification(sdbus::Result<std::vector<std::string>>&& result,
                             std::vector<std::uint8_t> notification) override;
    std::int32_t MaxProfiles() override { return 5; }
    std::string Version() override;
    std::map<std::string, std::uint64_t> Notifications() override { return {{"Started", 2}}; }

    std::unique_ptr<sdbus::IConnection> bus_;
    std::unique_ptr<FakeProfile> profile_;
    std::unique_ptr<FakeStore> store_;
};
