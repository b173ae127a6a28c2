// Items that were changed here and at a server.
#include "client_impl.hpp"
#include "message.hpp"
#include "values.hpp"

#include "org.syncd1.Manager.proxy.hpp"

#include <utility>

namespace syncd {
namespace {

const std::string manager_interface = org::syncd1::Manager_proxy::INTERFACE_NAME;

ItemConflict parse_conflict(const Values& values)
{
    ItemConflict conflict;
    conflict.number = value(values, "Number", std::uint64_t());
    conflict.service_type = from_string<SyncServiceType>(text(values, "ServiceType"));
    conflict.item_id = text(values, "ItemId");
    conflict.copy_id = text(values, "CopyId");
    conflict.time = time(values, "Time");
    conflict.way = from_string<ConflictWay>(text(values, "Way"));
    conflict.theirs = text(values, "Theirs");
    for (const Values& field : value(values, "Fields", std::vector<Values>()))
        conflict.fields.push_back(
            {text(field, "Name"), text(field, "Ours"), text(field, "Theirs"), text(field, "Base")});
    return conflict;
}

Call<std::vector<ItemConflict>> conflicts_call(Connection& connection, const std::string& profile_id,
                                               std::uint64_t after)
{
    return connection.create<std::vector<ItemConflict>>(
        manager_path, manager_interface, "GetConflicts",
        [&](sdbus::MethodCall& message) {
            append_text(message, profile_id, "a profile's id");
            message << after;
        },
        [](sdbus::MethodReply& reply) {
            std::vector<ItemConflict> conflicts;
            for (const Values& values : parse_value<std::vector<Values>>(reply))
                conflicts.push_back(parse_conflict(values));
            return conflicts;
        });
}

Call<void> resolve_call(Connection& connection, const std::string& profile_id, std::uint64_t number, ConflictWay way)
{
    return connection.create<void>(
        manager_path, manager_interface, "ResolveConflict",
        [&](sdbus::MethodCall& message) {
            append_text(message, profile_id, "a profile's id");
            message << number << std::string(to_string(way));
        },
        parse_nothing);
}

} // namespace

std::vector<ItemConflict> Client::conflicts(const std::string& profile_id, std::uint64_t after)
{
    return impl_->connection.run(conflicts_call(impl_->connection, profile_id, after));
}

void Client::conflicts(const std::string& profile_id, std::uint64_t after, Reply<std::vector<ItemConflict>> done)
{
    impl_->connection.send(conflicts_call(impl_->connection, profile_id, after), std::move(done));
}

void Client::resolve_conflict(const std::string& profile_id, std::uint64_t number, ConflictWay way)
{
    impl_->connection.run(resolve_call(impl_->connection, profile_id, number, way));
}

void Client::resolve_conflict(const std::string& profile_id, std::uint64_t number, ConflictWay way, Done done)
{
    impl_->connection.send(resolve_call(impl_->connection, profile_id, number, way), std::move(done));
}

} // namespace syncd
