#pragma once

#include <span>
#include <string_view>

namespace bus {

/// What a caller must be allowed before a member acts or tells anything; the stricter the later.
enum class Rule {
    Anyone, ///< the same for everybody and about nobody
    Own,    ///< reads what is the caller's own
    Sync,   ///< polkit action org.syncd1.sync
    Manage, ///< polkit action org.syncd1.manage
};

/// One member of the D-Bus contract, whose text is dbus-interfaces/*.xml.
struct Row {
    enum class Kind { Method, Property } kind;
    std::string_view interface, member;
    Rule rule;
    std::string_view in; ///< signature of a method's arguments
};

/// Every method and property that is served. What has no row here is refused.
std::span<const Row> contract();

/// Null when there is none.
const Row* find_row(Row::Kind kind, std::string_view interface, std::string_view member);
bool is_interface(std::string_view interface);

inline constexpr std::string_view manager_interface = "org.syncd1.Manager";
inline constexpr std::string_view profile_interface = "org.syncd1.Profile";
inline constexpr std::string_view store_interface = "org.syncd1.Store";

} // namespace bus
