#pragma once

#include "storage/database.hpp"
#include "storage/item_store.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace storage {

using ItemId = std::int64_t;
/// Number of a profile in the `writer` table; applications are 0.
using Writer = std::int64_t;
constexpr Writer application = 0;
constexpr Writer nobody = -1; ///< a profile that has never written

/// The LUID's number; nothing for a text that we never gave out.
std::optional<ItemId> parse_luid(std::string_view luid);

/// One row of the item table.
struct ItemRow {
    ItemId id = 0;
    std::uint64_t revision = 0;
    std::uint64_t created = 0;
    bool alive = false;
    Writer writer = application;
    Writer creator = application;
    std::int64_t hash = 0;
};

/// The rows of items.db and what must change together with them: the revision, the counts,
/// the content. Writing calls need an open Transaction.
class ItemTable {
public:
    /// The schema, one step per version.
    static std::span<const char* const> steps();

    explicit ItemTable(Database& database) : database_(database) {}

    std::optional<ItemRow> find(ItemKind kind, ItemId id);
    std::optional<ItemRow> find(ItemKind kind, std::string_view luid);
    std::optional<ItemRow> find_alive(ItemKind kind, std::string_view luid);
    /// Whether the item is alive and has exactly this content.
    bool has_data(const ItemRow& item, std::string_view data);
    /// A live item of equal data that is not `taken`. Looks at a bounded number of candidates, so that
    /// a peer with a thousand equal items costs no more than others.
    std::optional<ItemId> find_equal(ItemKind kind, std::string_view data, const Luids& taken);

    ItemId new_id();
    void insert(ItemKind kind, ItemId id, Writer writer, std::string_view data);
    void update(ItemKind kind, ItemId id, Writer writer, std::string_view data);
    /// Leaves a tombstone.
    void bury(ItemKind kind, ItemId id, Writer writer);
    /// A new revision of an unchanged item, in the name of its last writer.
    void touch(ItemKind kind, ItemId id);

    Writer find_writer(std::string_view profile);
    Writer make_writer(std::string_view profile);

private:
    std::uint64_t next_revision(ItemKind kind, int live_delta);

    Database& database_;
};

} // namespace storage
