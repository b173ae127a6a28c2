#pragma once

#include "bus/announcer.hpp"
#include "bus/authorizer.hpp"
#include "bus/connection.hpp"
#include "bus/door.hpp"
#include "bus/introspection.hpp"
#include "bus/manager_object.hpp"
#include "bus/peers.hpp"
#include "bus/polkit.hpp"
#include "bus/profile_object.hpp"
#include "bus/store_object.hpp"
#include "bus/visibility.hpp"

#include <string>

struct sd_event;

namespace bus {

/// Everything that stands on the bus, put together.
class Service {
public:
    /// All but `policy` and `version` must outlive this. The manager tells its news to the bus from
    /// now on.
    Service(Connection& connection, manager::Manager& manager, sd_event* loop, Authorizer::Policy policy,
            std::string version);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

private:
    Connection& connection_;
    manager::Manager& manager_;
    Peers peers_;
    Polkit polkit_;
    Authorizer authorizer_;
    Visibility visibility_;
    Introspection introspection_;
    Announcer announcer_;
    ManagerObject manager_object_;
    ProfileObject profile_object_;
    StoreObject store_object_;
    Door door_;
};

} // namespace bus
