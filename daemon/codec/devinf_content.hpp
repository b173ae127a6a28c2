#pragma once

#include "codec/content.hpp"
#include "syncml/devinf.hpp"
#include "syncml/version.hpp"

#include <algorithm>
#include <utility>
#include <vector>

/// DevInf 1.2 in full, and what the writer needs for 1.1 and 1.0. Their flat CTCap is read whatever the version.
namespace codec {

void content(auto& visit, Is<syncml::ContentType> auto& content_type)
{
    visit("CTType", content_type.type, Need::Always);
    visit("VerCT", content_type.version, Need::Always);
}

void content(auto& visit, Is<syncml::PropertyParameter> auto& parameter)
{
    visit("ParamName", parameter.name, Need::Always);
    visit("DataType", parameter.data_type);
    visit("ValEnum", parameter.values);
    visit("DisplayName", parameter.display_name);
}

void content(auto& visit, Is<syncml::Property> auto& property)
{
    visit("PropName", property.name, Need::Always);
    visit("DataType", property.data_type);
    visit("MaxOccur", property.max_occur);
    visit("MaxSize", property.max_size);
    visit("NoTruncate", property.no_truncate);
    visit("ValEnum", property.values);
    visit("DisplayName", property.display_name);
    visit("PropParam", property.parameters);
}

void content(auto& visit, Is<syncml::ContentCapability> auto& capability)
{
    content(visit, capability.content);
    visit("FieldLevel", capability.field_level);
    visit("Property", capability.properties);
}

void content(auto& visit, Is<syncml::FilterCapability> auto& capability)
{
    content(visit, capability.content);
    visit("FilterKeyword", capability.keywords);
    visit("PropName", capability.properties);
}

void content(auto& visit, Is<syncml::DataStoreInfo> auto& store)
{
    visit("SourceRef", store.source_ref, Need::Always);
    visit("DisplayName", store.display_name);
    visit("MaxGUIDSize", store.max_guid_size);
    visit("Rx-Pref", store.rx_preferred);
    visit("Rx", store.rx);
    visit("Tx-Pref", store.tx_preferred);
    visit("Tx", store.tx);
    visit("CTCap", store.capabilities);
    visit.wrapper("DSMem", store, [](auto& inner, auto& of) {
        inner("SharedMem", of.shared_memory);
        inner("MaxMem", of.max_memory);
        inner("MaxID", of.max_ids);
    });
    visit("SupportHierarchicalSync", store.hierarchical);
    visit.wrapper("SyncCap", store, [](auto& inner, auto& of) { inner("SyncType", of.sync_types); });
    visit("Filter-Rx", store.filter_rx);
    visit("FilterCap", store.filters);
}

void content(auto& visit, Is<syncml::Extension> auto& extension)
{
    visit("XNam", extension.name, Need::Always);
    visit("XVal", extension.values);
}

void content(auto& visit, Is<syncml::DevInf> auto& devinf)
{
    visit("VerDTD", devinf.ver_dtd, Need::Always);
    visit("Man", devinf.manufacturer);
    visit("Mod", devinf.model);
    visit("OEM", devinf.oem);
    visit("FwV", devinf.firmware_version);
    visit("SwV", devinf.software_version);
    visit("HwV", devinf.hardware_version);
    visit("DevID", devinf.device_id, Need::Always);
    visit("DevTyp", devinf.device_type, Need::Always);
    visit("UTC", devinf.utc);
    visit("SupportLargeObjs", devinf.large_objects);
    visit("SupportNumberOfChanges", devinf.number_of_changes);
    visit("DataStore", devinf.datastores);
    visit("CTCap", devinf.capabilities);
    visit("Ext", devinf.extensions);
}

// ---- 1.1 and 1.0, to be written -------------------------------------------------

inline bool is_of_old_version(const syncml::DevInf& devinf)
{
    return syncml::find_version(devinf.ver_dtd).value_or(syncml::Version::V1_2) < syncml::Version::V1_2;
}

/// CTType and its properties, one behind the other.
void flat_content(auto& visit, const syncml::ContentCapability& capability)
{
    visit("CTType", capability.content.type, Need::Always);
    for (const auto& property : capability.properties) {
        visit("PropName", property.name, Need::Always);
        visit("ValEnum", property.values);
        if (property.values.empty()) {
            visit("DataType", property.data_type);
            visit("Size", property.max_size);
        }
        visit("DisplayName", property.display_name);
        for (const auto& parameter : property.parameters) {
            visit("ParamName", parameter.name, Need::Always);
            visit("ValEnum", parameter.values);
            if (parameter.values.empty())
                visit("DataType", parameter.data_type);
            visit("DisplayName", parameter.display_name);
        }
    }
}

/// What is new in 1.2 is left out, and in 1.0 what is new in 1.1. There is one CTCap, for all datastores.
void old_content(auto& visit, const syncml::DevInf& devinf)
{
    auto rest = devinf;
    rest.datastores.clear();
    rest.extensions.clear();
    if (syncml::find_version(rest.ver_dtd) == syncml::Version::V1_0)
        rest.utc = rest.large_objects = rest.number_of_changes = false;
    auto& capabilities = rest.capabilities;
    std::vector<syncml::DataStoreInfo> datastores = devinf.datastores;
    for (auto& datastore : datastores) {
        for (const auto& one : datastore.capabilities)
            if (std::find(capabilities.begin(), capabilities.end(), one) == capabilities.end())
                capabilities.push_back(one);
        datastore.capabilities.clear();
        datastore.hierarchical = false;
        datastore.filter_rx.clear();
        datastore.filters.clear();
    }
    const auto flat = std::exchange(capabilities, {});
    content(visit, rest);
    visit("DataStore", datastores);
    visit.wrapper("CTCap", flat, [](auto& inner, const auto& all) {
        for (const auto& one : all)
            flat_content(inner, one);
    });
    visit("Ext", devinf.extensions);
}

} // namespace codec
