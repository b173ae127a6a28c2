#include "generator.hpp"

#include <array>
#include <limits>

using namespace syncml;

std::string Generator::text(std::string_view extra)
{
    static constexpr std::array<std::string_view, 14> pieces{"a", "0",  " ",   "\n", "\t", "&", "<",
                                                             ">", "]]", "]]>", "ü",  "€",  "😀", "BEGIN:VCARD"};
    std::string text;
    for (auto count = 1 + below(12); count > 0; --count)
        text += pieces[below(pieces.size())];
    if (below(20) == 0)
        text += extra;
    if (below(20) == 0)
        text += std::string(below(3000), 'x');
    return text;
}

std::uint64_t Generator::number()
{
    return below(5) == 0 ? std::numeric_limits<std::uint64_t>::max() - below(2) : below(2000);
}

Meta Generator::meta()
{
    Meta meta;
    meta.format = maybe_text();
    meta.type = maybe_text();
    meta.version = maybe_text();
    meta.mark = maybe_text();
    meta.next_nonce = maybe_text();
    meta.size = maybe([&] { return number(); });
    meta.max_msg_size = maybe([&] { return number(); });
    meta.max_obj_size = maybe([&] { return number(); });
    meta.anchor = maybe([&] { return anchor(); });
    meta.mem = maybe([&] {
        return Mem{.shared = chance(), .free_bytes = maybe([&] { return number(); }), .free_ids = maybe([&] {
                                                                                          return number();
                                                                                      })};
    });
    meta.emi = some([&] { return text(); });
    meta.field_level = chance();
    return meta;
}

Data Generator::data(bool may_be_devinf)
{
    switch (below(may_be_devinf ? 6 : 5)) {
    case 0: return {};
    case 1: return anchor();
    case 2: return "";
    case 5: return devinf();
    default: return text("");
    }
}

Item Generator::item(bool may_be_devinf)
{
    Item item;
    item.target = maybe([&] { return location(); });
    item.source = maybe([&] { return location(); });
    item.source_parent = maybe_text();
    item.target_parent = maybe_text();
    item.meta = maybe_meta();
    item.data = data(may_be_devinf);
    item.more_data = chance();
    return item;
}

Property Generator::property()
{
    Property property;
    property.name = text();
    property.data_type = maybe_text();
    property.display_name = maybe_text();
    property.max_occur = maybe([&] { return number(); });
    property.max_size = maybe([&] { return number(); });
    property.no_truncate = chance();
    property.values = some([&] { return text(); });
    property.parameters = some([&] {
        return PropertyParameter{.name = text(),
                                 .data_type = maybe_text(),
                                 .display_name = maybe_text(),
                                 .values = some([&] { return text(); })};
    });
    return property;
}

ContentCapability Generator::capability()
{
    return {.content = content_type(), .field_level = chance(), .properties = some([&] { return property(); })};
}

DataStoreInfo Generator::datastore()
{
    DataStoreInfo store;
    store.source_ref = text();
    store.display_name = maybe_text();
    store.max_guid_size = maybe([&] { return number(); });
    store.rx_preferred = some([&] { return content_type(); });
    store.rx = some([&] { return content_type(); });
    store.tx_preferred = some([&] { return content_type(); });
    store.tx = some([&] { return content_type(); });
    store.capabilities = some([&] { return capability(); });
    store.shared_memory = chance();
    store.max_memory = maybe([&] { return number(); });
    store.max_ids = maybe([&] { return number(); });
    store.hierarchical = chance();
    store.sync_types = some([&] { return below(400'000); });
    store.filter_rx = some([&] { return content_type(); });
    store.filters = some([&] {
        return FilterCapability{.content = content_type(),
                                .keywords = some([&] { return text(); }),
                                .properties = some([&] { return text(); })};
    });
    return store;
}

DevInf Generator::devinf()
{
    DevInf devinf;
    devinf.ver_dtd = text();
    devinf.manufacturer = maybe_text();
    devinf.model = maybe_text();
    devinf.oem = maybe_text();
    devinf.firmware_version = maybe_text();
    devinf.software_version = maybe_text();
    devinf.hardware_version = maybe_text();
    devinf.device_id = maybe_text();
    devinf.device_type = maybe_text();
    devinf.utc = chance();
    devinf.large_objects = chance();
    devinf.number_of_changes = chance();
    devinf.datastores = some([&] { return datastore(); });
    devinf.capabilities = some([&] { return capability(); });
    devinf.extensions = some([&] { return Extension{.name = text(), .values = some([&] { return text(); })}; });
    return devinf;
}

ItemCommand Generator::item_command()
{
    return {.verb = static_cast<ItemVerb>(below(5)),
            .cmd_id = below(0xFFFFFFFF),
            .no_resp = chance(),
            .archive = chance(),
            .soft_delete = chance(),
            .cred = maybe([&] { return credentials(); }),
            .meta = maybe_meta(),
            .items = some([&] { return item(); })};
}

Group Generator::group(int depth)
{
    Group group;
    group.kind = chance() ? GroupKind::Atomic : GroupKind::Sequence;
    group.cmd_id = below(1000);
    group.no_resp = chance();
    group.meta = maybe_meta();
    group.commands = some([&] { return sync_command(depth + 1); });
    return group;
}

SyncCommand Generator::sync_command(int depth)
{
    switch (below(5)) {
    case 0: return Unsupported{.cmd_id = below(1000), .no_resp = chance(), .name = "Exec"};
    case 1:
        if (depth < 3)
            return group(depth);
        [[fallthrough]];
    default: return item_command();
    }
}

Command Generator::command()
{
    const auto items = [this](bool may_be_devinf = false) { return some([&] { return item(may_be_devinf); }); };
    switch (below(10)) {
    case 0:
        return Status{.cmd_id = below(1000),
                      .msg_ref = below(1000),
                      .cmd_ref = below(1000),
                      .cmd = text(),
                      .target_refs = some([&] { return text(); }),
                      .source_refs = some([&] { return text(); }),
                      .chal = maybe([&] { return maybe_meta(); }),
                      .code = static_cast<StatusCode>(100 + below(900)),
                      .items = items()};
    case 1:
        return Alert{.cmd_id = below(1000),
                     .no_resp = chance(),
                     .cred = maybe([&] { return credentials(); }),
                     .code = maybe([&] { return static_cast<AlertCode>(below(2000)); }),
                     .items = items()};
    case 2: return Put{.cmd_id = below(1000), .no_resp = chance(), .meta = maybe_meta(), .items = items(true)};
    case 3: return Get{.cmd_id = below(1000), .no_resp = chance(), .meta = maybe_meta(), .items = items()};
    case 4:
        return Results{.cmd_id = below(1000),
                       .msg_ref = below(1000),
                       .cmd_ref = below(1000),
                       .meta = maybe_meta(),
                       .target_ref = maybe_text(),
                       .source_ref = maybe_text(),
                       .items = items(true)};
    case 5: {
        Sync sync;
        sync.cmd_id = below(1000);
        sync.no_resp = chance();
        sync.cred = maybe([&] { return credentials(); });
        sync.target = chance() ? location() : Location();
        sync.source = chance() ? location() : Location();
        sync.meta = maybe_meta();
        sync.number_of_changes = maybe([&] { return number(); });
        sync.commands = some([&] { return sync_command(0); });
        return sync;
    }
    case 6:
        return Map{.cmd_id = below(1000),
                   .target = location(),
                   .source = location(),
                   .meta = maybe_meta(),
                   .items = some([&] { return MapItem{.guid = text(), .luid = text()}; })};
    case 7: return group(0);
    case 8: return Unsupported{.cmd_id = below(1000), .no_resp = chance(), .name = "Search"};
    default: return item_command();
    }
}

Message Generator::message()
{
    Message message;
    message.header = {.ver_dtd = text(),
                      .ver_proto = text(),
                      .session_id = text(),
                      .msg_id = 1 + below(1000),
                      .target = location(),
                      .source = location(),
                      .resp_uri = maybe_text(),
                      .no_resp = chance(),
                      .cred = maybe([&] { return credentials(); }),
                      .meta = maybe_meta()};
    for (auto count = below(8); count > 0; --count)
        message.body.push_back(command());
    message.final = chance();
    return message;
}
