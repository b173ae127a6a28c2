#pragma once

#include <syncd/enums.hpp>
#include <syncd/profile.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace syncd {

/// What a session, or an undoing, did to one of the user's items.
struct ItemChange {
    std::string profile_id;
    std::uint64_t session = 0;
    std::uint64_t undone = 0; ///< of an undoing: the session that it took back; else 0
    Time time{};              ///< when the session began
    SyncServiceType service_type = SyncServiceType::Unknown;
    std::string item_id;
    ItemChangeKind kind = ItemChangeKind::Unknown;
    ItemChangeRule rule = ItemChangeRule::Unknown;
    bool is_last = false;              ///< nobody has changed the item since
    std::optional<std::string> before; ///< nothing: it was not there, or that is not kept any more
    std::optional<std::string> after;  ///< nothing: it is not there, or that is not kept any more
};

/// An item that a session sent to the server.
struct SentItem {
    std::string profile_id;
    std::uint64_t session = 0;
    Time time{}; ///< when the session began
    SyncServiceType service_type = SyncServiceType::Unknown;
    std::string item_id;
    SentItemKind kind = SentItemKind::Unknown;
    std::string name; ///< one line for people, of what it holds now or held last; empty: that is not known
    SentItemAnswer answer = SentItemAnswer::Unknown;
    std::uint32_t status = 0; ///< of SyncML, that the server answered; 0: none
};

/// What undoing a session did.
struct UndoReport {
    struct Item {
        SyncServiceType service_type = SyncServiceType::Unknown;
        std::string item_id;
    };
    std::uint64_t session = 0;    ///< number of the undoing, which can be undone itself; 0: there was nothing to do
    std::uint64_t restored = 0;   ///< items that the session had deleted
    std::uint64_t reverted = 0;   ///< that it had changed
    std::uint64_t removed = 0;    ///< that it had added
    std::uint64_t left_alone = 0; ///< that somebody else has changed since
    std::vector<Item> left_alone_items; ///< a thousand of those at the most
};

/// Why an item is as it is.
struct ItemExplanation {
    std::optional<std::string> content; ///< nothing: it is not there any more
    std::uint64_t revision = 0;         ///< of its last change
    std::string writer;  ///< id of the profile whose session changed it last; empty: an application, or an undoing
    std::string creator; ///< the same of who added it
    std::vector<ItemChange> changes; ///< that are kept of sessions and undoings, newest first, 200 at the most
    std::vector<SentItem> sent;      ///< how sessions sent it, likewise; without a name
};

} // namespace syncd
