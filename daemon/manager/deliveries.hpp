#pragma once

#include "manager/item_record.hpp"
#include "manager/sessions.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace manager {

/// What sessions sent to servers, item by item, as far as it is kept.
class Deliveries {
public:
    explicit Deliveries(Surroundings around) : around_(around) {}

    /// What a session of the profile with this id sent or, if that is empty, the one of whichever of the caller's own
    /// has it: of items with ids above `after`, some hundreds and about a mebibyte of what they hold; none left: empty.
    /// Errors: NotFound, also where nothing of it is kept; AccessDenied for who may see the profile but not its owner's
    /// items.
    base::Result<std::vector<SentItem>> list(Caller caller, std::string_view id, std::uint64_t session,
                                             std::string_view after);
    /// How an item went to the servers of its owner's profiles, newest first; nothing where that cannot be told.
    std::vector<SentItem> of_item(Uid owner, std::string_view luid);

private:
    std::vector<SentItem> with_contents(const Profile& profile, std::vector<storage::Delivery> deliveries);

    Surroundings around_;
};

} // namespace manager
