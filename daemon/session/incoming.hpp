#pragma once

#include "session/session.hpp"

#include <string>
#include <variant>

namespace session {

/// An item command of the server as its service will carry it out, or the Status
/// that refuses it. `item` is one of `command` and loses its data.
std::variant<Incoming, syncml::StatusCode> read_incoming(const syncml::ItemCommand& command, syncml::Item& item);

/// Tells the rest of a refused large object from a whole item: its later chunks
/// look like one, and the last even lacks MoreData.
class RefusedChunks {
public:
    /// Whether `item` is a chunk, of which none can be taken.
    bool covers(const syncml::Item& item);
    /// Whether the chunk just covered was the first of its item.
    bool was_first() const { return was_first_; }

private:
    std::string open_; ///< ids of the item whose last chunk has not come
    bool was_first_ = false;
};

} // namespace session
