#pragma once

#include "codec/content.hpp"
#include "syncml/message.hpp"

/// SyncML 1.2 and MetInf 1.2, as far as syncml/message.hpp has values for them.
namespace codec {

// ---- parts of commands ------------------------------------------------------

void content(auto& visit, Is<syncml::Filter> auto& filter)
{
    visit.wrapper("Meta", filter, [](auto& inner, auto& of) { inner.metinf("Type", of.content_type); });
    visit.wrapper(
        "Record", filter,
        [](auto& record, auto& all) {
            record.wrapper(
                "Item", all,
                [](auto& item, auto& of) {
                    item.wrapper(
                        "Meta", of, [](auto& inner, auto& one) { inner.metinf("Type", one.grammar); }, Need::Always);
                    item("Data", of.record);
                },
                Need::Always);
        },
        Need::Always);
    visit("FilterType", filter.type);
}

void content(auto& visit, Is<syncml::Location> auto& location)
{
    visit("LocURI", location.uri, Need::Always);
    visit("LocName", location.name);
    visit("Filter", location.filter);
}

void content(auto& visit, Is<syncml::Anchor> auto& anchor)
{
    visit("Last", anchor.last);
    visit("Next", anchor.next, Need::Always);
}

void content(auto& visit, Is<syncml::Mem> auto& mem)
{
    visit("SharedMem", mem.shared);
    visit("FreeMem", mem.free_bytes);
    visit("FreeID", mem.free_ids);
}

void content(auto& visit, Is<syncml::Meta> auto& meta)
{
    visit.metinf("FieldLevel", meta.field_level);
    visit.metinf("Format", meta.format);
    visit.metinf("Type", meta.type);
    visit.metinf("Mark", meta.mark);
    visit.metinf("Size", meta.size);
    visit.metinf("Anchor", meta.anchor);
    visit.metinf("Version", meta.version);
    visit.metinf("NextNonce", meta.next_nonce);
    visit.metinf("MaxMsgSize", meta.max_msg_size);
    visit.metinf("MaxObjSize", meta.max_obj_size);
    visit.metinf("EMI", meta.emi);
    visit.metinf("Mem", meta.mem);
}

void content(auto& visit, Is<syncml::Credentials> auto& cred)
{
    visit("Meta", cred.meta);
    visit("Data", cred.data, Need::Always);
}

void content(auto& visit, Is<syncml::Item> auto& item)
{
    visit("Target", item.target);
    visit("Source", item.source);
    visit.wrapper("SourceParent", item, [](auto& inner, auto& of) { inner("LocURI", of.source_parent); });
    visit.wrapper("TargetParent", item, [](auto& inner, auto& of) { inner("LocURI", of.target_parent); });
    visit("Meta", item.meta);
    visit("Data", item.data);
    visit("MoreData", item.more_data);
}

void content(auto& visit, Is<syncml::MapItem> auto& item)
{
    visit.wrapper(
        "Target", item, [](auto& inner, auto& of) { inner("LocURI", of.guid, Need::Always); }, Need::Always);
    visit.wrapper(
        "Source", item, [](auto& inner, auto& of) { inner("LocURI", of.luid, Need::Always); }, Need::Always);
}

// ---- commands ----------------------------------------------------------------

void content(auto& visit, Is<syncml::Alert> auto& alert)
{
    visit("CmdID", alert.cmd_id, Need::Always);
    visit("NoResp", alert.no_resp);
    visit("Cred", alert.cred);
    visit("Data", alert.code);
    visit("Item", alert.items);
}

void content(auto& visit, Is<syncml::Status> auto& status)
{
    visit("CmdID", status.cmd_id, Need::Always);
    visit("MsgRef", status.msg_ref, Need::Always);
    visit("CmdRef", status.cmd_ref, Need::Always);
    visit("Cmd", status.cmd, Need::Always);
    visit.reference("TargetRef", status.target_refs);
    visit.reference("SourceRef", status.source_refs);
    visit.wrapper("Chal", status, [](auto& inner, auto& of) { inner("Meta", of.chal); });
    visit("Data", status.code, Need::Always);
    visit("Item", status.items);
}

void content(auto& visit, Is<syncml::Get> auto& get)
{
    visit("CmdID", get.cmd_id, Need::Always);
    visit("NoResp", get.no_resp);
    visit("Meta", get.meta);
    visit("Item", get.items);
}

void content(auto& visit, Is<syncml::Put> auto& put)
{
    visit("CmdID", put.cmd_id, Need::Always);
    visit("NoResp", put.no_resp);
    visit("Meta", put.meta);
    visit("Item", put.items);
}

void content(auto& visit, Is<syncml::Results> auto& results)
{
    visit("CmdID", results.cmd_id, Need::Always);
    visit("MsgRef", results.msg_ref, Need::Always);
    visit("CmdRef", results.cmd_ref, Need::Always);
    visit("Meta", results.meta);
    visit.reference("TargetRef", results.target_ref);
    visit.reference("SourceRef", results.source_ref);
    visit("Item", results.items);
}

void content(auto& visit, Is<syncml::Map> auto& map)
{
    visit("CmdID", map.cmd_id, Need::Always);
    visit("Target", map.target, Need::Always);
    visit("Source", map.source, Need::Always);
    visit("Meta", map.meta);
    visit("MapItem", map.items);
}

void content(auto& visit, Is<syncml::ItemCommand> auto& command)
{
    visit("CmdID", command.cmd_id, Need::Always);
    visit("NoResp", command.no_resp);
    visit("Archive", command.archive);
    visit("SftDel", command.soft_delete);
    visit("Cred", command.cred);
    visit("Meta", command.meta);
    visit("Item", command.items);
}

void content(auto& visit, Is<syncml::Unsupported> auto& command)
{
    visit("CmdID", command.cmd_id, Need::Always);
    visit("NoResp", command.no_resp);
}

void content(auto& visit, Is<syncml::Group> auto& group)
{
    visit("CmdID", group.cmd_id, Need::Always);
    visit("NoResp", group.no_resp);
    visit("Meta", group.meta);
    visit.commands(group.commands);
}

void content(auto& visit, Is<syncml::Sync> auto& sync)
{
    visit("CmdID", sync.cmd_id, Need::Always);
    visit("NoResp", sync.no_resp);
    visit("Cred", sync.cred);
    visit("Target", sync.target);
    visit("Source", sync.source);
    visit("Meta", sync.meta);
    visit("NumberOfChanges", sync.number_of_changes);
    visit.commands(sync.commands);
}

// ---- the message ---------------------------------------------------------------

void content(auto& visit, Is<syncml::Header> auto& header)
{
    visit("VerDTD", header.ver_dtd, Need::Always);
    visit("VerProto", header.ver_proto, Need::Always);
    visit("SessionID", header.session_id, Need::Always);
    visit("MsgID", header.msg_id, Need::Always);
    visit("Target", header.target, Need::Always);
    visit("Source", header.source, Need::Always);
    visit("RespURI", header.resp_uri);
    visit("NoResp", header.no_resp);
    visit("Cred", header.cred);
    visit("Meta", header.meta);
}

void content(auto& visit, Is<syncml::Message> auto& message)
{
    visit("SyncHdr", message.header, Need::Always);
    visit.wrapper(
        "SyncBody", message,
        [](auto& inner, auto& of) {
            inner.commands(of.body);
            inner("Final", of.final);
        },
        Need::Always);
}

} // namespace codec
