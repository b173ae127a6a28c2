#pragma once

#include "storage/item_store.hpp"
#include "syncml/devinf.hpp"

#include <string_view>
#include <vector>

namespace runner {

/// What this machine keeps for one kind of service.
struct ServiceKind {
    std::string_view name;      ///< `CONTACT`
    std::string_view local_uri; ///< our datastore's LocURI
    storage::ItemKind items;
    std::vector<syncml::ContentType> types; ///< the preferred one first
};

/// Null for a service that this program does not keep.
const ServiceKind* find_service_kind(std::string_view name);

} // namespace runner
