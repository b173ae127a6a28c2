#include "storage/item_versions.hpp"

#include "storage/large_blob.hpp"

#include <vector>

namespace storage {

// ---- keeping -------------------------------------------------------------------------

void ItemVersions::note(ItemKind kind, const ItemRow& item, const Change& change)
{
    const auto entry = make_entry(change.by, change.rule);
    // What a session wrote and writes again was never anybody's: one row says what came of it. But what came and was
    // found to be another item may come back, if somebody thinks otherwise.
    const bool again = entry && change.rule != Rule::Matched &&
                       database_.execute("UPDATE change SET revision = ?4, what = CASE WHEN ?5 = 3 THEN 3 "
                                         "ELSE what END, rule = ?6 "
                                         "WHERE entry = ?1 AND id = ?2 AND revision = ?3",
                                         *entry, item.id, item.revision, change.revision, static_cast<int>(change.what),
                                         static_cast<int>(change.rule)) > 0;
    const bool keep = item.alive && ((entry && !again) || is_wanted(kind, item, change.by));
    if (keep)
        this->keep(kind, item, change.revision);
    if (entry && !again)
        database_.execute("INSERT INTO change (entry, id, revision, kind, before, what, rule) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                          *entry, item.id, change.revision, static_cast<int>(kind), item.alive ? item.revision : 0,
                          static_cast<int>(change.what), static_cast<int>(change.rule));
}

void ItemVersions::keep(ItemKind kind, const ItemRow& item, std::uint64_t until)
{
    const auto size = contents_.size(item.id);
    if (size <= LargeBlob::most_in_row) {
        database_.execute("INSERT INTO version (kind, id, revision, until, writer, data) "
                          "SELECT ?1, id, ?3, ?4, ?5, data FROM content WHERE id = ?2",
                          static_cast<int>(kind), item.id, item.revision, until, item.writer);
        return;
    }
    database_.execute("INSERT INTO version (kind, id, revision, until, writer, data) "
                      "VALUES (?1, ?2, ?3, ?4, ?5, zeroblob(?6))",
                      static_cast<int>(kind), item.id, item.revision, until, item.writer, size);
    LargeBlob version(database_, "version", database_.last_row(), LargeBlob::Access::Write);
    version.copy(contents_.open(item.id));
}

bool ItemVersions::is_wanted(ItemKind kind, const ItemRow& item, Writer by)
{
    // The peer of the profile that overwrites it knows what comes now.
    auto row = database_.query("SELECT EXISTS (SELECT 1 FROM peer WHERE kind = ?1 AND writer <> ?4 "
                               "AND (seen >= ?3 OR writer = ?5)) "
                               "OR EXISTS (SELECT 1 FROM change WHERE id = ?2 AND revision = ?3)",
                               static_cast<int>(kind), item.id, item.revision, by, item.writer);
    return (row.next() && row.number(0) != 0) || (is_of_directory(kind) && is_in_file(kind, item));
}

bool ItemVersions::is_in_file(ItemKind kind, const ItemRow& item)
{
    return database_
        .query("SELECT 1 FROM file INDEXED BY file_item WHERE kind = ?1 AND item = ?2 AND revision = ?3",
               static_cast<int>(kind), item.id, item.revision)
        .next();
}

std::optional<std::int64_t> ItemVersions::find_entry(Writer writer, std::uint64_t number)
{
    auto row = database_.query("SELECT entry FROM session WHERE writer = ?1 AND number = ?2", writer, number);
    return row.next() ? std::optional(row.number(0)) : std::nullopt;
}

std::optional<std::int64_t> ItemVersions::make_entry(Writer by, Rule rule)
{
    if (!recording_)
        return std::nullopt;
    const auto& tag = recording_->tag;
    // Looked up each time: a transaction that is rolled back takes the rows with it.
    Writer writer = nobody;
    {
        auto row = database_.query("SELECT number FROM writer WHERE profile = ?1", tag.profile);
        if (row.next())
            writer = row.number(0);
    }
    // What a session merges goes to its peer, too, and so is not written in its name.
    const bool is_merge = (rule == Rule::Merged || rule == Rule::Matched) && recording_->undone == 0;
    if (writer == nobody || (!is_merge && by != (recording_->undone == 0 ? writer : application)))
        return std::nullopt;
    if (const auto known = find_entry(writer, tag.number))
        return *known;
    database_.execute("INSERT INTO session (writer, number, undone, time) VALUES (?1, ?2, ?3, ?4)", writer, tag.number,
                      recording_->undone, tag.time);
    return find_entry(writer, tag.number);
}

// ---- finding -------------------------------------------------------------------------

std::optional<std::string> ItemVersions::find(ItemId id, std::uint64_t revision)
{
    auto row = database_.query("SELECT iif(length(data) <= 262144, data, length(data)), rowid FROM version "
                               "WHERE id = ?1 AND revision = ?2",
                               id, revision);
    return row.next() ? std::optional(octets_at(database_, row, 0, "version", row.number(1))) : std::nullopt;
}

std::optional<std::string> ItemVersions::find_current(ItemKind kind, ItemId id, std::uint64_t revision)
{
    {
        auto row = database_.query("SELECT 1 FROM item WHERE kind = ?1 AND id = ?2 AND revision = ?3 AND alive",
                                   static_cast<int>(kind), id, revision);
        if (row.next())
            return contents_.find(id);
    }
    return find(id, revision);
}

// ---- dropping ------------------------------------------------------------------------

void ItemVersions::drop_unless_needed(const std::vector<Key>& keys)
{
    // A profile may need what was there at its mark, what it has written, and what a session of it that broke off has
    // looked at; of all that nothing from before it wrote the item anew, for then its peer knows that. A file may hold
    // what was there.
    for (const auto& [id, revision] : keys)
        database_.execute(
            "DELETE FROM version WHERE id = ?1 AND revision = ?2 "
            "AND NOT EXISTS (SELECT 1 FROM change WHERE change.id = ?1 AND (before = ?2 OR change.revision = ?2)) "
            "AND NOT EXISTS (SELECT 1 FROM file INDEXED BY file_item WHERE file.kind = version.kind AND item = ?1 "
            "AND file.revision = ?2) "
            "AND NOT EXISTS (SELECT 1 FROM peer WHERE peer.kind = version.kind AND mark < until "
            "AND (version.revision <= seen OR version.writer = peer.writer) "
            "AND NOT EXISTS (SELECT 1 FROM version AS later WHERE later.id = ?1 AND later.revision >= version.until "
            "AND later.writer = peer.writer) "
            "AND NOT EXISTS (SELECT 1 FROM item WHERE item.kind = version.kind AND item.id = ?1 "
            "AND item.writer = peer.writer))",
            id, revision);
}

void ItemVersions::prune_ended(std::uint64_t after, std::uint64_t upto)
{
    std::vector<Key> keys;
    for (auto rows = database_.query("SELECT id, revision FROM version WHERE until > ?1 AND until <= ?2", after, upto);
         rows.next();)
        keys.push_back({rows.number(0), rows.count(1)});
    drop_unless_needed(keys);
}

void ItemVersions::prune_behind(std::int64_t entry)
{
    std::vector<Key> keys;
    for (auto rows = database_.query("SELECT version.id, version.revision FROM change JOIN version USING (id) "
                                     "WHERE entry = ?1 AND until <= change.revision",
                                     entry);
         rows.next();)
        keys.push_back({rows.number(0), rows.count(1)});
    drop_unless_needed(keys);
}

void ItemVersions::forget(std::int64_t entry)
{
    std::vector<Key> keys;
    for (auto rows = database_.query("SELECT id, before, revision FROM change WHERE entry = ?1", entry); rows.next();) {
        keys.push_back({rows.number(0), rows.count(1)});
        keys.push_back({rows.number(0), rows.count(2)});
    }
    database_.execute("DELETE FROM change WHERE entry = ?1", entry);
    database_.execute("DELETE FROM session WHERE entry = ?1", entry);
    drop_unless_needed(keys);
}

void ItemVersions::keep_newest(Writer writer, std::uint64_t sessions)
{
    std::vector<std::int64_t> oldest;
    for (const int is_undoing : {0, 1})
        for (auto rows = database_.query("SELECT entry FROM session WHERE writer = ?1 AND (undone <> 0) = ?3 "
                                         "ORDER BY entry DESC LIMIT -1 OFFSET ?2",
                                         writer, sessions, is_undoing);
             rows.next();)
            oldest.push_back(rows.number(0));
    for (const auto entry : oldest)
        forget(entry);
}

std::uint64_t ItemVersions::kept()
{
    auto row = database_.query("SELECT kept FROM total");
    row.next();
    return row.count(0);
}

void ItemVersions::shrink_to(std::uint64_t bytes)
{
    const auto oldest = [&]() -> std::optional<std::int64_t> {
        auto row = database_.query("SELECT entry FROM session WHERE entry < (SELECT max(entry) FROM session) "
                                   "ORDER BY entry LIMIT 1");
        return row.next() ? std::optional(row.number(0)) : std::nullopt;
    };
    while (kept() > bytes) {
        const auto entry = oldest();
        if (!entry)
            break;
        forget(*entry);
    }
    // Without the base of an edit a merge finds more conflicts than there are, but nothing is lost.
    while (kept() > bytes &&
           database_.execute("DELETE FROM version WHERE (id, revision) IN (SELECT id, revision "
                             "FROM version WHERE NOT EXISTS (SELECT 1 FROM change "
                             "WHERE change.id = version.id AND (before = version.revision "
                             "OR change.revision = version.revision)) ORDER BY until LIMIT 20)") > 0) {
    }
}

} // namespace storage
