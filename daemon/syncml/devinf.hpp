#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Device information (DevInf 1.2; the 1.1 and 1.0 forms are read into the same
/// values). Absent texts are empty.
namespace syncml {

struct ContentType {
    std::string type;    ///< CTType
    std::string version; ///< VerCT
    bool operator==(const ContentType&) const = default;
};

struct PropertyParameter {
    std::string name;
    std::string data_type;
    std::string display_name;
    std::vector<std::string> values;
    bool operator==(const PropertyParameter&) const = default;
};

struct Property {
    std::string name;
    std::string data_type;
    std::string display_name;
    std::optional<std::uint64_t> max_occur;
    std::optional<std::uint64_t> max_size;
    bool no_truncate = false;
    std::vector<std::string> values;
    std::vector<PropertyParameter> parameters;
    bool operator==(const Property&) const = default;
};

struct ContentCapability { // CTCap
    ContentType content;
    bool field_level = false;
    std::vector<Property> properties;
    bool operator==(const ContentCapability&) const = default;
};

struct FilterCapability { // FilterCap
    ContentType content;
    std::vector<std::string> keywords;
    std::vector<std::string> properties;
    bool operator==(const FilterCapability&) const = default;
};

struct DataStoreInfo {
    std::string source_ref;
    std::string display_name;
    std::optional<std::uint64_t> max_guid_size;
    std::vector<ContentType> rx_preferred; ///< some peers repeat Rx-Pref
    std::vector<ContentType> rx;
    std::vector<ContentType> tx_preferred;
    std::vector<ContentType> tx;
    std::vector<ContentCapability> capabilities;
    bool shared_memory = false;
    std::optional<std::uint64_t> max_memory;
    std::optional<std::uint64_t> max_ids;
    bool hierarchical = false;
    std::vector<std::uint32_t> sync_types; ///< 1…7; other numbers are kept
    std::vector<ContentType> filter_rx;
    std::vector<FilterCapability> filters;
    bool operator==(const DataStoreInfo&) const = default;
};

struct Extension { // Ext
    std::string name;
    std::vector<std::string> values;
    bool operator==(const Extension&) const = default;
};

struct DevInf {
    std::string ver_dtd = "1.2";
    std::string manufacturer;
    std::string model;
    std::string oem;
    std::string firmware_version;
    std::string software_version;
    std::string hardware_version;
    std::string device_id;
    std::string device_type;
    bool utc = false;
    bool large_objects = false;
    bool number_of_changes = false;
    std::vector<DataStoreInfo> datastores;
    /// CTCap directly under DevInf, the place of DevInf 1.1.
    std::vector<ContentCapability> capabilities;
    std::vector<Extension> extensions;
    bool operator==(const DevInf&) const = default;
};

/// The datastore that `uri` names, whatever stands around the name there (`./`, a slash, a query): of nested ones
/// (Oracle's `/Calendar` and `/Calendar/Events`) the innermost that holds it. Null: none of them.
const DataStoreInfo* find_datastore(const DevInf& devinf, std::string_view uri);

} // namespace syncml
