#pragma once

#include <syncd/enums.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace syncd {

struct PlanCounts {
    std::uint32_t added = 0;
    std::uint32_t updated = 0;
    std::uint32_t removed = 0;
};

/// What the next session would do with one service, as far as it is known before it runs.
struct ServicePlan {
    SyncServiceType service_type = SyncServiceType::Unknown;
    // Why it waits for somebody to look at it (Client::release, Client::reject):
    bool is_held_from_server = false; ///< for what the server has deleted and changed
    bool is_held_to_server = false;   ///< for what was deleted and changed here
    bool is_held_for_slow = false;    ///< for a slow sync that nobody has asked for
    bool is_held_for_store = false;   ///< because the directory of its items is not what it was
    bool compares = false;            ///< all items of both sides will be compared: there is no sync to go on from
    PlanCounts from_server;           ///< told by the server and not done here yet
    PlanCounts to_server;             ///< done here since the last sync; with `compares` all items, as added

    bool is_held() const noexcept
    {
        return is_held_from_server || is_held_to_server || is_held_for_slow || is_held_for_store;
    }
};

enum class PlanChange { Unknown, Add, Update, Delete };

/// One item of a plan.
struct PlanItem {
    std::string luid;
    PlanChange change = PlanChange::Unknown;
    std::optional<std::string> before; ///< the item's text, where it is known
    std::optional<std::string> after;
    std::string next; ///< for Client::plan_items, to ask for those behind this one
};

} // namespace syncd
