#include "bus/door.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bus {
namespace {

using base::Errc;

constexpr std::string_view properties_interface = "org.freedesktop.DBus.Properties";
constexpr std::string_view introspectable_interface = "org.freedesktop.DBus.Introspectable";

bool is_standard(std::string_view interface)
{
    return interface == properties_interface || interface == introspectable_interface ||
           interface == "org.freedesktop.DBus.Peer";
}

void fail_unknown_object(const Call& call)
{
    call.fail(protocol_error::unknown_object, fmt::format("there is no object {}", call.path()));
}

bool has_signature(const Call& call, std::string_view expected)
{
    if (call.signature() == expected)
        return true;
    call.fail({Errc::InvalidArgs, fmt::format("{}.{} takes arguments of type '{}', not '{}'", call.interface(),
                                              call.member(), expected, call.signature())});
    return false;
}

/// The rule for reading all properties of an interface: its strictest.
Rule strictest_rule(std::string_view interface)
{
    auto rule = Rule::Anyone;
    for (const auto& row : contract()) {
        if (row.kind == Row::Kind::Property && row.interface == interface)
            rule = std::max(rule, row.rule);
    }
    return rule;
}

} // namespace

Door::Door(Peers& peers, Authorizer& authorizer, Introspection& introspection, std::vector<Object*> objects,
           Limits limits)
    : peers_(peers), authorizer_(authorizer), introspection_(introspection), objects_(std::move(objects)),
      limits_(limits)
{
}

void Door::on_call(const Call& call)
{
    guarded(call, [&] {
        peers_.identify(call.sender(), [this, call](tl::expected<manager::Uid, Peers::Refusal> uid) {
            guarded(call, [&] {
                if (uid)
                    enter({call.sender(), *uid, call.allows_interaction()}, call);
                else if (uid.error() == Peers::Refusal::TooMany)
                    call.fail(protocol_error::limits_exceeded, "too many connections of this user use the service");
                else
                    call.fail({Errc::AccessDenied, "the caller is unknown"});
            });
        });
    });
}

void Door::enter(const Subject& caller, const Call& call)
{
    auto& pending = (*pending_)[caller.uid];
    if (pending >= limits_.pending_per_uid)
        return call.fail(protocol_error::limits_exceeded,
                         fmt::format("{} calls of this user wait for an answer already", pending));
    ++pending;
    call.hold(std::shared_ptr<void>(nullptr, [counts = pending_, uid = caller.uid](void*) {
        const auto count = counts->find(uid);
        if (--count->second == 0)
            counts->erase(count);
    }));

    if (call.interface() == properties_interface)
        on_properties(caller, call);
    else if (call.interface() == introspectable_interface && call.member() == "Introspect")
        on_introspect(caller, call);
    else
        on_method(caller, call);
}

void Door::on_method(const Subject& caller, const Call& call)
{
    const auto* const row = find_row(Row::Kind::Method, call.interface(), call.member());
    if (!row) {
        const bool known = is_interface(call.interface()) || is_standard(call.interface());
        return call.fail(known ? protocol_error::unknown_method : protocol_error::unknown_interface,
                         fmt::format("there is no method {}.{}", call.interface(), call.member()));
    }
    auto* const object = find_object(call.path(), row->interface);
    if (!object)
        return fail_unknown_object(call);
    authorizer_.authorize(row->rule, caller, [row, object, caller, call](base::Result<void> allowed) {
        guarded(call, [&] {
            if (!allowed)
                call.fail(allowed.error());
            else if (has_signature(call, row->in))
                object->on_call(*row, caller, call);
        });
    });
}

void Door::on_properties(const Subject& caller, const Call& call)
{
    const bool is_get = call.member() == "Get", is_set = call.member() == "Set";
    if (!is_get && !is_set && call.member() != "GetAll")
        return call.fail(protocol_error::unknown_method,
                         fmt::format("there is no method {}.{}", call.interface(), call.member()));
    if (!has_signature(call, is_get ? "ss" : is_set ? "ssv" : "s"))
        return;

    std::string interface, name;
    call.arguments() >> interface;
    if (is_get || is_set)
        call.arguments() >> name;
    auto* const object = find_object(call.path(), interface);
    if (!object) {
        if (find_object(call.path(), {}) && !is_standard(interface))
            return call.fail(protocol_error::unknown_interface,
                             fmt::format("{} has no interface {}", call.path(), interface));
        if (find_object(call.path(), {}) && call.member() == "GetAll")
            return call.reply(Values());
        return fail_unknown_object(call);
    }

    auto rule = strictest_rule(object->interface());
    if (is_get || is_set) {
        const auto* const row = find_row(Row::Kind::Property, object->interface(), name);
        if (!row)
            return call.fail(protocol_error::unknown_property, fmt::format("there is no property {}", name));
        rule = row->rule;
    }
    authorizer_.authorize(rule, caller, [object, caller, name, is_get, is_set, call](base::Result<void> allowed) {
        guarded(call, [&] {
            if (!allowed)
                return call.fail(allowed.error());
            object->find_properties(caller, call, [call, name, is_get, is_set](std::optional<Values> values) {
                if (!values)
                    fail_unknown_object(call);
                else if (is_set)
                    call.fail(protocol_error::property_read_only, fmt::format("{} is read-only", name));
                else if (is_get)
                    call.reply(values->at(name));
                else
                    call.reply(*values);
            });
        });
    });
}

void Door::on_introspect(const Subject& caller, const Call& call)
{
    if (!has_signature(call, ""))
        return;
    const auto children = introspection_.find_children(call.path(), caller.uid);
    auto* const object = find_object(call.path(), {});
    if (!object) {
        if (!children)
            return fail_unknown_object(call);
        return call.reply(Introspection::document({}, *children));
    }
    object->find_properties(caller, call, [call, object, children](std::optional<Values> values) {
        if (!values)
            return fail_unknown_object(call);
        call.reply(Introspection::document(object->interface(), children.value_or(std::vector<std::string>())));
    });
}

Object* Door::find_object(std::string_view path, std::string_view interface) const
{
    const auto found = std::ranges::find_if(objects_, [&](const Object* object) {
        return object->is_at(path) && (interface.empty() || object->interface() == interface);
    });
    return found == objects_.end() ? nullptr : *found;
}

} // namespace bus
