#pragma once

#include "item/item.hpp"
#include "storage/item_kind.hpp"

#include <span>
#include <string>
#include <string_view>

/// Which kinds of services there are.
namespace kinds {

/// All that sets one kind of service apart from the others: another kind is another row of the table.
struct ServiceKind {
    std::string_view name; ///< `CONTACT`: in profiles and on the bus
    item::Kind content;
    storage::ItemKind items;           ///< of the embedded store
    std::string_view local_uri;        ///< our datastore's LocURI
    std::string_view file_suffix;      ///< of files in a directory that hold one item each
    std::span<const item::Form> forms; ///< in which items come and go, the preferred one first

    /// `contact`: for people, and in the path of the store.
    std::string_view word() const { return item::word(content); }
};

std::span<const ServiceKind> all();
/// Null for a service that this program does not keep.
const ServiceKind* find(std::string_view name);
/// That of items, wherever they are kept.
const ServiceKind& of(storage::ItemKind items);

/// `CONTACT, EVENT, TASK or NOTE`: for people.
std::string all_names();

} // namespace kinds
