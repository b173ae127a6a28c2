#pragma once

#include "bus/authorizer.hpp"
#include "bus/call.hpp"
#include "manager/manager.hpp"

#include <functional>
#include <string>

namespace bus {

/// Finds out in whose name a caller may use a profile id, and goes on with that.
///
/// A caller's own profile needs no more. Any other id, of somebody else or of nobody, takes the same
/// way: org.syncd1.manage-all is asked for, and without it the manager answers NotFound. So the two
/// cannot be told apart, neither by the answer nor by the time it takes.
class Visibility {
public:
    Visibility(manager::Manager& manager, Authorizer& authorizer) : manager_(manager), authorizer_(authorizer) {}

    /// `use` runs inside the guard of `call`, maybe before return.
    void resolve(const Authorizer::Subject& caller, const Call& call, const std::string& id,
                 std::function<void(manager::Caller)> use);

private:
    manager::Manager& manager_;
    Authorizer& authorizer_;
};

} // namespace bus
