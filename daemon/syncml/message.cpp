#include "syncml/message.hpp"

namespace syncml {

const std::string& Item::text() const
{
    static const std::string none;
    const auto* text = std::get_if<std::string>(&data);
    return text != nullptr ? *text : none;
}

Meta ItemCommand::meta_of(const Item& item) const
{
    Meta result = meta;
    const Meta& own = item.meta;
    const auto take = [](auto& under, const auto& over) {
        if (over != std::decay_t<decltype(over)>{})
            under = over;
    };
    take(result.format, own.format);
    take(result.type, own.type);
    take(result.version, own.version);
    take(result.mark, own.mark);
    take(result.next_nonce, own.next_nonce);
    take(result.size, own.size);
    take(result.max_msg_size, own.max_msg_size);
    take(result.max_obj_size, own.max_obj_size);
    take(result.anchor, own.anchor);
    take(result.mem, own.mem);
    take(result.emi, own.emi);
    result.field_level = result.field_level || own.field_level;
    return result;
}

// Not defaulted: clang 14 crashes over a comparison that comes back to itself.
bool Group::operator==(const Group& other) const
{
    return kind == other.kind && cmd_id == other.cmd_id && no_resp == other.no_resp && meta == other.meta &&
           commands == other.commands;
}

std::string_view name(ItemVerb verb)
{
    switch (verb) {
    case ItemVerb::Add: return "Add";
    case ItemVerb::Replace: return "Replace";
    case ItemVerb::Delete: return "Delete";
    case ItemVerb::Copy: return "Copy";
    case ItemVerb::Move: return "Move";
    }
    return {};
}

std::string_view name(GroupKind kind)
{
    return kind == GroupKind::Sequence ? "Sequence" : "Atomic";
}

std::string name(const Command& command)
{
    struct Name {
        std::string operator()(const Status&) const { return "Status"; }
        std::string operator()(const Alert&) const { return "Alert"; }
        std::string operator()(const Put&) const { return "Put"; }
        std::string operator()(const Get&) const { return "Get"; }
        std::string operator()(const Results&) const { return "Results"; }
        std::string operator()(const Sync&) const { return "Sync"; }
        std::string operator()(const Map&) const { return "Map"; }
        std::string operator()(const ItemCommand& item) const { return std::string(name(item.verb)); }
        std::string operator()(const Group& group) const { return std::string(name(group.kind)); }
        std::string operator()(const Unsupported& unknown) const { return unknown.name; }
    };
    return std::visit(Name{}, command);
}

} // namespace syncml
