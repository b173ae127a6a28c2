#pragma once

#include "manager/announcer.hpp"
#include "manager/item_stores.hpp"
#include "schedule/clock.hpp"

#include <cstdint>
#include <memory>

namespace manager {

/// Has it told what became of a user's items; what cannot be told is logged.
class StoreChanges {
public:
    StoreChanges(ItemStores& stores, const Announcer& announcer, schedule::Timer& timer)
        : stores_(stores), announcer_(announcer), timer_(timer)
    {
    }

    /// What anyone has changed after this revision.
    void tell(Uid owner, std::uint64_t since);
    /// The same from the loop, for use inside a call: its reply leaves first.
    void tell_later(Uid owner, std::uint64_t since);

private:
    ItemStores& stores_;
    const Announcer& announcer_;
    schedule::Timer& timer_;
    /// A callback that outlives this object finds it expired.
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

} // namespace manager
