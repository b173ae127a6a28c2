#pragma once

#include "storage/database.hpp"
#include "storage/item_contents.hpp"
#include "storage/item_store.hpp"
#include "storage/item_versions.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace storage {

/// The LUID's number; nothing for a text that we never gave out.
std::optional<ItemId> parse_luid(std::string_view luid);

/// Only finds candidates; equality is decided by what was hashed.
std::int64_t hash_of(std::string_view data);

/// What was found for data that a peer adds.
struct Match {
    std::optional<ItemId> id;
    std::optional<Traits> traits; ///< of the data, when nothing was found and it has been looked for
};

/// The rows of items.db and what must change together with them: the revision, the counts,
/// the content, and what is kept of the content before. Writing calls need an open Transaction.
class ItemTable {
public:
    /// The schema, one step per version.
    static std::span<const char* const> steps();

    explicit ItemTable(Database& database) : database_(database), contents_(database), versions_(database, contents_) {}

    std::optional<ItemRow> find(ItemKind kind, ItemId id);
    std::optional<ItemRow> find(ItemKind kind, std::string_view luid);
    std::optional<ItemRow> find_alive(ItemKind kind, ItemId id);
    std::optional<ItemRow> find_alive(ItemKind kind, std::string_view luid);
    /// Whether the item is alive and has exactly this content.
    bool has_data(const ItemRow& item, std::string_view data);
    /// A live item that may stand for one with this data: one of equal data, else one of the same meaning. Looks at a
    /// bounded number of candidates, so that a peer with a thousand equal items costs no more than others. Meanings
    /// that were not learned are not seen.
    Match find_match(ItemKind kind, std::string_view data, const Matching& matching);
    void set_traits(ItemKind kind, ItemId id, const Traits& traits);
    std::vector<ItemId> kin(ItemKind kind, ItemId id, std::size_t most);
    /// Finds out the traits of about so many items that it is not known of. False when none is left.
    bool learn_traits(ItemKind kind, const Matching& matching, std::size_t most);

    ItemId new_id();
    void insert(ItemKind kind, ItemId id, Writer writer, std::string_view data, Rule rule = Rule::None);
    void update(ItemKind kind, const ItemRow& item, Writer writer, std::string_view data, Rule rule = Rule::None);
    /// Leaves a tombstone.
    void bury(ItemKind kind, const ItemRow& item, Writer writer, Rule rule = Rule::None);
    /// A deleted item is there again. It stays the item that it was to those who knew it.
    void revive(ItemKind kind, const ItemRow& item, Writer writer, std::string_view data, Rule rule = Rule::None);
    /// A new revision of an unchanged item, in the name of its last writer.
    void touch(ItemKind kind, ItemId id);
    /// The same in the name of another one.
    void claim(ItemKind kind, ItemId id, Writer writer);

    Writer find_writer(std::string_view profile);
    Writer make_writer(std::string_view profile);
    ItemVersions& versions() { return versions_; }
    const ItemContents& contents() const { return contents_; }

private:
    std::uint64_t next_revision(ItemKind kind, int live_delta);
    void follow_rules(const Likeness& likeness);
    void learn_traits(ItemKind kind, const Likeness& likeness, ItemId id);

    Database& database_;
    ItemContents contents_;
    ItemVersions versions_;
};

} // namespace storage
