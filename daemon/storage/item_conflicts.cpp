// Items that were changed here and at a server: docs/decisions/0019-merge.md.
#include "storage/item_store.hpp"

#include "storage/item_store_impl.hpp"

#include <utility>

namespace storage {
namespace {

constexpr const char* columns = "SELECT conflict.number, profile, kind, item, copy, time, way, theirs, with_ours, "
                                "with_theirs FROM conflict JOIN writer ON writer.number = conflict.writer ";

ItemConflict conflict_of(Database& database, const Query& row)
{
    ItemConflict conflict;
    conflict.number = row.count(0);
    conflict.profile = row.text(1);
    conflict.kind = static_cast<ItemKind>(row.number(2));
    conflict.luid = row.text(3);
    conflict.copy = row.number(4) == 0 ? std::string() : row.text(4);
    conflict.time = row.number(5);
    conflict.way = static_cast<ItemConflict::Way>(row.number(6));
    conflict.theirs = row.text(7);
    conflict.with_ours = row.text(8);
    conflict.with_theirs = row.text(9);
    for (auto fields = database.query("SELECT name, ours, theirs, base FROM conflict_field WHERE number = ?1 "
                                      "ORDER BY rowid",
                                      conflict.number);
         fields.next();)
        conflict.fields.push_back({fields.text(0), fields.text(1), fields.text(2), fields.text(3)});
    return conflict;
}

/// Cut, but not within a character.
std::string_view short_text(std::string_view text)
{
    if (text.size() <= max_conflict_text)
        return text;
    auto size = max_conflict_text;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    return text.substr(0, size);
}

} // namespace

bool ItemStore::merge_from_peer(ItemKind kind, std::string_view profile, std::string_view luid, std::string_view theirs,
                                std::string_view merged)
{
    return transact(*impl_->database, [&] {
        const auto item = impl_->table.find_alive(kind, luid);
        if (item)
            impl_->merge(kind, impl_->table.make_writer(profile), *item, theirs, merged);
        return item.has_value();
    });
}

void ItemStore::Impl::merge(ItemKind kind, Writer writer, const ItemRow& item, std::string_view theirs,
                            std::string_view merged)
{
    auto now = item;
    // What the peer has is what the next merge begins with.
    if (!table.has_data(item, theirs)) {
        table.update(kind, item, writer, theirs, Rule::ServerChanged);
        now = table.find(kind, item.id).value();
    }
    if (!table.has_data(now, merged))
        table.update(kind, now, application, merged, Rule::Merged);
}

bool ItemStore::revive_from_peer(ItemKind kind, std::string_view profile, std::string_view luid, std::string_view data)
{
    return transact(*impl_->database, [&] {
        const auto item = impl_->table.find(kind, luid);
        if (!item || item->alive)
            return false;
        impl_->table.revive(kind, *item, impl_->table.make_writer(profile), data, Rule::ServerChanged);
        return true;
    });
}

std::string ItemStore::add_beside(ItemKind kind, std::string_view data)
{
    return transact(*impl_->database, [&] {
        const auto id = impl_->table.new_id();
        impl_->table.insert(kind, id, application, data, Rule::Merged);
        return std::to_string(id);
    });
}

void ItemStore::note_conflict(const ItemConflict& conflict)
{
    auto& db = *impl_->database;
    const auto recording = impl_->table.versions().recording();
    transact(db, [&] {
        db.execute("INSERT INTO conflict (writer, kind, item, copy, time, way, theirs, with_ours, with_theirs) "
                   "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                   impl_->table.make_writer(conflict.profile), static_cast<int>(conflict.kind),
                   parse_luid(conflict.luid).value_or(0), parse_luid(conflict.copy).value_or(0),
                   recording ? recording->tag.time : conflict.time, static_cast<int>(conflict.way),
                   Blob{conflict.theirs}, Blob{conflict.with_ours}, Blob{conflict.with_theirs});
        std::size_t count = 0;
        for (const auto& field : conflict.fields) {
            if (++count > max_conflict_fields)
                break;
            db.execute("INSERT INTO conflict_field (number, name, ours, theirs, base) "
                       "SELECT max(number), ?1, ?2, ?3, ?4 FROM conflict",
                       short_text(field.name), short_text(field.ours), short_text(field.theirs),
                       short_text(field.base));
        }
        db.execute("DELETE FROM conflict WHERE number <= (SELECT max(number) FROM conflict) - ?1", max_conflicts);
    });
}

std::vector<ItemConflict> ItemStore::conflicts(std::string_view profile, std::uint64_t after, std::size_t bytes) const
{
    std::vector<ItemConflict> conflicts;
    std::size_t size = 0;
    static const std::string of_profile =
        std::string(columns) + "WHERE profile = ?1 AND conflict.number > ?2 ORDER BY conflict.number";
    for (auto rows = impl_->database->query(of_profile.c_str(), profile, after); rows.next();) {
        size += rows.view(7).size() + rows.view(8).size() + max_conflict_text * 3;
        if (!conflicts.empty() && size > bytes)
            break;
        conflicts.push_back(conflict_of(*impl_->database, rows));
    }
    return conflicts;
}

std::optional<ItemConflict> ItemStore::find_conflict(std::string_view profile, std::uint64_t number) const
{
    static const std::string one = std::string(columns) + "WHERE profile = ?1 AND conflict.number = ?2";
    auto row = impl_->database->query(one.c_str(), profile, number);
    return row.next() ? std::optional(conflict_of(*impl_->database, row)) : std::nullopt;
}

std::optional<ItemConflict> ItemStore::find_last_conflict(std::string_view profile, ItemKind kind,
                                                          std::string_view luid) const
{
    static const std::string of_item = std::string(columns) + "WHERE profile = ?1 AND kind = ?2 AND item = ?3 "
                                                              "ORDER BY conflict.number DESC LIMIT 1";
    auto row = impl_->database->query(of_item.c_str(), profile, static_cast<int>(kind), parse_luid(luid).value_or(0));
    return row.next() ? std::optional(conflict_of(*impl_->database, row)) : std::nullopt;
}

void ItemStore::forget_conflict(std::uint64_t number)
{
    transact(*impl_->database, [&] { impl_->database->execute("DELETE FROM conflict WHERE number = ?1", number); });
}

} // namespace storage
