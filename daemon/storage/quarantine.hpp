#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace storage {

/// An item that is not on the other side, or not as it is on this one, because it was refused. It waits there until it
/// is another, or who refused it is.
struct QuarantinedItem {
    std::string service;       ///< `CONTACT`
    bool from_server = false;  ///< the server's, and not here; else ours, and not there
    std::string id;            ///< ours is a LUID, the server's its GUID or, where it gave none, our LUID
    int code = 0;              ///< the Status that stands for the reason
    std::string reason;        ///< in words
    std::uint64_t size = 0;    ///< octets
    std::uint64_t session = 0; ///< that it was refused in last
    std::int64_t time = 0;     ///< µs since 1970, when that began
    bool operator==(const QuarantinedItem&) const = default;
};

/// So many of a service and direction are kept, with ids not longer than this; the statistics count all that fail.
constexpr std::uint64_t max_quarantined = 1000;
constexpr std::size_t max_quarantined_id = 1024;

} // namespace storage
