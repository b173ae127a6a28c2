#pragma once

#include "manager/item_record.hpp"
#include "manager/sessions.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace manager {

/// What sessions changed here: shows it, and takes it back.
class Undoing {
public:
    explicit Undoing(Surroundings around) : around_(around) {}

    /// The profile that has the session, or the undoing: the one of this id or, if that is empty, whichever of the
    /// caller's own has it. Errors: NotFound; AccessDenied for who may see the profile but not its owner's items.
    base::Result<Profile*> find(Caller caller, std::string_view id, std::uint64_t session);
    base::Result<std::vector<storage::SessionChange>> changes(const Profile& profile, std::uint64_t session,
                                                              std::string_view after);
    base::Result<UndoReport> undo(const Profile& profile, std::uint64_t session);
    base::Result<ItemExplanation> explain(Uid owner, storage::ItemKind kind, std::string_view luid);
    /// What is kept of the profile's sessions; nothing where that cannot be told.
    std::vector<storage::KeptSession> kept(const Profile& profile);

private:
    void agree(Uid owner, storage::ItemStore& items, std::uint64_t since);

    Surroundings around_;
};

} // namespace manager
