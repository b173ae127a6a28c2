#pragma once

#include <syncd/enums.hpp>
#include <syncd/profile.hpp>

#include <cstdint>
#include <string>

namespace syncd {

/// An item that is not on the other side, or not as it is on this one, because that one refused it.
struct QuarantinedItem {
    SyncServiceType service_type = SyncServiceType::Unknown;
    bool from_server = false;  ///< the server's, which could not be stored here; else ours
    std::string item_id;       ///< ours: its id in the store; the server's: its own or, where it gave none, ours
    std::uint32_t status = 0;  ///< of SyncML, which stands for the reason: 413, 415 …
    std::string reason;        ///< for people
    std::uint64_t size = 0;    ///< octets
    std::uint64_t session = 0; ///< that it was refused in last
    Time time{};               ///< when that began
};

} // namespace syncd
