#pragma once

#include <syncd/enums.hpp>
#include <syncd/profile.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace syncd {

/// An item that was changed here and at the server, of which not all could be merged.
struct ItemConflict {
    /// What both sides say differently, for people.
    struct Field {
        std::string name;   ///< `TEL`; empty: the whole item
        std::string ours;   ///< as it was changed here; cut when it is long, like the next two
        std::string theirs; ///< as it was changed at the server
        std::string base;   ///< as it was before; empty: that is not known
    };
    std::uint64_t number = 0; ///< among the user's
    SyncServiceType service_type = SyncServiceType::Unknown;
    std::string item_id;
    std::string copy_id;                    ///< the item that the server's version became; empty: there is none
    Time time{};                            ///< when the session began
    ConflictWay way = ConflictWay::Unknown; ///< what the item holds of what contradicts
    std::string theirs;                     ///< what the server sent
    std::vector<Field> fields;
};

} // namespace syncd
