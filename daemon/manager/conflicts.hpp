#pragma once

#include "manager/sessions.hpp"
#include "storage/item_conflict.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace manager {

/// Whose way it went where items could not be merged: shows it, and has it another way. docs/decisions/0019-merge.md
class Conflicts {
public:
    explicit Conflicts(Surroundings around) : around_(around) {}

    /// The profile of this id. Errors: NotFound; AccessDenied for who may see the profile but not its owner's items.
    base::Result<Profile*> find(Caller caller, std::string_view id);
    /// Of a profile, oldest first, those with numbers above `after`, about a mebibyte; none left: empty.
    base::Result<std::vector<storage::ItemConflict>> list(const Profile& profile, std::uint64_t after);
    /// What contradicts is to be as `way` says from now on, here at once and on the servers with the next syncs. The
    /// server's version, if it became an item of its own, goes unless both are to stay or somebody has edited it. The
    /// conflict is forgotten. Errors: NotFound; Failed when the item has been edited since and would have to be
    /// changed.
    base::Result<void> resolve(const Profile& profile, std::uint64_t number, storage::ItemConflict::Way way);

private:
    Surroundings around_;
};

} // namespace manager
