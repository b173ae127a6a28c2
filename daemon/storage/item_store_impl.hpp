#pragma once

#include "storage/item_table.hpp"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace storage {

/// Whether others wrote the item after `upto`.
bool edited_meanwhile(const ItemRow& item, Writer writer, std::uint64_t upto);

/// Whether the peer may write this item. A deletion after `upto` is an edit, too.
ItemStore::PeerWrite judge(const std::optional<ItemRow>& item, Writer writer, std::uint64_t upto);

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

    // Of plans (reviews.cpp).
    struct PlannedRow {
        ItemId id = 0;
        std::uint64_t seen = 0; ///< the item's revision that the peer's change is of
        SessionTag session;     ///< that it came in; number 0: of none that is recorded
        Rule rule = Rule::None;
        bool removes = false;
        ItemId twin = 0; ///< the item that it was found to be; 0: none
        std::uint64_t twin_seen = 0;
        bool merges = false; ///< what others have written of it, too
    };
    void plan(ItemKind kind, Writer writer, const ItemRow& item, std::optional<std::string_view> data, Rule rule);
    bool is_removal_planned(ItemKind kind, Writer writer, ItemId id);
    void forget_plan(ItemKind kind, Writer writer, ItemId id);
    void forget_plans(ItemKind kind, Writer writer);
    std::vector<PlannedRow> planned_rows(ItemKind kind, Writer writer, std::string_view profile);
    void carry_out(ItemKind kind, Writer writer, const PlannedRow& row);
    /// `item` is alive.
    void merge(ItemKind kind, Writer writer, const ItemRow& item, std::string_view theirs, std::string_view merged);
    void carry_out_match(ItemKind kind, Writer writer, const PlannedRow& row);

    std::unique_ptr<Database> database;
    ItemTable table;
    std::vector<std::pair<ItemKind, std::uint64_t>> settled; ///< kinds and marks, for the end of the session
    bool has_looked = false;                                 ///< the session, at what others wrote
};

} // namespace storage
