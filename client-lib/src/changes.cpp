// What sessions changed and sent, and undoing it.
#include "client_impl.hpp"
#include "message.hpp"
#include "values.hpp"

#include "org.syncd1.Manager.proxy.hpp"

#include <utility>

namespace syncd {
namespace {

const std::string manager_interface = org::syncd1::Manager_proxy::INTERFACE_NAME;

std::optional<std::string> optional_text(const Values& values, const std::string& key)
{
    return values.contains(key) ? std::optional(text(values, key)) : std::nullopt;
}

std::uint64_t number(const Values& values, const std::string& key)
{
    return value(values, key, std::uint64_t());
}

std::vector<ItemChange> parse_changes(const std::vector<Values>& list)
{
    std::vector<ItemChange> changes;
    for (const Values& values : list)
        changes.push_back({
            .profile_id = text(values, "ProfileId"),
            .session = number(values, "Session"),
            .undone = number(values, "Undone"),
            .time = time(values, "Time"),
            .service_type = from_string<SyncServiceType>(text(values, "ServiceType")),
            .item_id = text(values, "ItemId"),
            .kind = from_string<ItemChangeKind>(text(values, "What")),
            .rule = from_string<ItemChangeRule>(text(values, "Rule")),
            .is_last = value(values, "IsLast", false),
            .before = optional_text(values, "Before"),
            .after = optional_text(values, "After"),
        });
    return changes;
}

std::vector<SentItem> parse_sent(const std::vector<Values>& list)
{
    std::vector<SentItem> items;
    for (const Values& values : list)
        items.push_back({
            .profile_id = text(values, "ProfileId"),
            .session = number(values, "Session"),
            .time = time(values, "Time"),
            .service_type = from_string<SyncServiceType>(text(values, "ServiceType")),
            .item_id = text(values, "ItemId"),
            .kind = from_string<SentItemKind>(text(values, "What")),
            .name = text(values, "Name"),
            .answer = from_string<SentItemAnswer>(text(values, "Answer")),
            .status = count(values, "Status"),
        });
    return items;
}

UndoReport parse_report(const Values& values)
{
    UndoReport report{
        .session = number(values, "Session"),
        .restored = number(values, "Restored"),
        .reverted = number(values, "Reverted"),
        .removed = number(values, "Removed"),
        .left_alone = number(values, "LeftAlone"),
        .left_alone_items = {},
    };
    for (const Values& item : value(values, "LeftAloneItems", std::vector<Values>()))
        report.left_alone_items.push_back(
            {from_string<SyncServiceType>(text(item, "ServiceType")), text(item, "ItemId")});
    return report;
}

Call<std::vector<ItemChange>> changes_call(Connection& connection, std::uint64_t session, const std::string& after,
                                           const std::string& profile_id)
{
    return connection.create<std::vector<ItemChange>>(
        manager_path, manager_interface, "GetChanges",
        [&](sdbus::MethodCall& message) {
            append_text(message, profile_id, "a profile's id");
            message << session;
            append_text(message, after, "an item's id");
        },
        [](sdbus::MethodReply& reply) { return parse_changes(parse_value<std::vector<Values>>(reply)); });
}

Call<std::vector<SentItem>> sent_call(Connection& connection, std::uint64_t session, const std::string& after,
                                      const std::string& profile_id)
{
    return connection.create<std::vector<SentItem>>(
        manager_path, manager_interface, "GetSent",
        [&](sdbus::MethodCall& message) {
            append_text(message, profile_id, "a profile's id");
            message << session;
            append_text(message, after, "an item's id");
        },
        [](sdbus::MethodReply& reply) { return parse_sent(parse_value<std::vector<Values>>(reply)); });
}

Call<UndoReport> undo_call(Connection& connection, std::uint64_t session, const std::string& profile_id)
{
    // As long as it takes for many items: nobody could tell otherwise whether it was done.
    return connection.create<UndoReport>(
        manager_path, manager_interface, "Undo",
        [&](sdbus::MethodCall& message) {
            append_text(message, profile_id, "a profile's id");
            message << session;
        },
        [](sdbus::MethodReply& reply) { return parse_report(parse_value<Values>(reply)); }, Wait::UntilAnswer);
}

Call<ItemExplanation> explain_call(Connection& connection, SyncServiceType service_type, const std::string& item_id)
{
    return connection.create<ItemExplanation>(
        manager_path, manager_interface, "Explain",
        [&](sdbus::MethodCall& message) {
            message << std::string(to_string(service_type));
            append_text(message, item_id, "an item's id");
        },
        [](sdbus::MethodReply& reply) {
            const auto values = parse_value<Values>(reply);
            return ItemExplanation{
                .content = optional_text(values, "Content"),
                .revision = number(values, "Revision"),
                .writer = text(values, "Writer"),
                .creator = text(values, "Creator"),
                .changes = parse_changes(value(values, "Changes", std::vector<Values>())),
                .sent = parse_sent(value(values, "Sent", std::vector<Values>())),
            };
        });
}

} // namespace

std::vector<ItemChange> Client::changes(std::uint64_t session, const std::string& after, const std::string& profile_id)
{
    return impl_->connection.run(changes_call(impl_->connection, session, after, profile_id));
}

void Client::changes(std::uint64_t session, const std::string& after, const std::string& profile_id,
                     Reply<std::vector<ItemChange>> done)
{
    impl_->connection.send(changes_call(impl_->connection, session, after, profile_id), std::move(done));
}

std::vector<SentItem> Client::sent(std::uint64_t session, const std::string& after, const std::string& profile_id)
{
    return impl_->connection.run(sent_call(impl_->connection, session, after, profile_id));
}

void Client::sent(std::uint64_t session, const std::string& after, const std::string& profile_id,
                  Reply<std::vector<SentItem>> done)
{
    impl_->connection.send(sent_call(impl_->connection, session, after, profile_id), std::move(done));
}

UndoReport Client::undo(std::uint64_t session, const std::string& profile_id)
{
    return impl_->connection.run(undo_call(impl_->connection, session, profile_id));
}

void Client::undo(std::uint64_t session, const std::string& profile_id, Reply<UndoReport> done)
{
    impl_->connection.send(undo_call(impl_->connection, session, profile_id), std::move(done));
}

ItemExplanation Client::explain(SyncServiceType service_type, const std::string& item_id)
{
    return impl_->connection.run(explain_call(impl_->connection, service_type, item_id));
}

void Client::explain(SyncServiceType service_type, const std::string& item_id, Reply<ItemExplanation> done)
{
    impl_->connection.send(explain_call(impl_->connection, service_type, item_id), std::move(done));
}

} // namespace syncd
