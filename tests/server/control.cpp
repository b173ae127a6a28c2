#include "control.hpp"

#include "personality.hpp"

#include <sstream>
#include <stdexcept>

namespace testserver {

using nlohmann::json;

namespace {

struct UnknownName : std::runtime_error {
    using std::runtime_error::runtime_error;
};

json to_json(const Tally& tally)
{
    return {{"added", tally.added}, {"updated", tally.updated}, {"removed", tally.removed}, {"failed", tally.failed}};
}

/// What tests look at.
json to_json(const std::optional<syncml::DevInf>& devinf)
{
    if (!devinf)
        return nullptr;
    json stores = json::object();
    for (const auto& store : devinf->datastores) {
        json properties = json::object();
        for (const auto& capability : store.capabilities.empty() ? devinf->capabilities : store.capabilities) {
            json names = json::array();
            for (const auto& property : capability.properties)
                names.push_back(property.name);
            properties[capability.content.type] = names;
        }
        json receives = json::array();
        for (const auto* types : {&store.rx_preferred, &store.rx})
            for (const auto& type : *types)
                receives.push_back(type.type);
        stores[store.source_ref] = {
            {"receives", receives}, {"sync_types", store.sync_types}, {"properties", properties}};
    }
    return {{"version", devinf->ver_dtd}, {"stores", stores}};
}

json to_json(const SessionReport& session)
{
    json datastores = json::object();
    for (const auto& [name, report] : session.datastores)
        datastores[name] = {{"requested", static_cast<int>(report.requested)},
                            {"agreed", static_cast<int>(report.agreed)},
                            {"from_client", to_json(report.from_client)},
                            {"to_client", to_json(report.to_client)},
                            {"matched", report.matched},
                            {"not_archived", report.not_archived},
                            {"sent_early", report.sent_early},
                            {"added_again", report.added_again},
                            {"conflicts", report.conflicts},
                            {"maps", report.maps},
                            {"resumed", report.resumed},
                            {"filter", report.filter},
                            {"repeated", to_json(report.repeated)},
                            {"kept_octets", report.kept_octets},
                            {"chunks_from_client", report.chunks_from_client},
                            {"chunks_to_client", report.chunks_to_client},
                            {"too_large", report.too_large},
                            {"completed", report.completed}};
    return {{"device", session.device},
            {"session", session.session},
            {"user", session.user},
            {"messages", session.messages},
            {"bytes_in", session.bytes_in},
            {"bytes_out", session.bytes_out},
            {"completed", session.completed},
            {"suspended", session.suspended},
            {"version", session.version},
            {"encoding", session.encoding},
            {"nonce", session.nonce},
            {"datastores", datastores},
            {"asked_devinf", session.asked_devinf},
            {"devinf", to_json(session.devinf)}};
}

json to_json(const std::string& store, const std::string& device, const Unfinished& left)
{
    return {{"store", store},
            {"device", device},
            {"type", static_cast<int>(syncml::to_alert(left.type))},
            {"asked", left.asked},
            {"begun", left.begun},
            {"answered", left.answered.size()},
            {"unmapped", left.unmapped.size()},
            {"octets_from_client", left.incoming ? left.incoming->data.size() : 0},
            {"octets_to_client", left.outgoing ? left.outgoing->second : 0}};
}

json to_json(const Violation& violation)
{
    return {{"session", violation.session},
            {"message", violation.message},
            {"rule", violation.rule},
            {"text", violation.text}};
}

} // namespace

AuthPolicy parse_auth(const std::string& word)
{
    if (word == "none")
        return AuthPolicy::None;
    if (word == "basic")
        return AuthPolicy::Basic;
    if (word == "md5")
        return AuthPolicy::Md5;
    if (word == "any")
        return AuthPolicy::Any;
    throw std::invalid_argument("auth is none, basic, md5 or any");
}

ConflictPolicy parse_conflict(const std::string& word)
{
    if (word == "server")
        return ConflictPolicy::ServerWins;
    if (word == "client")
        return ConflictPolicy::ClientWins;
    if (word == "duplicate")
        return ConflictPolicy::Duplicate;
    if (word == "newer")
        return ConflictPolicy::Newer;
    throw std::invalid_argument("conflict is server, client, duplicate or newer");
}

std::set<syncml::Version> parse_versions(const std::string& words)
{
    std::set<syncml::Version> versions;
    std::istringstream list(words);
    for (std::string word; std::getline(list, word, ',');) {
        const auto version = syncml::find_version(word);
        if (!version)
            throw std::invalid_argument("versions are 1.2, 1.1 and 1.0, with commas between");
        versions.insert(*version);
    }
    if (versions.empty())
        throw std::invalid_argument("no version");
    return versions;
}

VersionRefusal parse_version_refusal(const std::string& word)
{
    static const std::map<std::string, VersionRefusal> words{{"status", VersionRefusal::Status},
                                                             {"513", VersionRefusal::Protocol},
                                                             {"400", VersionRefusal::BadRequest},
                                                             {"501", VersionRefusal::NotImplemented},
                                                             {"page", VersionRefusal::Page}};
    const auto found = words.find(word);
    if (found == words.end())
        throw std::invalid_argument("version_refusal is status, 513, 400, 501 or page");
    return found->second;
}

/// Over what is said already.
void describe(Description& description, const json& said)
{
    for (const auto& [key, value] : said.items()) {
        if (key == "manufacturer")
            description.manufacturer = value.get<std::string>();
        else if (key == "model")
            description.model = value.get<std::string>();
        else if (key == "software")
            description.software = value.get<std::string>();
        else if (key == "utc")
            description.utc = value.get<bool>();
        else if (key == "before_uri")
            description.before_uri = value.get<std::string>();
        else if (key == "behind_uri")
            description.behind_uri = value.get<std::string>();
        else if (key == "filters")
            description.filters = value.get<bool>();
        else if (key == "sync_types")
            description.sync_types = value.get<std::vector<std::uint32_t>>();
        else if (key == "receives")
            for (const auto& [store, types] : value.items())
                for (const auto& type : types)
                    description.receives[store].push_back({type.at(0), type.at(1)});
        else if (key == "properties")
            for (const auto& [store, names] : value.items())
                for (const auto& name : names) {
                    auto& property = description.properties[store].emplace_back();
                    property.name = name.is_array() ? name.at(0) : name;
                    if (name.is_array()) {
                        property.max_size = name.at(1).get<std::uint64_t>();
                        property.max_occur = name.at(2).get<std::uint64_t>();
                    }
                }
        else
            throw std::invalid_argument("nothing is said of " + key);
    }
}

Options with_personality(Options options, const std::string& name)
{
    options.personality = find_personality(name);
    if (options.personality == nullptr)
        throw std::invalid_argument("no personality " + name);
    if (options.personality->set_up != nullptr)
        options.personality->set_up(options);
    return options;
}

ResumePolicy parse_resume(const std::string& word)
{
    static const std::map<std::string, ResumePolicy> words{
        {"yes", ResumePolicy::Yes},           {"original-code", ResumePolicy::OriginalCode},
        {"unknown", ResumePolicy::Unknown},   {"refuse", ResumePolicy::Refuse},
        {"override", ResumePolicy::Override}, {"fail", ResumePolicy::Fail}};
    const auto found = words.find(word);
    if (found == words.end())
        throw std::invalid_argument("resume is yes, original-code, unknown, refuse, override or fail");
    return found->second;
}

namespace {

DeleteMark parse_delete_mark(const std::string& word)
{
    if (word == "archive")
        return DeleteMark::Archive;
    if (word == "soft")
        return DeleteMark::Soft;
    if (word != "none")
        throw std::invalid_argument("deletes is none, archive or soft");
    return DeleteMark::None;
}

} // namespace

Control::Control(Store& store, UnfinishedSyncs& unfinished, Journal& journal, Faults& faults, Options& options,
                 Desk& desk, Gate& gate, std::function<void()> shut_down)
    : store_(store), unfinished_(unfinished), journal_(journal), faults_(faults), options_(options), initial_(options),
      desk_(desk), gate_(gate), shut_down_(std::move(shut_down))
{
}

void Control::call(const std::string& name, const std::string& arguments, const Answer& answer)
{
    if (name == "await-held") {
        gate_.when_held([answer] { answer(200, json::object()); });
        return;
    }
    unsigned status = 200;
    json result;
    try {
        const auto given = arguments.empty() ? json::object() : json::parse(arguments);
        result = carry_out(name, given);
    } catch (const UnknownName& error) {
        status = 404;
        result = {{"error", error.what()}};
    } catch (const std::exception& error) {
        status = 400;
        result = {{"error", error.what()}};
    }
    answer(status, result);
}

Store::Collection Control::collection(const json& arguments)
{
    std::string user;
    if (options_.auth != AuthPolicy::None && !options_.users.empty())
        user = options_.users.begin()->first;
    return store_.collection(arguments.value("user", user), arguments.at("store").get<std::string>());
}

json Control::items(const std::string& name, const json& arguments)
{
    const auto where = collection(arguments);
    if (name == "list") {
        json list = json::array();
        for (const auto& item : store_.list(where))
            list.push_back({{"guid", item.guid}, {"revision", item.revision}, {"data", item.data}});
        return {{"items", list}};
    }
    const auto kept = [this](const json& item) {
        const auto data = item.get<std::string>();
        return options_.keeps != nullptr ? options_.keeps(data) : data;
    };
    if (name == "put") {
        const auto data = kept(arguments.at("data"));
        if (!arguments.contains("guid"))
            return {{"guid", store_.add(where, data).guid}};
        const auto guid = arguments.at("guid").get<std::string>();
        if (!store_.replace(where, guid, data))
            throw std::invalid_argument("no item " + guid);
        return {{"guid", guid}};
    }
    if (name == "put-all") {
        json guids = json::array();
        for (const auto& data : arguments.at("items"))
            guids.push_back(store_.add(where, kept(data)).guid);
        return {{"guids", guids}};
    }
    if (name == "delete") {
        const auto guid = arguments.at("guid").get<std::string>();
        if (!store_.remove(where, guid))
            throw std::invalid_argument("no item " + guid);
        return json::object();
    }
    if (name == "clear")
        return {{"removed", store_.clear(where)}};
    const auto device = arguments.at("device").get<std::string>();
    if (name == "links") {
        json list = json::array();
        for (const auto& link : store_.links(where, device))
            list.push_back({{"luid", link.luid}, {"guid", link.guid}, {"revision", link.revision}});
        return {{"links", list}};
    }
    if (name == "unlink") {
        store_.remove_link(where, device, arguments.at("luid").get<std::string>());
        return json::object();
    }
    if (name == "anchors") {
        const auto anchors = store_.find_anchors(where, device);
        return anchors ? json{{"client", anchors->client}, {"server", anchors->server}} : json::object();
    }
    store_.clear_anchors(where, device); // forget
    return json::object();
}

void Control::set_options(const json& arguments)
{
    for (const auto& [key, value] : arguments.items()) {
        if (key == "personality")
            options_ = with_personality(initial_, value.get<std::string>());
        else if (key == "auth")
            options_.auth = parse_auth(value.get<std::string>());
        else if (key == "auth_each_message")
            options_.auth_each_message = value.get<bool>();
        else if (key == "resp_uri")
            options_.resp_uri = value.get<bool>();
        else if (key == "number_of_changes")
            options_.number_of_changes = value.get<bool>();
        else if (key == "large_objects")
            options_.large_objects = value.get<bool>();
        else if (key == "conflict")
            options_.conflict = parse_conflict(value.get<std::string>());
        else if (key == "pairs")
            options_.pairs = value.get<bool>();
        else if (key == "versions")
            options_.versions = parse_versions(value.get<std::string>());
        else if (key == "version_refusal")
            options_.version_refusal = parse_version_refusal(value.get<std::string>());
        else if (key == "resume")
            options_.resume = parse_resume(value.get<std::string>());
        else if (key == "wants_sizes")
            options_.wants_sizes = value.get<bool>();
        else if (key == "capacity")
            options_.capacity = value.get<std::uint64_t>();
        else if (key == "deletes")
            options_.deletes = parse_delete_mark(value.get<std::string>());
        else if (key == "asks_devinf")
            options_.asks_devinf = value.get<bool>();
        else if (key == "sends_early")
            options_.sends_early = value.get<bool>();
        else if (key == "adds_unknown")
            options_.adds_unknown = value.get<bool>();
        else if (key == "adds_again")
            options_.adds_again = value.get<bool>();
        else if (key == "temporary_ids")
            options_.temporary_ids = value.get<bool>();
        else if (key == "keeps_partial_objects")
            options_.keeps_partial_objects = value.get<bool>();
        else if (key == "repeats_statuses")
            options_.repeats_statuses = value.get<bool>();
        else if (key == "describe")
            describe(options_.description = {}, value);
        else if (key == "alerts")
            options_.alerts = value.get<unsigned>();
        else if (key == "max_msg_size")
            options_.max_msg_size = value.get<std::uint64_t>();
        else if (key == "max_obj_size")
            options_.max_obj_size = value.get<std::uint64_t>();
        else if (key == "users")
            options_.users = value.get<std::map<std::string, std::string>>();
        else if (key == "guards")
            options_.guards = value.get<std::map<std::string, std::string>>();
        else if (key == "guards_by_md5")
            options_.guards_by_md5 = value.get<bool>();
        else if (key == "own_credentials")
            options_.own_credentials = value.get<std::string>();
        else
            throw std::invalid_argument("no option " + key);
    }
}

json Control::carry_out(const std::string& name, const json& arguments)
{
    for (const auto* call : {"list", "put", "put-all", "delete", "clear", "links", "unlink", "anchors", "forget"})
        if (name == call) {
            json result;
            store_.in_transaction([&] { result = items(name, arguments); });
            return result;
        }
    if (name == "sessions") {
        json list = json::array();
        for (const auto& session : journal_.sessions())
            list.push_back(to_json(*session));
        return {{"sessions", list}};
    }
    if (name == "personalities")
        return {{"names", personalities()}};
    if (name == "unfinished") {
        json list = json::array();
        for (const auto& [key, left] : unfinished_.all())
            list.push_back(to_json(store_.collection_name(key.first), key.second, *left));
        return {{"syncs", list}};
    }
    if (name == "violations") {
        json list = json::array();
        for (const auto& violation : journal_.violations())
            list.push_back(to_json(violation));
        return {{"violations", list}};
    }
    if (name == "clear-violations") {
        journal_.clear_violations();
    } else if (name == "options") {
        set_options(arguments);
    } else if (name == "misbehave") {
        const auto text = arguments.at("fault").get<std::string>();
        const auto fault = Fault::parse(text);
        if (!fault)
            throw std::invalid_argument("no fault " + text);
        faults_.arm(*fault);
    } else if (name == "behave") {
        const auto left = faults_.armed().size();
        faults_.clear();
        return {{"left", left}};
    } else if (name == "hold") {
        Gate::Hold hold;
        hold.message = arguments.value("message", syncml::MsgId{0});
        hold.point = arguments.value("after", false) ? Gate::Point::After : Gate::Point::Before;
        gate_.arm(hold);
    } else if (name == "release") {
        gate_.release(arguments.value("drop", false));
    } else if (name == "reset") {
        faults_.clear();
        gate_.release(true);
        desk_.close_all();
        journal_.clear();
        unfinished_.clear();
        store_.reset();
    } else if (name == "shutdown") {
        shut_down_();
    } else {
        throw UnknownName("no control call " + name);
    }
    return json::object();
}

} // namespace testserver
