#pragma once

#include "storage/item_table.hpp"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace storage {

class ItemStore::Impl {
public:
    explicit Impl(std::unique_ptr<Database> opened) : database(std::move(opened)), table(*database) {}

    bool add_again(ItemKind kind, Writer writer, ItemId id, std::string_view data, Placing placing);
    std::optional<ItemId> find_guid(ItemKind kind, Writer writer, std::string_view guid);
    void note_guid(ItemKind kind, Writer writer, std::string_view guid, ItemId id);
    void stage(ItemKind kind, Writer writer, ItemId id, std::string_view data);
    /// The number of a LUID that is alive or staged by `writer`.
    std::optional<ItemId> find_stageable(ItemKind kind, Writer writer, std::string_view luid);
    void add_contents(SessionChange& change, std::uint64_t before);
    bool has_rows(const char* sql, Writer writer, ItemKind kind);

    std::unique_ptr<Database> database;
    ItemTable table;
    std::vector<std::pair<ItemKind, std::uint64_t>> settled; ///< kinds and marks, for the end of the session
    bool has_looked = false;                                 ///< the session, at what others wrote
};

} // namespace storage
