#pragma once

#include "bus/call.hpp"
#include "bus/object.hpp"
#include "manager/profile.hpp"
#include "manager/review.hpp"
#include "storage/sync_state.hpp"

#include <optional>
#include <string>
#include <vector>

/// Between the dictionaries of the D-Bus contract and the types of the rooms below.
namespace bus {

/// Octets of what an item holds, where people look at it in a list: of a larger one it is an excerpt
/// (item/excerpt.hpp). The system's bus parts with who sends a message of more than 32 MiB.
constexpr std::size_t max_content = 4 * 1024 * 1024;

struct ProfileArgument {
    manager::ProfileInput input;
    std::string complaint; ///< what is senseless about its keys, in words; empty: nothing
};

/// The profile dictionary that comes next among the arguments. Throws InvalidArgs for
/// a value of the wrong type.
ProfileArgument read_profile(const Call& call);

/// As Get and GetAll tell it.
Values profile_dictionary(const manager::ProfileView& profile);
/// The properties of org.syncd1.Profile.
Values profile_properties(const manager::ProfileView& profile);

std::vector<Values> statistics(const std::vector<storage::ServiceRecord>& records);
Values device_information(const std::optional<storage::PeerInfo>& information);
std::vector<Values> plan(const std::vector<manager::ServicePlanView>& services);
std::vector<Values> plan_items(const std::vector<manager::PlanItem>& items);
Values session_record(const storage::SessionRecord& record);

} // namespace bus
