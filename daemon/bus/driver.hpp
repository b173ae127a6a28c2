#pragma once

#include "manager/profile.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace bus {

/// What the bus daemon itself knows of the connections on the bus, as interface so
/// that the peers can be tested without one.
class Driver {
public:
    virtual ~Driver() = default;
    /// Asks whose connection `name` is, without blocking. `found` is called once, from the loop;
    /// with nothing when the connection is gone.
    virtual void find_uid(const std::string& name, std::function<void(std::optional<manager::Uid>)> found) = 0;
    /// From now on `gone` hears of every connection that leaves the bus.
    virtual void watch(std::function<void(std::string_view name)> gone) = 0;
    virtual void unwatch() = 0;
};

} // namespace bus
