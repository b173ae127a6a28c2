// Items that one of the sides has refused.
#include "client_impl.hpp"
#include "message.hpp"
#include "values.hpp"

#include "org.syncd1.Manager.proxy.hpp"

#include <utility>

namespace syncd {
namespace {

const std::string manager_interface = org::syncd1::Manager_proxy::INTERFACE_NAME;

QuarantinedItem parse_item(const Values& values)
{
    QuarantinedItem item;
    item.service_type = from_string<SyncServiceType>(text(values, "ServiceType"));
    item.from_server = value(values, "FromServer", false);
    item.item_id = text(values, "ItemId");
    item.status = count(values, "Status");
    item.reason = text(values, "Reason");
    item.size = value(values, "Size", std::uint64_t());
    item.session = value(values, "Session", std::uint64_t());
    item.time = time(values, "Time");
    return item;
}

Call<std::vector<QuarantinedItem>> quarantine_call(Connection& connection, const std::string& profile_id)
{
    return connection.create<std::vector<QuarantinedItem>>(
        manager_path, manager_interface, "GetQuarantine",
        [&](sdbus::MethodCall& message) { append_text(message, profile_id, "a profile's id"); },
        [](sdbus::MethodReply& reply) {
            std::vector<QuarantinedItem> items;
            for (const Values& values : parse_value<std::vector<Values>>(reply))
                items.push_back(parse_item(values));
            return items;
        });
}

} // namespace

std::vector<QuarantinedItem> Client::quarantine(const std::string& profile_id)
{
    return impl_->connection.run(quarantine_call(impl_->connection, profile_id));
}

void Client::quarantine(const std::string& profile_id, Reply<std::vector<QuarantinedItem>> done)
{
    impl_->connection.send(quarantine_call(impl_->connection, profile_id), std::move(done));
}

} // namespace syncd
