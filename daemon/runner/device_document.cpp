#include "runner/device_document.hpp"

#include "base/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace runner {
namespace {

using Json = nlohmann::json;

// More than any server known says. With these, and without property lists, every document is short enough.
constexpr std::size_t max_text = 128; // octets of what is said for people
constexpr std::size_t max_word = 64;  // and of what stands for a thing
constexpr std::size_t max_stores = 32;
constexpr std::size_t max_types = 8;
constexpr std::size_t max_numbers = 16;
constexpr std::size_t max_properties = 256;
constexpr std::size_t max_values = 64;

enum class Detail { Everything, Properties, NoProperties };

std::string shorten(std::string_view text, std::size_t max)
{
    const auto legible = base::legible(text.substr(0, 4 * max));
    std::string_view rest = legible;
    std::size_t end = 0;
    while (!rest.empty()) {
        const auto size = std::max<std::size_t>(base::utf8_size(rest), 1);
        if (end + size > max)
            break;
        end += size;
        rest.remove_prefix(size);
    }
    return legible.substr(0, end);
}

/// The first of them as a list, each as `write` says.
template <class T, class Write>
Json list_of(const std::vector<T>& values, std::size_t max, Write write)
{
    auto list = Json::array();
    for (std::size_t i = 0; i < std::min(values.size(), max); ++i)
        list.push_back(write(values[i]));
    return list;
}

Json number(const std::optional<std::uint64_t>& value)
{
    return value ? Json(*value) : Json();
}

Json words(const std::vector<std::string>& values, std::size_t max)
{
    return list_of(values, max, [](const std::string& value) { return shorten(value, max_word); });
}

Json json_of(const syncml::ContentType& type)
{
    return {{"type", shorten(type.type, max_word)}, {"version", shorten(type.version, max_word)}};
}

Json types(const std::vector<syncml::ContentType>& values)
{
    return list_of(values, max_types, [](const syncml::ContentType& type) { return json_of(type); });
}

Json json_of(const syncml::PropertyParameter& parameter)
{
    return {{"name", shorten(parameter.name, max_word)}, {"values", words(parameter.values, max_values)}};
}

Json json_of(const syncml::Property& property, Detail detail)
{
    Json json{{"name", shorten(property.name, max_word)},
              {"max_size", number(property.max_size)},
              {"max_occur", number(property.max_occur)},
              {"no_truncate", property.no_truncate},
              {"values", Json::array()},
              {"parameters", Json::array()}};
    if (detail == Detail::Everything) {
        json["values"] = words(property.values, max_values);
        json["parameters"] =
            list_of(property.parameters, max_values, [](const syncml::PropertyParameter& one) { return json_of(one); });
    }
    return json;
}

Json contents(const std::vector<syncml::ContentCapability>& capabilities, Detail detail)
{
    if (detail == Detail::NoProperties)
        return Json::array();
    return list_of(capabilities, max_types, [detail](const syncml::ContentCapability& capability) {
        auto json = json_of(capability.content);
        json["field_level"] = capability.field_level;
        json["properties"] = list_of(capability.properties, max_properties,
                                     [detail](const syncml::Property& one) { return json_of(one, detail); });
        return json;
    });
}

Json json_of(const syncml::FilterCapability& filter)
{
    auto json = json_of(filter.content);
    json["keywords"] = words(filter.keywords, max_numbers);
    json["properties"] = words(filter.properties, max_properties);
    return json;
}

Json json_of(const syncml::DataStoreInfo& store, Detail detail)
{
    const bool filters = detail != Detail::NoProperties;
    return {{"uri", shorten(store.source_ref, max_text)},
            {"name", shorten(store.display_name, max_text)},
            {"max_guid_size", number(store.max_guid_size)},
            {"receives_preferred", types(store.rx_preferred)},
            {"receives", types(store.rx)},
            {"sends_preferred", types(store.tx_preferred)},
            {"sends", types(store.tx)},
            {"sync_types", list_of(store.sync_types, max_numbers, [](std::uint32_t type) { return type; })},
            {"hierarchical", store.hierarchical},
            {"filter_types", types(store.filter_rx)},
            {"filters", list_of(store.filters, filters ? max_types : 0,
                                [](const syncml::FilterCapability& one) { return json_of(one); })},
            {"content", contents(store.capabilities, detail)}};
}

std::string write(const syncml::DevInf& devinf, Detail detail)
{
    const Json document{
        {"version", shorten(devinf.ver_dtd, max_word)},
        {"manufacturer", shorten(devinf.manufacturer, max_text)},
        {"model", shorten(devinf.model, max_text)},
        {"oem", shorten(devinf.oem, max_text)},
        {"firmware", shorten(devinf.firmware_version, max_text)},
        {"software", shorten(devinf.software_version, max_text)},
        {"hardware", shorten(devinf.hardware_version, max_text)},
        {"id", shorten(devinf.device_id, max_text)},
        {"type", shorten(devinf.device_type, max_text)},
        {"utc", devinf.utc},
        {"large_objects", devinf.large_objects},
        {"number_of_changes", devinf.number_of_changes},
        {"stores", list_of(devinf.datastores, max_stores,
                           [detail](const syncml::DataStoreInfo& one) { return json_of(one, detail); })},
        {"content", contents(devinf.capabilities, detail)}};
    return document.dump();
}

// ---- reading ---------------------------------------------------------------------

template <class Read>
auto read_list(const Json& json, const char* name, Read read)
{
    std::vector<decltype(read(json))> values;
    for (const auto& one : json.at(name))
        values.push_back(read(one));
    return values;
}

std::optional<std::uint64_t> number_of(const Json& json)
{
    return json.is_null() ? std::nullopt : std::optional(json.get<std::uint64_t>());
}

syncml::ContentType type_of(const Json& json)
{
    return {json.at("type"), json.at("version")};
}

syncml::Property property_of(const Json& json)
{
    syncml::Property property;
    json.at("name").get_to(property.name);
    property.max_size = number_of(json.at("max_size"));
    property.max_occur = number_of(json.at("max_occur"));
    json.at("no_truncate").get_to(property.no_truncate);
    json.at("values").get_to(property.values);
    property.parameters = read_list(json, "parameters", [](const Json& one) {
        syncml::PropertyParameter parameter;
        one.at("name").get_to(parameter.name);
        one.at("values").get_to(parameter.values);
        return parameter;
    });
    return property;
}

syncml::ContentCapability content_of(const Json& json)
{
    return {type_of(json), json.at("field_level").get<bool>(), read_list(json, "properties", property_of)};
}

syncml::FilterCapability filter_of(const Json& json)
{
    return {type_of(json), json.at("keywords").get<std::vector<std::string>>(),
            json.at("properties").get<std::vector<std::string>>()};
}

syncml::DataStoreInfo store_of(const Json& json)
{
    syncml::DataStoreInfo store;
    json.at("uri").get_to(store.source_ref);
    json.at("name").get_to(store.display_name);
    store.max_guid_size = number_of(json.at("max_guid_size"));
    store.rx_preferred = read_list(json, "receives_preferred", type_of);
    store.rx = read_list(json, "receives", type_of);
    store.tx_preferred = read_list(json, "sends_preferred", type_of);
    store.tx = read_list(json, "sends", type_of);
    json.at("sync_types").get_to(store.sync_types);
    json.at("hierarchical").get_to(store.hierarchical);
    store.filter_rx = read_list(json, "filter_types", type_of);
    store.filters = read_list(json, "filters", filter_of);
    store.capabilities = read_list(json, "content", content_of);
    return store;
}

} // namespace

std::string to_json(const syncml::DevInf& devinf)
{
    for (const auto detail : {Detail::Everything, Detail::Properties})
        if (auto text = write(devinf, detail); text.size() <= max_device_document)
            return text;
    return write(devinf, Detail::NoProperties);
}

std::optional<syncml::DevInf> find_device_info(std::string_view json)
{
    try {
        const Json document = Json::parse(json);
        syncml::DevInf devinf;
        document.at("version").get_to(devinf.ver_dtd);
        document.at("manufacturer").get_to(devinf.manufacturer);
        document.at("model").get_to(devinf.model);
        document.at("oem").get_to(devinf.oem);
        document.at("firmware").get_to(devinf.firmware_version);
        document.at("software").get_to(devinf.software_version);
        document.at("hardware").get_to(devinf.hardware_version);
        document.at("id").get_to(devinf.device_id);
        document.at("type").get_to(devinf.device_type);
        document.at("utc").get_to(devinf.utc);
        document.at("large_objects").get_to(devinf.large_objects);
        document.at("number_of_changes").get_to(devinf.number_of_changes);
        devinf.datastores = read_list(document, "stores", store_of);
        devinf.capabilities = read_list(document, "content", content_of);
        return devinf;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

} // namespace runner
