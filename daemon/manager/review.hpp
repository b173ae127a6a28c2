#pragma once

#include "base/result.hpp"
#include "manager/profile_book.hpp"
#include "storage/item_store.hpp"
#include "storage/reviews.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a profile's next session would do, as far as it is known here, and what waits for somebody to look at it.
/// `file`: the profile's state.db, which may be missing.
namespace manager {

struct PlanCounts {
    std::uint64_t added = 0, updated = 0, removed = 0;
};

/// The plan of one service.
struct ServicePlanView {
    std::string service; ///< `CONTACT`
    storage::Held held;
    bool compares = false;  ///< there is no sync to go on from: all items of both sides will be compared
    PlanCounts from_server; ///< told by the server, and not done here yet
    PlanCounts to_server;   ///< done here since the last sync; all items as added where everything is compared
};

struct PlanItem {
    std::string luid;
    std::string change;                ///< `ADD`, `UPDATE`, `DELETE`
    std::optional<std::string> before; ///< where it is known
    std::optional<std::string> after;
    std::string next; ///< what to ask behind for the items that follow
};

std::vector<ServicePlanView> plan_of(const Profile& profile, storage::ItemStore& items,
                                     const std::filesystem::path& file);
/// The items of one service and direction behind `after` (empty: from the first), at most `most`, and about a megabyte.
/// Errors: InvalidValue for a service that the profile does not have.
base::Result<std::vector<PlanItem>> plan_items(const Profile& profile, storage::ItemStore& items,
                                               const std::filesystem::path& file, std::string_view service,
                                               bool from_server, std::string_view after, std::uint32_t most);
/// Which items a service of the profile is for.
storage::ItemKind kind_of(const storage::ProfileRow& row, const std::string& service, storage::ItemStore& items);
/// Whether one of its services waits.
bool is_held(const Profile& profile, storage::ItemStore& items);
/// Whether one waits for more than that its directory is what it was, so that no session may begin.
bool is_blocked(const Profile& profile, storage::ItemStore& items);
void release(const Profile& profile, storage::ItemStore& items);
void reject(const Profile& profile, storage::ItemStore& items);
/// Somebody has undone a session by the changes after `since`: what they take away at the server is wanted, and need
/// not wait, unless so much was taken away before that that would have to wait by itself.
void agree_to_undoing(const Profile& profile, storage::ItemStore& items, const std::filesystem::path& file,
                      std::uint64_t since);

} // namespace manager
