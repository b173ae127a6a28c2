#pragma once

#include "bus/object.hpp"
#include "bus/transfer.hpp"
#include "manager/manager.hpp"
#include "storage/item_store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct sd_event;

namespace bus {

/// `/org/syncd1/store/contact`.
std::string store_path(storage::ItemKind kind);

/// org.syncd1.Store at a path for each kind: the caller's own items.
class StoreObject : public Object {
public:
    struct Limits {
        std::size_t import_bytes = 64UL * 1024 * 1024;
        std::size_t transfers_per_uid = 2;
        std::size_t transfers = 8;
        std::chrono::milliseconds patience{60'000}; ///< with a descriptor that does not move
    };

    /// `observer` hears of what applications change.
    StoreObject(manager::Manager& manager, manager::Observer& observer, sd_event* loop, Limits limits);
    ~StoreObject() override;

    std::string_view interface() const override { return store_interface; }
    bool is_at(std::string_view path) const override;
    void on_call(const Row& row, const Authorizer::Subject& caller, const Call& call) override;
    void find_properties(const Authorizer::Subject& caller, const Call& call, Found found) override;

private:
    /// The store that a call is about.
    struct Place {
        manager::Uid owner;
        storage::ItemKind kind;
    };
    using Handler = void (StoreObject::*)(const Place&, const Call&);
    static Handler find_handler(std::string_view member);

    void list(const Place& place, const Call& call);
    void get(const Place& place, const Call& call);
    void put(const Place& place, const Call& call);
    void remove(const Place& place, const Call& call);
    void import(const Place& place, const Call& call);
    void export_all(const Place& place, const Call& call);
    /// Ends an Import into one item.
    void replace_by(const Place& place, const Call& call, const std::string& id, const std::vector<std::string>& found);
    void get_count(const Place& place, const Call& call);

    /// Throws what the manager said.
    storage::ItemStore& items(const Place& place);
    /// What one more transfer of this user holds as long as anything of it is left; or the call has failed.
    std::shared_ptr<void> reserve(const Place& place, const Call& call);
    /// What Import and Export are given.
    struct Stream {
        ForeignFd fd;
        std::string id; ///< of the one item that it is about; empty: all
    };
    /// Reads it, with a place reserved; or the call has failed.
    std::optional<Stream> take_stream(const Place& place, const Call& call, ForeignFd::Direction direction);

    manager::Manager& manager_;
    manager::Observer& observer_;
    sd_event* loop_;
    Limits limits_;
    std::map<std::uint64_t, std::unique_ptr<Transfer>> running_;
    std::uint64_t next_ = 0;
    std::vector<std::pair<manager::Uid, std::weak_ptr<void>>> reserved_;
};

} // namespace bus
