#pragma once

#include "session/session.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

namespace session {

/// A message while it is filled, never beyond the octets its receiver accepts.
///
/// CmdIDs are given here, in document order. Everything added is counted as
/// it will be encoded.
class Draft {
public:
    /// `setup` lends its size functions and must stay. `limit`: the receiver's MaxMsgSize, 0
    /// for none. Beyond `comfortable` octets no further item is added.
    Draft(const Setup& setup, syncml::Header header, std::size_t limit, std::size_t comfortable);

    /// Its CmdID, or nothing when there is no room.
    std::optional<syncml::CmdId> add(syncml::Command command);
    /// Also when there is no room: for what a message must hold.
    syncml::CmdId force(syncml::Command command);

    /// Keeps room for a command that may be added at last.
    void reserve(const syncml::Command& command);
    void release() { reserved_ = 0; }

    struct Placed {
        std::optional<syncml::CmdId> sync; ///< of the Sync, when it was begun for this item
        syncml::CmdId item = 0;
    };
    /// Adds an item command to the Sync that stands last when it has the addresses of
    /// `shell`, else to a new one like `shell`. Nothing when there is no room.
    std::optional<Placed> add_item(const syncml::Sync& shell, syncml::ItemCommand item);
    struct PlacedChunk {
        Placed placed;
        std::size_t octets = 0; ///< of `rest`
    };
    /// The same with as much of `rest` as there is room for as its data; MoreData unless that is all. A chunk is the
    /// last command of its message: there is no room behind it. `split`: not all of it, were there room.
    std::optional<PlacedChunk> add_chunk(const syncml::Sync& shell, syncml::ItemCommand item, std::string_view rest,
                                         bool split = false);
    /// What may still be added, and what should.
    std::size_t room() const { return room_below(limit_); }
    std::size_t comfortable_room() const { return room_below(comfortable_); }
    /// What a message with this header could hold at most.
    std::size_t empty_room() const { return limit_ - std::min(limit_, header_size_); }
    std::size_t comfortable_size() const { return comfortable_; }
    /// Commands so far, those within Syncs included: the highest CmdID.
    syncml::CmdId commands() const { return next_id_ - 1; }
    std::size_t items() const { return items_; }

    syncml::Message finish(bool final) &&;

private:
    std::size_t room_below(std::size_t limit) const;
    /// Gives the ids; the octets that it takes, those of a new Sync included.
    std::size_t measure(const syncml::Sync& shell, syncml::SyncCommand& item, Placed& placed) const;
    void place(const syncml::Sync& shell, syncml::SyncCommand item, const Placed& placed, std::size_t octets);
    bool stands_last(const syncml::Sync& shell) const;

    const Setup& setup_;
    syncml::Message message_;
    std::size_t limit_;
    std::size_t comfortable_;
    std::size_t header_size_;
    std::size_t size_;
    std::size_t reserved_ = 0;
    std::size_t items_ = 0;
    bool closed_ = false;
    syncml::CmdId next_id_ = 1;
};

} // namespace session
