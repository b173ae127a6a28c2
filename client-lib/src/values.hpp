#pragma once

#include <syncd/profile.hpp>

#include <sdbus-c++/sdbus-c++.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

/// Reading an a{sv} that a service of another version may have written: a key that is missing,
/// or of another type, gives the fallback.
namespace syncd {

using Values = std::map<std::string, sdbus::Variant>;

template <class T>
T value(const Values& values, const std::string& key, T fallback)
{
    const auto found = values.find(key);
    if (found == values.end() || !found->second.containsValueOfType<T>())
        return fallback;
    return found->second.get<T>();
}

inline std::string text(const Values& values, const std::string& key)
{
    return value(values, key, std::string());
}

inline std::uint32_t count(const Values& values, const std::string& key)
{
    return value(values, key, std::uint32_t());
}

inline Time time(const Values& values, const std::string& key)
{
    return Time(std::chrono::microseconds(value(values, key, std::uint64_t())));
}

} // namespace syncd
