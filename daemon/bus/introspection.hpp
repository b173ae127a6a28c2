#pragma once

#include "manager/profile.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bus {

inline constexpr std::string_view root_path = "/org/syncd1";
inline constexpr std::string_view profiles_path = "/org/syncd1/profile";
inline constexpr std::string_view stores_path = "/org/syncd1/store";

/// What Introspect tells: the contract's own text for the interface of an object, and
/// the children of a path, among them only the caller's own profiles.
class Introspection {
public:
    /// `profiles_of`: the ids of a user's profiles.
    explicit Introspection(std::function<std::vector<std::string>(manager::Uid)> profiles_of);

    /// The names below `path` for `uid`; nothing when `path` is no inner node.
    std::optional<std::vector<std::string>> find_children(std::string_view path, manager::Uid uid) const;

    /// `interface` may be empty.
    static std::string document(std::string_view interface, const std::vector<std::string>& children);

private:
    std::function<std::vector<std::string>(manager::Uid)> profiles_of_;
};

} // namespace bus
