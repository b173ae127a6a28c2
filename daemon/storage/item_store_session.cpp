// What sessions do with the store.
#include "storage/item_store.hpp"

#include "storage/item_store_impl.hpp"
#include "storage/large_blob.hpp"

#include <algorithm>

namespace storage {

bool edited_meanwhile(const ItemRow& item, Writer writer, std::uint64_t upto)
{
    return item.revision > upto && item.writer != writer;
}

ItemStore::PeerWrite judge(const std::optional<ItemRow>& item, Writer writer, std::uint64_t upto)
{
    if (item && edited_meanwhile(*item, writer, upto))
        return ItemStore::PeerWrite::EditedMeanwhile;
    return item && item->alive ? ItemStore::PeerWrite::Done : ItemStore::PeerWrite::Missing;
}

// ---- reading -------------------------------------------------------------------

std::vector<ItemChange> ItemStore::changes(ItemKind kind, std::string_view profile, std::uint64_t mark,
                                           std::uint64_t upto, std::uint64_t after, std::size_t bytes) const
{
    constexpr std::size_t most = 1000; // a deletion has no octets
    std::vector<ItemChange> changes;
    std::size_t size = 0;
    for (auto rows = impl_->database->query(
             "SELECT id, revision, alive, created > ?3 AND creator <> ?2, "
             "iif(length(data) <= 262144, data, length(data)) FROM item LEFT JOIN content USING (id) "
             "WHERE kind = ?1 AND revision > ?5 AND revision <= ?4 AND writer <> ?2 "
             "AND (alive OR created <= ?3 OR creator = ?2) ORDER BY revision",
             static_cast<int>(kind), impl_->table.find_writer(profile), mark, upto, std::max(mark, after));
         rows.next();) {
        const auto octets = size_at(rows, 4);
        if (changes.size() == most || (!changes.empty() && size + octets > bytes))
            break;
        size += octets;
        const auto change = rows.number(2) == 0   ? ItemChange::Kind::Delete
                            : rows.number(3) != 0 ? ItemChange::Kind::Add
                                                  : ItemChange::Kind::Update;
        changes.push_back({change, rows.text(0), rows.count(1), impl_->table.contents().at(rows, 4, rows.number(0))});
    }
    return changes;
}

std::uint64_t ItemStore::count_changes(ItemKind kind, std::string_view profile, std::uint64_t mark,
                                       std::uint64_t upto) const
{
    auto row = impl_->database->query("SELECT count(*) FROM item "
                                      "WHERE kind = ?1 AND revision > ?3 AND revision <= ?4 AND writer <> ?2 "
                                      "AND (alive OR created <= ?3 OR creator = ?2)",
                                      static_cast<int>(kind), impl_->table.find_writer(profile), mark, upto);
    row.next();
    return row.count(0);
}

std::vector<StoredItem> ItemStore::page(ItemKind kind, std::uint64_t upto, std::string_view after,
                                        std::size_t bytes) const
{
    std::vector<StoredItem> items;
    std::size_t size = 0;
    for (auto rows = impl_->database->query(
             "SELECT id, revision, iif(length(data) <= 262144, data, length(data)) FROM item JOIN content USING (id) "
             "WHERE kind = ?1 AND id > ?2 AND alive AND created <= ?3 ORDER BY id",
             static_cast<int>(kind), parse_luid(after).value_or(0), upto);
         rows.next();) {
        const auto octets = size_at(rows, 2);
        if (!items.empty() && size + octets > bytes)
            break;
        size += octets;
        items.push_back({rows.text(0), rows.count(1), impl_->table.contents().at(rows, 2, rows.number(0))});
    }
    return items;
}

std::uint64_t ItemStore::count(ItemKind kind, std::uint64_t upto, std::string_view after) const
{
    auto row =
        impl_->database->query("SELECT COUNT(*) FROM item WHERE kind = ?1 AND id > ?2 AND alive AND created <= ?3",
                               static_cast<int>(kind), parse_luid(after).value_or(0), upto);
    row.next();
    return row.count(0);
}

std::optional<ItemHead> ItemStore::find_head(ItemKind kind, std::string_view profile, std::string_view luid) const
{
    const auto row = impl_->table.find(kind, luid);
    if (!row)
        return std::nullopt;
    const auto writer = impl_->table.find_writer(profile);
    return ItemHead{row->revision, row->created, row->alive, row->writer == writer, row->creator == writer};
}

std::vector<MapEntry> ItemStore::unmapped(ItemKind kind, std::string_view profile, std::string_view database) const
{
    std::vector<MapEntry> entries;
    for (auto rows = impl_->database->query("SELECT guid, id FROM peer JOIN guid USING (writer, kind) "
                                            "JOIN item USING (kind, id) WHERE peer.writer = ?1 AND peer.kind = ?2 "
                                            "AND NOT mapped AND database = ?3 AND (alive OR item.writer <> ?1)",
                                            impl_->table.find_writer(profile), static_cast<int>(kind), database);
         rows.next();)
        entries.push_back({rows.text(0), rows.text(1)});
    return entries;
}

std::optional<std::string> ItemStore::find_by_guid(ItemKind kind, std::string_view profile, std::string_view guid) const
{
    auto row =
        impl_->database->query("SELECT id FROM guid WHERE writer = ?1 AND kind = ?2 AND guid = ?3 AND NOT mapped",
                               impl_->table.find_writer(profile), static_cast<int>(kind), guid);
    return row.next() ? std::optional(row.text(0)) : std::nullopt;
}

std::optional<std::string> ItemStore::find_mapped(ItemKind kind, std::string_view profile, std::string_view guid) const
{
    auto row = impl_->database->query("SELECT id FROM guid WHERE writer = ?1 AND kind = ?2 AND guid = ?3 AND mapped",
                                      impl_->table.find_writer(profile), static_cast<int>(kind), guid);
    return row.next() ? std::optional(row.text(0)) : std::nullopt;
}

bool ItemStore::has_other_peer(ItemKind kind, std::string_view profile) const
{
    return impl_->has_rows("SELECT 1 FROM peer WHERE writer <> ?1 AND kind = ?2", impl_->table.find_writer(profile),
                           kind);
}

std::uint64_t ItemStore::settled_revision(ItemKind kind, std::string_view profile, std::uint64_t upto) const
{
    auto row = impl_->database->query("SELECT coalesce((SELECT revision - 1 FROM item WHERE kind = ?1 "
                                      "AND revision > ?3 AND writer <> ?2 ORDER BY revision LIMIT 1), revision) "
                                      "FROM total",
                                      static_cast<int>(kind), impl_->table.find_writer(profile), upto);
    row.next();
    return row.count(0);
}

std::optional<std::uint64_t> ItemStore::find_missed_addition(ItemKind kind, std::string_view profile,
                                                             std::uint64_t mark, std::uint64_t upto) const
{
    auto row = impl_->database->query("SELECT created FROM item WHERE kind = ?1 AND revision > ?4 AND writer <> ?2 "
                                      "AND creator <> ?2 AND created > ?3 AND created <= ?4 ORDER BY created LIMIT 1",
                                      static_cast<int>(kind), impl_->table.find_writer(profile), mark, upto);
    return row.next() ? std::optional(row.count(0)) : std::nullopt;
}

// ---- writing -------------------------------------------------------------------

void ItemStore::attach_peer(ItemKind kind, std::string_view profile, std::string_view database)
{
    auto& db = *impl_->database;
    const auto number = static_cast<int>(kind);
    {
        auto same = db.query("SELECT NOT EXISTS (SELECT 1 FROM staged WHERE writer = peer.writer AND kind = peer.kind) "
                             "FROM peer WHERE writer = ?1 AND kind = ?2 AND database = ?3",
                             impl_->table.find_writer(profile), number, database);
        if (same.next() && same.number(0) != 0)
            return;
    }
    Transaction transaction(db);
    const auto writer = impl_->table.make_writer(profile);
    drop_staged(kind, profile);
    db.execute("DELETE FROM guid WHERE writer = ?1 AND kind = ?2 "
               "AND NOT EXISTS (SELECT 1 FROM peer WHERE writer = ?1 AND kind = ?2 AND database = ?3)",
               writer, number, database);
    db.execute("INSERT INTO peer (writer, kind, database) VALUES (?1, ?2, ?3) "
               // Of another database nothing is known yet.
               "ON CONFLICT DO UPDATE SET seen = iif(database = excluded.database, seen, 0), "
               "mark = iif(database = excluded.database, mark, 0), database = excluded.database",
               writer, number, database);
    transaction.commit();
}

ItemStore::Write ItemStore::add_from_peer(ItemKind kind, std::string_view profile, std::string_view guid,
                                          std::string_view data, Placing placing, const Matching& matching)
{
    return transact(*impl_->database, [&]() -> Write {
        auto& table = impl_->table;
        const auto writer = table.make_writer(profile);
        if (const auto known = impl_->find_guid(kind, writer, guid)) {
            if (impl_->add_again(kind, writer, *known, data, placing))
                return {std::to_string(*known), false, {}};
        }
        const auto match = placing == Placing::Insert ? Match() : table.find_match(kind, data, matching);
        if (match.id && matching.doubled.contains(*match.id)) {
            return {add_surplus(kind, profile, guid, data), true, std::to_string(*match.id)};
        }
        const auto id = match.id ? *match.id : table.new_id();
        if (placing == Placing::Stage)
            impl_->stage(kind, writer, id, data);
        else if (!match.id)
            table.insert(kind, id, writer, data, Rule::ServerAdded);
        if (placing != Placing::Stage && match.traits)
            table.set_traits(kind, id, *match.traits);
        impl_->note_guid(kind, writer, guid, id);
        return {std::to_string(id), !match.id, {}};
    });
}

std::string ItemStore::add_surplus(ItemKind kind, std::string_view profile, std::string_view guid,
                                   std::string_view data)
{
    return transact(*impl_->database, [&] {
        auto& table = impl_->table;
        const auto writer = table.make_writer(profile);
        const auto id = table.new_id();
        table.insert(kind, id, writer, data, Rule::Surplus);
        table.bury(kind, table.find(kind, id).value(), matcher, Rule::Surplus);
        impl_->note_guid(kind, writer, guid, id);
        return std::to_string(id);
    });
}

void ItemStore::learn_meanings(ItemKind kind, const Matching& matching)
{
    // Others who write wait for each of them only for a moment.
    constexpr std::size_t at_once = 500;
    while (transact(*impl_->database, [&] { return impl_->table.learn_traits(kind, matching, at_once); })) {
    }
}

std::vector<std::string> ItemStore::kin(ItemKind kind, std::string_view luid, std::size_t most) const
{
    std::vector<std::string> luids;
    for (const auto id : impl_->table.kin(kind, parse_luid(luid).value_or(0), most))
        luids.push_back(std::to_string(id));
    return luids;
}

std::vector<std::string> ItemStore::created_by(std::string_view profile, ItemKind kind, std::uint64_t after) const
{
    std::vector<std::string> luids;
    for (auto rows =
             impl_->database->query("SELECT id FROM item WHERE kind = ?1 AND revision > ?3 AND writer IN (?2, ?4) "
                                    "AND created > ?3 AND creator = ?2 AND alive ORDER BY id",
                                    static_cast<int>(kind), impl_->table.find_writer(profile), after, matcher);
         rows.next();)
        luids.push_back(rows.text(0));
    return luids;
}

void ItemStore::resend(ItemKind kind, std::string_view luid)
{
    transact(*impl_->database, [&] {
        if (const auto item = impl_->table.find_alive(kind, luid))
            impl_->table.claim(kind, item->id, matcher);
    });
}

/// The same Add once more, for an item we have: false when that is no place for it any more.
bool ItemStore::Impl::add_again(ItemKind kind, Writer writer, ItemId id, std::string_view data, Placing placing)
{
    const auto item = table.find(kind, id);
    const bool deleted = item && !item->alive;
    // The peer had it deleted, and uses its GUID for another item.
    if (deleted && item->writer == writer)
        return false;
    if (placing == Placing::Stage) {
        // A refresh brings back what was deleted here, as a new item.
        if (!deleted)
            stage(kind, writer, id, data);
        return !deleted;
    }
    if (!item) // was staged, and dropped
        return false;
    if (table.has_data(*item, data))
        return true;
    // A peer that adds again does not know the LUID yet: the edit, or the Delete, that went out under this LUID has
    // not reached the peer's item, so it must go out again.
    if (item->writer != writer)
        table.touch(kind, id);
    else
        table.update(kind, *item, writer, data, Rule::ServerAdded);
    return true;
}

ItemStore::PeerWrite ItemStore::replace_from_peer(ItemKind kind, std::string_view profile, std::string_view luid,
                                                  std::string_view data, std::uint64_t upto)
{
    return transact(*impl_->database, [&] {
        const auto item = impl_->table.find(kind, luid);
        const auto writer = impl_->table.make_writer(profile);
        const auto verdict = judge(item, writer, upto);
        if (verdict == PeerWrite::Done && !impl_->table.has_data(*item, data))
            impl_->table.update(kind, *item, writer, data, Rule::ServerChanged);
        return verdict;
    });
}

ItemStore::PeerWrite ItemStore::remove_from_peer(ItemKind kind, std::string_view profile, std::string_view luid,
                                                 std::uint64_t upto)
{
    return transact(*impl_->database, [&] {
        const auto item = impl_->table.find(kind, luid);
        const auto writer = impl_->table.make_writer(profile);
        const auto verdict = judge(item, writer, upto);
        if (verdict == PeerWrite::Done)
            impl_->table.bury(kind, *item, writer, Rule::ServerDeleted);
        return verdict;
    });
}

ItemStore::PeerWrite ItemStore::stage_replacement(ItemKind kind, std::string_view profile, std::string_view luid,
                                                  std::string_view data)
{
    return transact(*impl_->database, [&] {
        const auto writer = impl_->table.make_writer(profile);
        const auto id = impl_->find_stageable(kind, writer, luid);
        if (id)
            impl_->stage(kind, writer, *id, data);
        return id ? PeerWrite::Done : PeerWrite::Missing;
    });
}

ItemStore::PeerWrite ItemStore::unstage(ItemKind kind, std::string_view profile, std::string_view luid)
{
    return transact(*impl_->database, [&] {
        const auto writer = impl_->table.make_writer(profile);
        const auto id = impl_->find_stageable(kind, writer, luid);
        if (id)
            impl_->database->execute("DELETE FROM staged WHERE writer = ?1 AND kind = ?2 AND id = ?3", writer,
                                     static_cast<int>(kind), *id);
        return id ? PeerWrite::Done : PeerWrite::Missing;
    });
}

std::uint64_t ItemStore::publish_staged(ItemKind kind, std::string_view profile, std::uint64_t upto,
                                        Publishing publishing)
{
    return transact(*impl_->database, [&] {
        auto& db = *impl_->database;
        auto& table = impl_->table;
        const auto writer = table.make_writer(profile);
        std::vector<ItemId> superseded;
        for (auto rows = db.query("SELECT id FROM item WHERE kind = ?2 AND alive AND revision <= ?3 AND NOT EXISTS "
                                  "(SELECT 1 FROM staged WHERE writer = ?1 AND kind = ?2 AND staged.id = item.id)",
                                  writer, static_cast<int>(kind), upto);
             rows.next();)
            superseded.push_back(rows.number(0));
        for (const auto id : superseded) {
            const auto item = table.find(kind, id).value();
            if (publishing == Publishing::Planned)
                impl_->plan(kind, writer, item, std::nullopt, Rule::Refresh);
            else
                table.bury(kind, item, writer, Rule::Refresh);
        }

        for (auto rows = db.query("SELECT id, iif(length(data) <= 262144, data, length(data)), rowid FROM staged "
                                  "WHERE writer = ?1 AND kind = ?2 ORDER BY id",
                                  writer, static_cast<int>(kind));
             rows.next();) {
            const auto id = rows.number(0);
            const auto data = octets_at(db, rows, 1, "staged", rows.number(2));
            const auto item = table.find(kind, id);
            if (!item) {
                table.insert(kind, id, writer, data, Rule::Refresh);
                continue;
            }
            if (!item->alive || edited_meanwhile(*item, writer, upto) || table.has_data(*item, data))
                continue;
            if (publishing == Publishing::Planned)
                impl_->plan(kind, writer, *item, data, Rule::Refresh);
            else
                table.update(kind, *item, writer, data, Rule::Refresh);
        }
        db.execute("DELETE FROM staged WHERE writer = ?1 AND kind = ?2", writer, static_cast<int>(kind));
        return static_cast<std::uint64_t>(superseded.size());
    });
}

void ItemStore::drop_staged(ItemKind kind, std::string_view profile)
{
    const auto writer = impl_->table.find_writer(profile);
    if (!impl_->has_rows("SELECT 1 FROM staged WHERE writer = ?1 AND kind = ?2", writer, kind))
        return;
    transact(*impl_->database, [&] {
        // The GUIDs of items that will never be.
        impl_->database->execute("DELETE FROM guid WHERE writer = ?1 AND kind = ?2 "
                                 "AND NOT EXISTS (SELECT 1 FROM item WHERE kind = ?2 AND item.id = guid.id)",
                                 writer, static_cast<int>(kind));
        impl_->database->execute("DELETE FROM staged WHERE writer = ?1 AND kind = ?2", writer, static_cast<int>(kind));
    });
}

void ItemStore::note_mapped(ItemKind kind, std::string_view profile, const std::vector<MapEntry>& mapped)
{
    transact(*impl_->database, [&] {
        const auto writer = impl_->table.find_writer(profile);
        for (const auto& [guid, luid] : mapped)
            impl_->database->execute("UPDATE guid SET mapped = 1 WHERE writer = ?1 AND kind = ?2 AND guid = ?3 "
                                     "AND id = ?4 AND NOT mapped",
                                     writer, static_cast<int>(kind), guid, parse_luid(luid).value_or(0));
    });
}

void ItemStore::note_unmapped(ItemKind kind, std::string_view profile, std::string_view guid)
{
    impl_->database->execute("UPDATE guid SET mapped = 0 WHERE writer = ?1 AND kind = ?2 AND guid = ?3",
                             impl_->table.find_writer(profile), static_cast<int>(kind), guid);
}

void ItemStore::forget_guid(ItemKind kind, std::string_view profile, std::string_view guid)
{
    impl_->database->execute("DELETE FROM guid WHERE writer = ?1 AND kind = ?2 AND guid = ?3",
                             impl_->table.find_writer(profile), static_cast<int>(kind), guid);
}

void ItemStore::forget_guids(ItemKind kind, std::string_view profile)
{
    const auto writer = impl_->table.find_writer(profile);
    if (impl_->has_rows("SELECT 1 FROM guid WHERE writer = ?1 AND kind = ?2", writer, kind))
        impl_->database->execute("DELETE FROM guid WHERE writer = ?1 AND kind = ?2", writer, static_cast<int>(kind));
}

// ---- rows behind them ------------------------------------------------------------

std::optional<ItemId> ItemStore::Impl::find_guid(ItemKind kind, Writer writer, std::string_view guid)
{
    auto row = database->query("SELECT id FROM guid WHERE writer = ?1 AND kind = ?2 AND guid = ?3", writer,
                               static_cast<int>(kind), guid);
    return row.next() ? std::optional(row.number(0)) : std::nullopt;
}

void ItemStore::Impl::note_guid(ItemKind kind, Writer writer, std::string_view guid, ItemId id)
{
    database->execute("INSERT INTO guid (writer, kind, guid, id) VALUES (?1, ?2, ?3, ?4) "
                      "ON CONFLICT DO UPDATE SET id = excluded.id, mapped = 0",
                      writer, static_cast<int>(kind), guid, id);
}

void ItemStore::Impl::stage(ItemKind kind, Writer writer, ItemId id, std::string_view data)
{
    database->execute("DELETE FROM staged WHERE writer = ?1 AND kind = ?2 AND id = ?3", writer, static_cast<int>(kind),
                      id);
    database->execute("INSERT INTO staged (writer, kind, id, data) VALUES (?1, ?2, ?3, coalesce(?4, zeroblob(?5)))",
                      writer, static_cast<int>(kind), id, InRow{data}, data.size());
    if (LargeBlob::is_large(data))
        LargeBlob(*database, "staged", database->last_row(), LargeBlob::Access::Write).write(data);
}

std::optional<ItemId> ItemStore::Impl::find_stageable(ItemKind kind, Writer writer, std::string_view luid)
{
    const auto id = parse_luid(luid);
    if (!id)
        return std::nullopt;
    auto row = database->query("SELECT 1 FROM staged WHERE writer = ?1 AND kind = ?2 AND id = ?3 UNION ALL "
                               "SELECT 1 FROM item WHERE kind = ?2 AND id = ?3 AND alive",
                               writer, static_cast<int>(kind), *id);
    return row.next() ? id : std::nullopt;
}

bool ItemStore::Impl::has_rows(const char* sql, Writer writer, ItemKind kind)
{
    return database->query(sql, writer, static_cast<int>(kind)).next();
}

} // namespace storage
