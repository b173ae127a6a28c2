#include "storage/item_table.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace storage {
namespace {

// item: one row per item that ever lived, its tombstone included, small and without content so that looking
//   for changes never reads items. item_change covers every question about changes.
// content: the data of live items. staged: that of a refresh which is not published yet.
// guid: which item an Add of a profile's peer became.
// total: one row; counted in the transaction of the change it counts.
constexpr const char* version_1 = R"sql(
CREATE TABLE total (
    revision INTEGER NOT NULL,
    last_id  INTEGER NOT NULL,
    contacts INTEGER NOT NULL,
    events   INTEGER NOT NULL
);
INSERT INTO total VALUES (1, 0, 0, 0);
CREATE TABLE writer (
    number  INTEGER PRIMARY KEY,
    profile TEXT NOT NULL UNIQUE
);
CREATE TABLE item (
    kind     INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created  INTEGER NOT NULL,
    alive    INTEGER NOT NULL,
    writer   INTEGER NOT NULL,
    creator  INTEGER NOT NULL,
    hash     INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) WITHOUT ROWID;
CREATE INDEX item_change ON item (kind, revision, writer, created, creator, alive);
CREATE INDEX item_equal ON item (kind, hash) WHERE alive;
CREATE TABLE content (
    id   INTEGER PRIMARY KEY,
    data BLOB NOT NULL
);
CREATE TABLE staged (
    writer INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    id     INTEGER NOT NULL,
    data   BLOB NOT NULL,
    UNIQUE (writer, kind, id)
);
CREATE TABLE guid (
    writer INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    guid   TEXT NOT NULL,
    id     INTEGER NOT NULL,
    PRIMARY KEY (writer, kind, guid)
) WITHOUT ROWID;
CREATE TABLE peer (
    writer   INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    database TEXT NOT NULL,
    PRIMARY KEY (writer, kind)
) WITHOUT ROWID;
)sql";

// meaning: hash of what the item means, by the rules of version `total.rules`; null when it was not looked for since
//   the item was written, 0 when it means nothing. Filled where a session needs it, for reading 100,000 items
//   in the step itself would make the first start after it wait.
constexpr const char* version_2 = R"sql(
ALTER TABLE total ADD COLUMN rules INTEGER NOT NULL DEFAULT 0;
ALTER TABLE item ADD COLUMN meaning INTEGER;
CREATE INDEX item_meaning ON item (kind, meaning) WHERE alive;
)sql";

// version: what an item held from `revision` on, until `until` replaced it, as far as somebody may ask for that again.
// session: a session of a profile (`writer`), or an undoing, that changed something; `undone`: the number of what an
//   undoing takes back, else 0. change: what it changed; `before`: the revision of what was there, 0: nothing.
// peer.seen: up to this revision a session has looked at the items, so that its peer may know them. peer.mark: up to
//   this the profile's changes are settled. Of the sessions before this step nobody knows: they may have seen all.
// total.kept: octets in `version`.
constexpr const char* version_3 = R"sql(
CREATE TABLE version (
    kind     INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    writer   INTEGER NOT NULL,
    data     BLOB NOT NULL,
    PRIMARY KEY (id, revision)
);
CREATE INDEX version_end ON version (until);
CREATE TABLE session (
    entry  INTEGER PRIMARY KEY,
    writer INTEGER NOT NULL,
    number INTEGER NOT NULL,
    undone INTEGER NOT NULL,
    time   INTEGER NOT NULL,
    UNIQUE (writer, number)
);
CREATE TABLE change (
    entry    INTEGER NOT NULL,
    id       INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    kind     INTEGER NOT NULL,
    before   INTEGER NOT NULL,
    what     INTEGER NOT NULL,
    rule     INTEGER NOT NULL,
    PRIMARY KEY (entry, id, revision)
) WITHOUT ROWID;
CREATE INDEX change_item ON change (id, revision);
ALTER TABLE peer ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN mark INTEGER NOT NULL DEFAULT 0;
UPDATE peer SET seen = (SELECT revision FROM total);
ALTER TABLE total ADD COLUMN kept INTEGER NOT NULL DEFAULT 0;
CREATE TRIGGER version_comes AFTER INSERT ON version
BEGIN UPDATE total SET kept = kept + length(new.data); END;
CREATE TRIGGER version_goes AFTER DELETE ON version
BEGIN UPDATE total SET kept = kept - length(old.data); END;
)sql";

// planned: what a profile's peer was told is done and is not carried out yet, with the session that it was told in;
// without
//   data the item is to go. `seen` is the item's revision that the peer's change is of.
// review: what a profile is held for, in bits (reviews.hpp), and what somebody has agreed to.
constexpr const char* version_4 = R"sql(
CREATE TABLE planned (
    writer INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    id     INTEGER NOT NULL,
    seen   INTEGER NOT NULL,
    number INTEGER NOT NULL,
    time   INTEGER NOT NULL,
    rule   INTEGER NOT NULL,
    data   BLOB,
    UNIQUE (writer, kind, id)
);
CREATE TABLE review (
    writer      INTEGER NOT NULL,
    kind        INTEGER NOT NULL,
    held        INTEGER NOT NULL,
    agreed_to   INTEGER NOT NULL DEFAULT 0,
    slow_agreed INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (writer, kind)
) WITHOUT ROWID;
)sql";

// conflict: an item of which not all could be merged (ItemConflict); `copy`: the item that the server's version is now,
//   0: none. Numbers are never given twice. conflict_field: what of it contradicts, for people.
constexpr const char* version_5 = R"sql(
CREATE TABLE conflict (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    writer INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    item   INTEGER NOT NULL,
    copy   INTEGER NOT NULL,
    time   INTEGER NOT NULL,
    way    INTEGER NOT NULL,
    theirs BLOB NOT NULL,
    with_ours   BLOB NOT NULL,
    with_theirs BLOB NOT NULL
);
CREATE TABLE conflict_field (
    number INTEGER NOT NULL,
    name   TEXT NOT NULL,
    ours   TEXT NOT NULL,
    theirs TEXT NOT NULL,
    base   TEXT NOT NULL
);
CREATE INDEX conflict_fields ON conflict_field (number);
CREATE TRIGGER conflict_goes AFTER DELETE ON conflict
BEGIN DELETE FROM conflict_field WHERE number = old.number; END;
)sql";

// directory: one that is mirrored here, `kind` being that of its items, whose remainder by four says what they are, and
//   `items` how many are alive; file: what is known of a file in it; `item` 0: it holds none (directories.hpp).
//   Queries name the index that they need: without statistics, which need a look at everything, SQLite takes the
//   primary key for as good, and goes through all files for each item.
constexpr const char* version_6 = R"sql(
ALTER TABLE total ADD COLUMN directories INTEGER NOT NULL DEFAULT 0;
CREATE TABLE directory (
    kind    INTEGER PRIMARY KEY,
    path    TEXT NOT NULL,
    mark    TEXT NOT NULL DEFAULT '',
    items   INTEGER NOT NULL DEFAULT 0,
    written INTEGER NOT NULL DEFAULT 0,
    consent INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE file (
    kind     INTEGER NOT NULL,
    name     TEXT NOT NULL,
    item     INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    inode    INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    changed  INTEGER NOT NULL,
    fault    TEXT NOT NULL,
    PRIMARY KEY (kind, name)
) WITHOUT ROWID;
CREATE INDEX file_item ON file (kind, item);
CREATE INDEX file_fault ON file (kind, name) WHERE fault <> '';
)sql";

// trait: hashes of what tells an item from others (Likeness), as of when its meaning was found out; one that holds no
//   more finds a candidate too much. planned.twin: the item (as of `twin_seen`) that this one, which the peer has
//   added, was found to be; it takes the data, if there are any, and this one goes.
constexpr const char* version_7 = R"sql(
CREATE TABLE trait (
    kind INTEGER NOT NULL,
    key  INTEGER NOT NULL,
    id   INTEGER NOT NULL,
    PRIMARY KEY (kind, key, id)
) WITHOUT ROWID;
CREATE INDEX trait_item ON trait (id);
ALTER TABLE planned ADD COLUMN twin INTEGER NOT NULL DEFAULT 0;
ALTER TABLE planned ADD COLUMN twin_seen INTEGER NOT NULL DEFAULT 0;
)sql";

constexpr const char* version_8 = R"sql(
ALTER TABLE total ADD COLUMN tasks INTEGER NOT NULL DEFAULT 0;
ALTER TABLE total ADD COLUMN notes INTEGER NOT NULL DEFAULT 0;
)sql";

// guid.mapped: the peer has learned the LUID, and may lose it again. What a session asks for at its beginning are the
// others.
constexpr const char* version_9 = R"sql(
ALTER TABLE guid ADD COLUMN mapped INTEGER NOT NULL DEFAULT 0;
CREATE INDEX guid_unmapped ON guid (writer, kind) WHERE NOT mapped;
)sql";

// planned.theirs: what the peer has of an item that others have written, too; its data are what was made of both.
constexpr const char* version_10 = R"sql(
ALTER TABLE planned ADD COLUMN theirs BLOB;
)sql";

// file.wording: what a collection that is no directory has made of the item, if that is not all of it.
constexpr const char* version_11 = R"sql(
ALTER TABLE file ADD COLUMN wording BLOB NOT NULL DEFAULT '';
)sql";

// peer.promised: the mark that the profile's state holds is no later one; written before it moves. One that is later
// belongs to another store, or to what this one was after it was copied. Of the marks before this step all are taken
// for good.
constexpr const char* version_12 = R"sql(
ALTER TABLE peer ADD COLUMN promised INTEGER NOT NULL DEFAULT 0;
UPDATE peer SET promised = (SELECT revision FROM total);
)sql";

constexpr const char* all_steps[] = {version_1, version_2, version_3, version_4,  version_5,  version_6,
                                     version_7, version_8, version_9, version_10, version_11, version_12};

} // namespace

std::int64_t hash_of(std::string_view data)
{
    // FNV-1a, eight octets at a time.
    std::uint64_t hash = 14695981039346656037u ^ data.size();
    while (!data.empty()) {
        std::uint64_t word = 0;
        const auto size = std::min(data.size(), sizeof word);
        std::memcpy(&word, data.data(), size);
        data.remove_prefix(size);
        hash = (hash ^ word) * 1099511628211u;
        hash ^= hash >> 32; // carries high bits down, where the product never brings them
    }
    return static_cast<std::int64_t>(hash);
}

std::optional<ItemId> parse_luid(std::string_view luid)
{
    ItemId id = 0;
    const auto* end = luid.data() + luid.size();
    const auto [stop, error] = std::from_chars(luid.data(), end, id);
    // No second spelling: a sign or a leading zero makes it another text, hence another LUID.
    if (error != std::errc() || stop != end || luid.front() < '1' || luid.front() > '9')
        return std::nullopt;
    return id;
}

std::span<const char* const> ItemTable::steps()
{
    return all_steps;
}

std::optional<ItemRow> ItemTable::find(ItemKind kind, ItemId id)
{
    auto row = database_.query("SELECT revision, created, alive, writer, creator, hash FROM item "
                               "WHERE kind = ?1 AND id = ?2",
                               static_cast<int>(kind), id);
    if (!row.next())
        return std::nullopt;
    return ItemRow{id, row.count(0), row.count(1), row.number(2) != 0, row.number(3), row.number(4), row.number(5)};
}

std::optional<ItemRow> ItemTable::find(ItemKind kind, std::string_view luid)
{
    const auto id = parse_luid(luid);
    return id ? find(kind, *id) : std::nullopt;
}

std::optional<ItemRow> ItemTable::find_alive(ItemKind kind, ItemId id)
{
    const auto row = find(kind, id);
    return row && row->alive ? row : std::nullopt;
}

std::optional<ItemRow> ItemTable::find_alive(ItemKind kind, std::string_view luid)
{
    const auto id = parse_luid(luid);
    return id ? find_alive(kind, *id) : std::nullopt;
}

bool ItemTable::has_data(const ItemRow& item, std::string_view data)
{
    return item.alive && item.hash == hash_of(data) && contents_.equals(item.id, data);
}

std::uint64_t ItemTable::next_revision(ItemKind kind, int live_delta)
{
    const auto delta = [&](ItemKind one) { return kind == one ? live_delta : 0; };
    auto total =
        database_.query("UPDATE total SET revision = revision + 1, contacts = contacts + ?1, "
                        "events = events + ?2, tasks = tasks + ?3, notes = notes + ?4 RETURNING revision",
                        delta(ItemKind::Contact), delta(ItemKind::Event), delta(ItemKind::Task), delta(ItemKind::Note));
    total.next();
    const auto revision = total.count(0);
    total.run();
    if (is_of_directory(kind) && live_delta != 0)
        database_.execute("UPDATE directory SET items = items + ?2 WHERE kind = ?1", static_cast<int>(kind),
                          live_delta);
    return revision;
}

ItemId ItemTable::new_id()
{
    auto total = database_.query("UPDATE total SET last_id = last_id + 1 RETURNING last_id");
    total.next();
    const auto id = total.number(0);
    total.run();
    return id;
}

void ItemTable::insert(ItemKind kind, ItemId id, Writer writer, std::string_view data, Rule rule)
{
    const auto revision = next_revision(kind, +1);
    versions_.note(kind, ItemRow{.id = id}, {revision, writer, What::Added, rule});
    database_.execute("INSERT INTO item (kind, id, revision, created, alive, writer, creator, hash) "
                      "VALUES (?1, ?2, ?3, ?3, 1, ?4, ?4, ?5)",
                      static_cast<int>(kind), id, revision, writer, hash_of(data));
    contents_.insert(id, data);
}

void ItemTable::update(ItemKind kind, const ItemRow& item, Writer writer, std::string_view data, Rule rule)
{
    const auto revision = next_revision(kind, 0);
    versions_.note(kind, item, {revision, writer, What::Updated, rule});
    database_.execute("UPDATE item SET revision = ?3, writer = ?4, hash = ?5, meaning = NULL "
                      "WHERE kind = ?1 AND id = ?2",
                      static_cast<int>(kind), item.id, revision, writer, hash_of(data));
    contents_.update(item.id, data);
}

void ItemTable::bury(ItemKind kind, const ItemRow& item, Writer writer, Rule rule)
{
    const auto revision = next_revision(kind, -1);
    versions_.note(kind, item, {revision, writer, What::Deleted, rule});
    database_.execute("UPDATE item SET revision = ?3, writer = ?4, alive = 0, hash = 0, meaning = NULL "
                      "WHERE kind = ?1 AND id = ?2",
                      static_cast<int>(kind), item.id, revision, writer);
    contents_.remove(item.id);
    database_.execute("DELETE FROM trait WHERE id = ?1", item.id);
}

void ItemTable::revive(ItemKind kind, const ItemRow& item, Writer writer, std::string_view data, Rule rule)
{
    const auto revision = next_revision(kind, +1);
    versions_.note(kind, item, {revision, writer, What::Added, rule});
    database_.execute("UPDATE item SET revision = ?3, writer = ?4, alive = 1, hash = ?5, meaning = NULL "
                      "WHERE kind = ?1 AND id = ?2",
                      static_cast<int>(kind), item.id, revision, writer, hash_of(data));
    contents_.insert(item.id, data);
}

void ItemTable::touch(ItemKind kind, ItemId id)
{
    const auto revision = next_revision(kind, 0);
    database_.execute("UPDATE item SET revision = ?3 WHERE kind = ?1 AND id = ?2", static_cast<int>(kind), id,
                      revision);
}

void ItemTable::claim(ItemKind kind, ItemId id, Writer writer)
{
    const auto revision = next_revision(kind, 0);
    database_.execute("UPDATE item SET revision = ?3, writer = ?4 WHERE kind = ?1 AND id = ?2", static_cast<int>(kind),
                      id, revision, writer);
}

Writer ItemTable::find_writer(std::string_view profile)
{
    auto row = database_.query("SELECT number FROM writer WHERE profile = ?1", profile);
    return row.next() ? row.number(0) : nobody;
}

Writer ItemTable::make_writer(std::string_view profile)
{
    if (const auto known = find_writer(profile); known != nobody)
        return known;
    database_.execute("INSERT INTO writer (profile) VALUES (?1)", profile);
    return find_writer(profile);
}

} // namespace storage
