#include "personality.hpp"

#include <algorithm>
#include <regex>
#include <set>
#include <variant>

namespace testserver {

using syncml::StatusCode;

namespace {

// ---- answers ---------------------------------------------------------------------

template <class Command>
void for_each(syncml::Message& reply, auto change)
{
    for (auto& command : reply.body)
        if (auto* one = std::get_if<Command>(&command))
            change(*one);
}

void for_each_item_command(syncml::Message& reply, auto change)
{
    for_each<syncml::Sync>(reply, [&](syncml::Sync& sync) {
        for (auto& inner : sync.commands)
            if (auto* command = std::get_if<syncml::ItemCommand>(&inner))
                change(*command);
    });
}

void for_each_devinf(syncml::Message& reply, auto change)
{
    for_each<syncml::Results>(reply, [&](syncml::Results& results) {
        for (auto& item : results.items)
            if (auto* devinf = std::get_if<syncml::DevInf>(&item.data))
                change(*devinf);
    });
}

void say_200_for_201(syncml::Message& reply)
{
    for_each<syncml::Status>(reply, [](syncml::Status& status) {
        if (status.code == StatusCode::ItemAdded)
            status.code = StatusCode::Ok;
    });
}

void leave_out_refs(syncml::Message& reply)
{
    for_each<syncml::Status>(reply, [](syncml::Status& status) {
        status.target_refs.clear();
        status.source_refs.clear();
    });
}

void echo_last_anchor(syncml::Message& reply)
{
    for_each<syncml::Status>(reply, [](syncml::Status& status) {
        for (auto& item : status.items)
            if (auto* anchor = std::get_if<syncml::Anchor>(&item.data))
                anchor->last = "20010101T000000Z";
    });
}

void forget_device_information(syncml::Message& reply)
{
    for_each<syncml::Results>(reply, [](syncml::Results& results) {
        for (auto& item : results.items)
            item.data = {};
    });
}

// But UTC: without it items are not the same on both sides, which is the matter of content_types_test.py.
void declare_nothing(syncml::Message& reply)
{
    for_each_devinf(reply, [](syncml::DevInf& devinf) { devinf.large_objects = devinf.number_of_changes = false; });
}

void declare_private_sync_types(syncml::Message& reply)
{
    for_each_devinf(reply, [](syncml::DevInf& devinf) {
        for (auto& datastore : devinf.datastores)
            datastore.sync_types.insert(datastore.sync_types.begin(), {390001, 390002, 9, 0});
    });
}

void rename_datastores(syncml::Message& reply)
{
    for_each_devinf(reply, [](syncml::DevInf& devinf) {
        for (auto& datastore : devinf.datastores)
            datastore.source_ref = "./internal/" + datastore.source_ref + "/";
    });
}

void forget_last_anchor(syncml::Message& reply)
{
    for_each<syncml::Alert>(reply, [](syncml::Alert& alert) {
        for (auto& item : alert.items)
            if (item.meta.anchor)
                item.meta.anchor->last = "never the same";
    });
}

void leave_out_anchors(syncml::Message& reply)
{
    for_each<syncml::Alert>(reply, [](syncml::Alert& alert) {
        for (auto& item : alert.items)
            item.meta.anchor.reset();
    });
}

void leave_out_map_statuses(syncml::Message& reply)
{
    std::erase_if(reply.body, [](const auto& command) {
        const auto* status = std::get_if<syncml::Status>(&command);
        return status != nullptr && status->cmd == "Map";
    });
}

bool asks_for_next(const syncml::Command& command)
{
    const auto* alert = std::get_if<syncml::Alert>(&command);
    return alert != nullptr && alert->code == syncml::AlertCode::NextMessage;
}

void say_final_with_222(syncml::Message& reply)
{
    reply.final = reply.final || std::ranges::any_of(reply.body, asks_for_next);
}

void repeat_statuses(syncml::Message& reply)
{
    const std::vector<syncml::Command> body = reply.body;
    const auto place = std::ranges::find_if_not(
        reply.body, [](const auto& command) { return std::holds_alternative<syncml::Status>(command); });
    const auto count = place - reply.body.begin();
    reply.body.insert(place, body.begin(), body.begin() + count);
    for (auto at = count; at < 2 * count; ++at)
        std::get<syncml::Status>(reply.body[static_cast<std::size_t>(at)]).cmd_id += 5000;
}

void name_everything(syncml::Message& reply)
{
    const auto name = [](std::optional<syncml::Location>& location) {
        if (location)
            location->name = "a name";
    };
    reply.header.source.name = "the server";
    reply.header.target.name = "the device";
    for_each<syncml::Alert>(reply, [&](syncml::Alert& alert) {
        for (auto& item : alert.items) {
            name(item.target);
            name(item.source);
        }
    });
    for_each<syncml::Sync>(reply, [](syncml::Sync& sync) { sync.target.name = sync.source.name = "a name"; });
    for_each_item_command(reply, [&](syncml::ItemCommand& command) {
        for (auto& item : command.items) {
            name(item.target);
            name(item.source);
        }
    });
}

void put_meta_on_items(syncml::Message& reply)
{
    for_each_item_command(reply, [](syncml::ItemCommand& command) {
        for (auto& item : command.items) {
            item.meta = command.meta_of(item);
        }
        command.meta = {};
    });
}

/// Where in the other side's order an item stands, as Oracle's server says.
void tell_positions(syncml::Message& reply)
{
    std::size_t place = 0;
    for_each_item_command(reply, [&](syncml::ItemCommand& command) {
        for (auto& item : command.items)
            item.meta.emi.push_back("datapos=" + std::to_string(++place));
    });
}

/// CR CR LF, as some servers make of CR LF.
void double_carriage_returns(syncml::Message& reply)
{
    for_each_item_command(reply, [](syncml::ItemCommand& command) {
        for (auto& item : command.items)
            if (auto* text = std::get_if<std::string>(&item.data))
                *text = std::regex_replace(*text, std::regex("\r?\n"), "\r\r\n");
    });
}

/// Parameters where nobody expects any, and some without a value.
void add_parameters(syncml::Message& reply)
{
    for_each_item_command(reply, [](syncml::ItemCommand& command) {
        for (auto& item : command.items)
            if (auto* text = std::get_if<std::string>(&item.data)) {
                *text = std::regex_replace(*text, std::regex("BEGIN:V"), "BEGIN;X-PART=1:V");
                *text = std::regex_replace(*text, std::regex("END:V"), "END;X-PART:V");
                *text = std::regex_replace(*text, std::regex("NOTE:"), "NOTE;X-OWN:");
            }
    });
}

// ---- what is kept of an item -------------------------------------------------------

/// The item without the properties, all their lines, for which `is_dropped` says so of name and value.
std::string without(const std::string& data, auto is_dropped)
{
    std::string kept;
    for (std::size_t begin = 0, end = 0; begin < data.size(); begin = end) {
        do { // a line and those that it is folded into
            end = data.find('\n', end);
            end = end == std::string::npos ? data.size() : end + 1;
        } while (end < data.size() && (data[end] == ' ' || data[end] == '\t'));
        const auto line = data.substr(begin, end - begin);
        const auto name = line.substr(0, line.find_first_of(":;"));
        const auto value = line.find(':') + 1; // 0: there is none
        if (!is_dropped(name, value == 0 ? "" : line.substr(value)))
            kept += line;
    }
    return kept;
}

bool is_contact(const std::string& data)
{
    return data.find("BEGIN:VCARD") != std::string::npos;
}

/// The core of vCard 2.1, the name in one piece, and no large pictures.
std::string google_keeps(const std::string& data)
{
    static const std::set<std::string> core{"BEGIN", "END",   "VERSION", "FN",   "TEL", "EMAIL", "ADR",
                                            "ORG",   "TITLE", "NOTE",    "BDAY", "URL", "PHOTO"};
    constexpr std::size_t most_base64 = 40 * 1024 / 3 * 4;
    if (!is_contact(data))
        return data;
    return without(data, [](const std::string& name, const std::string& value) {
        return !name.empty() && (!core.contains(name) || (name == "PHOTO" && value.size() > most_base64));
    });
}

std::string horde_keeps(const std::string& data)
{
    return without(data, [](const std::string& name, const std::string&) { return name == "UID"; });
}

/// Two addresses.
std::string ovi_keeps(const std::string& data)
{
    return without(data, [count = 0](const std::string& name, const std::string&) mutable {
        return name == "ADR" && ++count > 2;
    });
}

// ---- documents -------------------------------------------------------------------

/// `document` without what `pattern` finds, or with `by` in its place.
void substitute(std::string& document, const char* pattern, const char* by)
{
    document = std::regex_replace(document, std::regex(pattern), by);
}

void strip_namespaces(std::string& document)
{
    substitute(document, R"( xmlns="[^"]*")", "");
}

void wrap_device_information(std::string& document)
{
    substitute(document, "<DevInf ", "<![CDATA[<DevInf ");
    substitute(document, "</DevInf>", "</DevInf>]]>");
}

void reorder(std::string& document)
{
    substitute(document, "(<VerDTD>[^<]*</VerDTD>)(<VerProto>[^<]*</VerProto>)", "$2$1");
    substitute(document, "(<SessionID>[^<]*</SessionID>)(<MsgID>[^<]*</MsgID>)", "$2$1");
    substitute(document, "(<CmdID>[^<]*</CmdID>)(<MsgRef>[^<]*</MsgRef>)(<CmdRef>[^<]*</CmdRef>)(<Cmd>[^<]*</Cmd>)",
               "$4$3$2$1");
    substitute(document, "(<Target><LocURI>[^<]*</LocURI></Target>)(<Source><LocURI>[^<]*</LocURI></Source>)", "$2$1");
    substitute(document, "(<(?:Add|Replace|Delete)>)(<CmdID>[^<]*</CmdID>)(<Meta>.*?</Meta>)", "$1$3$2");
}

void pad_numbers(std::string& document)
{
    substitute(document, "<(CmdID|MsgID|MsgRef|CmdRef|NumberOfChanges)>([0-9]+)</", "<$1> 00$2 </");
    substitute(document, "<Data>([0-9]{3})</Data>", "<Data> $1 </Data>");
}

void use_lower_case(std::string& document)
{
    for (const auto* name : {"SyncHdr", "Alert", "Sync", "Add", "Replace", "Delete", "Put", "Get", "Map", "Results"}) {
        std::string lower = name;
        std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
        substitute(document, ("<Cmd>" + std::string(name) + "</Cmd>").c_str(), ("<Cmd>" + lower + "</Cmd>").c_str());
    }
}

void leave_out_msgref(std::string& document)
{
    substitute(document, "<MsgRef>[^<]*</MsgRef>", "");
}

void add_nul(std::string& document)
{
    document += '\0';
}

void add_newlines(std::string& document)
{
    document += "\r\n\r\n";
}

// ---- the kinds -------------------------------------------------------------------

const std::vector<Personality>& all()
{
    using enum syncml::SyncType;
    static const std::vector<Personality> kinds{
        {"plain"},
        {"funambol",
         [](Options& options) {
             options.matched = StatusCode::AlreadyExists;
             options.repeats_answers = false;
             options.throttles_slow_syncs = true;
         }},
        {"google",
         [](Options& options) {
             options.refused_types = {OneWayFromClient, RefreshFromClient};
             options.number_of_changes = options.large_objects = false;
             options.restores_deleted = options.reads_wbxml_alone = true;
             options.keeps = google_keeps;
         },
         {say_200_for_201, forget_device_information}},
        {"mobical",
         [](Options& options) {
             options.slow_when_empty = options.from_client_as_two_way = true;
             options.no_store_of_ours = "memo";
         },
         {},
         {wrap_device_information}},
        {"memotoo",
         [](Options& options) {
             options.slow_when_empty = true;
             options.resume = ResumePolicy::Refuse;
         },
         {declare_nothing}},
        {"zyb", nullptr, {forget_last_anchor}},
        {"ovi",
         [](Options& options) {
             options.keeps_deleted = true;
             options.largest_item = 512;
             options.keeps = ovi_keeps;
         }},
        {"intellisync", nullptr, {add_parameters}},
        {"scheduleworld",
         [](Options& options) {
             options.matched = StatusCode::AlreadyExists;
             options.resume = ResumePolicy::Refuse;
         }},
        // Of nested datastores the outer ones are another kind.
        {"oracle",
         [](Options& options) {
             options.resp_uri = false;
             options.names_from_root = true;
             options.description.before_uri = "/";
             options.datastores.insert(options.datastores.end(),
                                       {{"Calendar", "text/x-vcalendar", "1.0", "text/x-vcalendar", "1.0"},
                                        {"Calendar/Events", "text/calendar", "2.0", "text/calendar", "2.0"},
                                        {"Calendar/Tasks", "text/calendar", "2.0", "text/calendar", "2.0"}});
             auto& listed = options.description.properties["Calendar"];
             for (const auto* name : {"DTSTART", "DTEND", "SUMMARY"})
                 listed.emplace_back().name = name;
         },
         {tell_positions}},
        {"beehive",
         [](Options& options) {
             options.description.manufacturer = "Oracle";
             options.description.model = "Beehive Mobile Data Synchronization";
             options.description.filters = options.fails_at_filters = true;
         }},
        {"horde",
         [](Options& options) {
             options.trims_text = true;
             options.keeps = horde_keeps;
             options.resume = ResumePolicy::Refuse;
         },
         {},
         {strip_namespaces}},
        {"egroupware", [](Options& options) { options.asks_devinf = true; }, {echo_last_anchor}},
        {"synthesis", [](Options& options) { options.sends_early = true; }, {leave_out_refs}},
        {"syncevolution",
         [](Options& options) { options.resume = ResumePolicy::Override; },
         {declare_private_sync_types}},
        {"starfish",
         [](Options& options) {
             options.login_retry = LoginRetry::AtFirstAddress;
             options.asks_twice = true;
         }},
        {"magically",
         [](Options& options) { options.login_retry = LoginRetry::InNewSession; },
         {double_carriage_returns}},
        {"isync", [](Options& options) { options.resume = ResumePolicy::Refuse; }},
        {"smartner", [](Options& options) { options.wants_devinf_to_compare = true; }, {rename_datastores}},
        // Of older versions.
        {"sync4j",
         [](Options& options) {
             options.versions = {syncml::Version::V1_0};
             options.version_refusal = VersionRefusal::BadRequest;
         }},
        {"nexthaus", [](Options& options) { options.versions = {syncml::Version::V1_1}; }},
        // One thing each.
        {"several-items", [](Options& options) { options.several_items = true; }},
        {"no-anchors", nullptr, {leave_out_anchors}},
        {"no-map-status", nullptr, {leave_out_map_statuses}},
        {"final-with-222", nullptr, {say_final_with_222}},
        {"statuses-twice", nullptr, {repeat_statuses}},
        {"names", nullptr, {name_everything}},
        {"meta-on-items", nullptr, {put_meta_on_items}},
        {"no-namespaces", nullptr, {}, {strip_namespaces}},
        {"reordered", nullptr, {}, {reorder}},
        {"padded-numbers", nullptr, {}, {pad_numbers}},
        {"lower-case", nullptr, {}, {use_lower_case}},
        {"no-msgref", nullptr, {}, {leave_out_msgref}},
        {"nul-behind", nullptr, {}, {add_nul}},
        {"newline-behind", nullptr, {}, {add_newlines}},
        {"charset", [](Options& options) { options.content_type_tail = "; charset=UTF-8"; }},
    };
    return kinds;
}

} // namespace

const Personality* find_personality(std::string_view name)
{
    const auto found = std::ranges::find(all(), name, &Personality::name);
    return found == all().end() ? nullptr : &*found;
}

std::vector<std::string_view> personalities()
{
    std::vector<std::string_view> names;
    for (const auto& kind : all())
        names.push_back(kind.name);
    return names;
}

} // namespace testserver
