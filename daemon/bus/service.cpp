#include "bus/service.hpp"

#include <utility>

namespace bus {

Service::Service(Connection& connection, manager::Manager& manager, sd_event* loop, Authorizer::Policy policy,
                 std::string version)
    : connection_(connection), manager_(manager), peers_(connection, {}), polkit_(connection.library()),
      authorizer_(policy, polkit_), visibility_(manager, authorizer_), introspection_([&manager](manager::Uid uid) {
          std::vector<std::string> ids;
          for (auto& profile : manager.get_all(uid))
              ids.push_back(std::move(profile.id));
          return ids;
      }),
      announcer_(connection, peers_), manager_object_(manager, visibility_, std::move(version)),
      profile_object_(manager, visibility_), store_object_(manager, announcer_, loop, {}),
      door_(peers_, authorizer_, introspection_, {&manager_object_, &profile_object_, &store_object_}, {})
{
    manager_.set_observer(&announcer_);
    connection_.on_call([this](const Call& call) { door_.on_call(call); });
}

Service::~Service()
{
    connection_.on_call(nullptr);
    manager_.set_observer(nullptr);
}

} // namespace bus
