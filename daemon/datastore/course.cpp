#include "datastore/course.hpp"

#include <utility>

namespace datastore {

Course Course::begin(storage::SyncState& state, std::string service, session::SyncType type, std::uint64_t upto,
                     bool can_go_on)
{
    if (state.open_sync(service))
        state.clear_open_sync(service);
    can_go_on = can_go_on && type != session::SyncType::RefreshFromServer;
    return {state, std::move(service), {std::string(syncml::name(type)), upto, {}, 0}, can_go_on};
}

Course Course::go_on(storage::SyncState& state, std::string service)
{
    auto sync = state.open_sync(service).value();
    return {state, std::move(service), std::move(sync), true};
}

void Course::on_moving()
{
    if (can_go_on_ && !state_.open_sync(service_))
        keep();
}

void Course::on_moved()
{
    if (std::exchange(sync_.resumed, 0) > 0)
        keep();
}

void Course::on_confirmed_to(std::string luid)
{
    sync_.confirmed_to = std::move(luid);
    keep();
}

void Course::keep()
{
    if (can_go_on_)
        state_.set_open_sync(service_, sync_);
}

} // namespace datastore
