#include "crude_size.hpp"

#include <string>

namespace crude_size {
namespace {

constexpr std::size_t tags = 15; // <Some></Some>

std::size_t element(std::size_t content)
{
    return tags + content;
}

std::size_t text(const std::string& value)
{
    return value.empty() ? 0 : element(value.size());
}

std::size_t number(std::uint64_t value)
{
    return element(std::to_string(value).size());
}

std::size_t of_optional(const std::optional<std::uint64_t>& value)
{
    return value ? number(*value) : 0;
}

std::size_t of_location(const syncml::Location& location)
{
    return element(text(location.uri) + text(location.name));
}

std::size_t of_meta(const syncml::Meta& meta)
{
    if (meta.is_empty())
        return 0;
    std::size_t size = text(meta.format) + text(meta.type) + text(meta.next_nonce) + of_optional(meta.size) +
                       of_optional(meta.max_msg_size) + of_optional(meta.max_obj_size);
    if (meta.anchor)
        size += element(text(meta.anchor->last) + text(meta.anchor->next));
    return element(size);
}

std::size_t of_cred(const std::optional<syncml::Credentials>& cred)
{
    return cred ? element(of_meta(cred->meta) + element(cred->data.size())) : 0;
}

std::size_t of_devinf(const syncml::DevInf& devinf)
{
    std::size_t size = text(devinf.manufacturer) + text(devinf.model) + text(devinf.device_id) + 3 * tags;
    for (const auto& store : devinf.datastores) {
        size += element(text(store.source_ref) + 20 * tags);
        for (const auto& capability : store.capabilities) {
            for (const auto& property : capability.properties)
                size += element(text(property.name));
        }
    }
    return element(size);
}

struct OfData {
    std::size_t operator()(std::monostate) const { return 0; }
    std::size_t operator()(const std::string& value) const { return element(value.size()); }
    std::size_t operator()(const syncml::DevInf& devinf) const { return element(of_devinf(devinf)); }
    std::size_t operator()(const syncml::Anchor& anchor) const
    {
        return element(element(text(anchor.last) + text(anchor.next)));
    }
};

std::size_t of_item(const syncml::Item& item)
{
    std::size_t size = of_meta(item.meta) + std::visit(OfData{}, item.data) + (item.more_data ? tags : 0);
    if (item.target)
        size += of_location(*item.target);
    if (item.source)
        size += of_location(*item.source);
    return element(size);
}

std::size_t of_items(const std::vector<syncml::Item>& items)
{
    std::size_t size = 0;
    for (const auto& item : items)
        size += of_item(item);
    return size;
}

struct OfCommand {
    std::size_t operator()(const syncml::Status& status) const
    {
        std::size_t size = number(status.cmd_id) + number(status.msg_ref) + number(status.cmd_ref) + text(status.cmd) +
                           number(static_cast<std::uint64_t>(status.code)) + of_items(status.items);
        for (const auto& ref : status.target_refs)
            size += text(ref);
        for (const auto& ref : status.source_refs)
            size += text(ref);
        if (status.chal)
            size += element(of_meta(*status.chal));
        return element(size);
    }
    std::size_t operator()(const syncml::Alert& alert) const
    {
        return element(number(alert.cmd_id) + of_cred(alert.cred) + number(200) + of_items(alert.items));
    }
    std::size_t operator()(const syncml::Put& put) const
    {
        return element(number(put.cmd_id) + of_meta(put.meta) + of_items(put.items));
    }
    std::size_t operator()(const syncml::Get& get) const
    {
        return element(number(get.cmd_id) + of_meta(get.meta) + of_items(get.items));
    }
    std::size_t operator()(const syncml::Results& results) const
    {
        return element(number(results.cmd_id) + number(results.msg_ref) + number(results.cmd_ref) +
                       of_meta(results.meta) + of_items(results.items));
    }
    std::size_t operator()(const syncml::Sync& sync) const
    {
        std::size_t size = number(sync.cmd_id) + of_location(sync.target) + of_location(sync.source) +
                           of_meta(sync.meta) + of_optional(sync.number_of_changes);
        for (const auto& command : sync.commands)
            size += of(command);
        return element(size);
    }
    std::size_t operator()(const syncml::Map& map) const
    {
        std::size_t size = number(map.cmd_id) + of_location(map.target) + of_location(map.source);
        for (const auto& item : map.items)
            size += element(of_location({item.guid, {}}) + of_location({item.luid, {}}));
        return element(size);
    }
    std::size_t operator()(const syncml::ItemCommand& command) const
    {
        return element(number(command.cmd_id) + of_meta(command.meta) + of_items(command.items));
    }
    std::size_t operator()(const syncml::Group& group) const
    {
        std::size_t size = number(group.cmd_id);
        for (const auto& command : group.commands)
            size += of(command);
        return element(size);
    }
    std::size_t operator()(const syncml::Unsupported& command) const { return element(number(command.cmd_id)); }
};

} // namespace

std::size_t of(const syncml::Header& header)
{
    return element(text(header.ver_dtd) + text(header.ver_proto) + text(header.session_id) + number(header.msg_id) +
                   of_location(header.target) + of_location(header.source) + text(header.resp_uri) +
                   of_cred(header.cred) + of_meta(header.meta)) +
           3 * tags; // SyncML, SyncBody, Final
}

std::size_t of(const syncml::Command& command)
{
    return std::visit(OfCommand{}, command);
}

std::size_t of(const syncml::SyncCommand& command)
{
    return std::visit(OfCommand{}, command);
}

std::size_t of(const syncml::Message& message)
{
    std::size_t size = of(message.header);
    for (const auto& command : message.body)
        size += of(command);
    return size;
}

void install(session::Setup& setup)
{
    setup.command_size = [](const syncml::Command& command) { return of(command); };
    setup.sync_command_size = [](const syncml::SyncCommand& command) { return of(command); };
    setup.header_size = [](const syncml::Header& header) { return of(header); };
}

} // namespace crude_size
