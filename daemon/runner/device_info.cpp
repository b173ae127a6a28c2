#include "runner/device_info.hpp"

#include <nlohmann/json.hpp>
#include <sodium.h>

#include <array>

namespace runner {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t MaxGuidSize = 255; // any would do; some servers want a number

Json json_of(const std::vector<syncml::ContentType>& types)
{
    auto list = Json::array();
    for (const auto& type : types)
        list.push_back({{"type", type.type}, {"version", type.version}});
    return list;
}

std::vector<syncml::ContentType> types_of(const Json& list)
{
    std::vector<syncml::ContentType> types;
    for (const auto& type : list)
        types.push_back({type.at("type"), type.at("version")});
    return types;
}

Json json_of(const syncml::DataStoreInfo& store)
{
    return {{"uri", store.source_ref},
            {"name", store.display_name},
            {"max_guid_size", store.max_guid_size ? Json(*store.max_guid_size) : Json()},
            {"receives_preferred", json_of(store.rx_preferred)},
            {"receives", json_of(store.rx)},
            {"sends_preferred", json_of(store.tx_preferred)},
            {"sends", json_of(store.tx)},
            {"sync_types", store.sync_types}};
}

syncml::DataStoreInfo store_of(const Json& json)
{
    syncml::DataStoreInfo store;
    json.at("uri").get_to(store.source_ref);
    json.at("name").get_to(store.display_name);
    if (const Json& size = json.at("max_guid_size"); !size.is_null())
        store.max_guid_size = size.get<std::uint64_t>();
    store.rx_preferred = types_of(json.at("receives_preferred"));
    store.rx = types_of(json.at("receives"));
    store.tx_preferred = types_of(json.at("sends_preferred"));
    store.tx = types_of(json.at("sends"));
    json.at("sync_types").get_to(store.sync_types);
    return store;
}

} // namespace

syncml::DevInf own_device_info(std::string_view device_id, std::span<const ServiceKind* const> services,
                               syncml::Version version)
{
    syncml::DevInf devinf;
    devinf.ver_dtd = syncml::dtd(version);
    devinf.manufacturer = "syncd";
    devinf.model = "syncd";
    devinf.software_version = SYNCD_VERSION;
    devinf.device_id = device_id;
    devinf.device_type = "workstation";
    devinf.utc = true;
    devinf.large_objects = true;
    devinf.number_of_changes = true;
    for (const ServiceKind* kind : services) {
        syncml::DataStoreInfo store;
        store.source_ref = kind->local_uri;
        store.max_guid_size = MaxGuidSize;
        store.rx_preferred = store.tx_preferred = {kind->types.front()};
        store.rx = store.tx = {kind->types.begin() + 1, kind->types.end()};
        store.sync_types = {1, 2, 3, 4, 5, 6, 7}; // 7: alerted by the server
        devinf.datastores.push_back(std::move(store));
    }
    return devinf;
}

std::string to_json(const syncml::DevInf& devinf)
{
    auto stores = Json::array();
    for (const auto& store : devinf.datastores)
        stores.push_back(json_of(store));
    const Json document{{"version", devinf.ver_dtd},
                        {"manufacturer", devinf.manufacturer},
                        {"model", devinf.model},
                        {"firmware", devinf.firmware_version},
                        {"software", devinf.software_version},
                        {"hardware", devinf.hardware_version},
                        {"id", devinf.device_id},
                        {"type", devinf.device_type},
                        {"utc", devinf.utc},
                        {"large_objects", devinf.large_objects},
                        {"number_of_changes", devinf.number_of_changes},
                        {"stores", std::move(stores)}};
    // A device's texts are the peer's: what is not UTF-8 is replaced, not thrown.
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<syncml::DevInf> find_device_info(std::string_view json)
{
    try {
        const Json document = Json::parse(json);
        syncml::DevInf devinf;
        document.at("version").get_to(devinf.ver_dtd);
        document.at("manufacturer").get_to(devinf.manufacturer);
        document.at("model").get_to(devinf.model);
        document.at("firmware").get_to(devinf.firmware_version);
        document.at("software").get_to(devinf.software_version);
        document.at("hardware").get_to(devinf.hardware_version);
        document.at("id").get_to(devinf.device_id);
        document.at("type").get_to(devinf.device_type);
        document.at("utc").get_to(devinf.utc);
        document.at("large_objects").get_to(devinf.large_objects);
        document.at("number_of_changes").get_to(devinf.number_of_changes);
        for (const auto& store : document.at("stores"))
            devinf.datastores.push_back(store_of(store));
        return devinf;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

std::string fingerprint(std::string_view text)
{
    std::array<unsigned char, 16> hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       nullptr, 0);
    std::array<char, 2 * hash.size() + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    return hex.data();
}

} // namespace runner
