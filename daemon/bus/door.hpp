#pragma once

#include "bus/authorizer.hpp"
#include "bus/call.hpp"
#include "bus/introspection.hpp"
#include "bus/object.hpp"
#include "bus/peers.hpp"

#include <map>
#include <memory>
#include <vector>

namespace bus {

/// The one way in. Every method call, property read and introspection passes here, in
/// this order: who calls, is there room, does the member exist, may they, have the arguments the
/// right types. Only then an Object sees it. What no row of the contract names is refused.
class Door {
public:
    struct Limits {
        std::size_t pending_per_uid = 64;
    };

    Door(Peers& peers, Authorizer& authorizer, Introspection& introspection, std::vector<Object*> objects,
         Limits limits);

    /// Does not throw.
    void on_call(const Call& call);

private:
    using Subject = Authorizer::Subject;

    void enter(const Subject& caller, const Call& call);
    void on_method(const Subject& caller, const Call& call);
    void on_properties(const Subject& caller, const Call& call);
    void on_introspect(const Subject& caller, const Call& call);
    Object* find_object(std::string_view path, std::string_view interface) const;

    Peers& peers_;
    Authorizer& authorizer_;
    Introspection& introspection_;
    std::vector<Object*> objects_;
    Limits limits_;
    using Pending = std::map<manager::Uid, std::size_t>;
    std::shared_ptr<Pending> pending_ = std::make_shared<Pending>(); ///< calls without answer; held by them too
};

} // namespace bus
