#pragma once

#include "bus/authorizer.hpp"
#include "bus/call.hpp"
#include "bus/contract.hpp"

#include <sdbus-c++/sdbus-c++.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace bus {

/// A dictionary `a{sv}`.
using Values = std::map<std::string, sdbus::Variant>;

/// The objects that offer one interface of the contract. They are asked by the Door alone,
/// with callers that it has identified and authorized, inside its guard.
class Object {
public:
    virtual ~Object() = default;
    virtual std::string_view interface() const = 0;
    /// Whether there can be an object at `path`; the same for everybody.
    virtual bool is_at(std::string_view path) const = 0;

    /// `row` is one of this interface, and the arguments have its signature.
    virtual void on_call(const Row& row, const Authorizer::Subject& caller, const Call& call) = 0;

    /// All properties of the object at the path of `call`, once, maybe before return; nothing
    /// when there is none for this caller. Failures go to the call.
    using Found = std::function<void(std::optional<Values>)>;
    virtual void find_properties(const Authorizer::Subject& caller, const Call& call, Found found) = 0;
};

} // namespace bus
