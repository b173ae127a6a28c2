#include "store.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <charconv>

namespace testserver {

namespace {

constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS collection (
    id INTEGER PRIMARY KEY, user TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (user, name));
CREATE TABLE IF NOT EXISTS item (
    id INTEGER PRIMARY KEY AUTOINCREMENT, collection INTEGER NOT NULL, revision INTEGER NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS item_of_collection ON item (collection, id);
CREATE TABLE IF NOT EXISTS link (
    collection INTEGER NOT NULL, device TEXT NOT NULL, luid TEXT NOT NULL, item INTEGER NOT NULL,
    revision INTEGER NOT NULL, PRIMARY KEY (collection, device, luid), UNIQUE (collection, device, item)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS offer (
    collection INTEGER NOT NULL, device TEXT NOT NULL, item INTEGER NOT NULL, revision INTEGER NOT NULL,
    PRIMARY KEY (collection, device, item)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS anchors (
    collection INTEGER NOT NULL, device TEXT NOT NULL, client TEXT NOT NULL, server TEXT NOT NULL,
    PRIMARY KEY (collection, device)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS nonce (device TEXT PRIMARY KEY, nonce TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS device (
    id TEXT PRIMARY KEY, devinf_known INTEGER NOT NULL, number_of_changes INTEGER NOT NULL,
    large_objects INTEGER NOT NULL, told INTEGER NOT NULL)
    WITHOUT ROWID;
)";

std::string to_guid(std::int64_t id)
{
    return "g-" + std::to_string(id);
}

/// 0, which no item has, for anything that is not one of our ids.
std::int64_t to_id(std::string_view guid)
{
    std::int64_t id = 0;
    if (guid.starts_with("g-"))
        std::from_chars(guid.data() + 2, guid.data() + guid.size(), id);
    return to_guid(id) == guid ? id : 0;
}

void bind(SQLite::Statement&, int) {}

template <class First, class... Rest>
void bind(SQLite::Statement& statement, int index, const First& first, const Rest&... rest)
{
    if constexpr (std::is_convertible_v<First, std::string_view>)
        statement.bind(index, std::string(std::string_view(first)));
    else
        statement.bind(index, static_cast<std::int64_t>(first));
    bind(statement, index + 1, rest...);
}

template <class... Values>
SQLite::Statement prepare(SQLite::Database& database, const char* sql, const Values&... values)
{
    SQLite::Statement statement(database, sql);
    bind(statement, 1, values...);
    return statement;
}

StoredItem item_from(SQLite::Statement& row)
{
    return {to_guid(row.getColumn(0).getInt64()), static_cast<std::uint64_t>(row.getColumn(1).getInt64()),
            row.getColumn(2).getString()};
}

Link link_from(SQLite::Statement& row)
{
    return {row.getColumn(0).getString(), to_guid(row.getColumn(1).getInt64()),
            static_cast<std::uint64_t>(row.getColumn(2).getInt64())};
}

} // namespace

Store::Store(const std::string& file)
    : database_(std::make_unique<SQLite::Database>(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE))
{
    database_->exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    database_->exec(schema);
}

Store::~Store() = default;

void Store::in_transaction(const std::function<void()>& work)
{
    SQLite::Transaction transaction(*database_);
    work();
    transaction.commit();
}

void Store::reset()
{
    in_transaction([this] {
        for (const char* table : {"counter", "collection", "item", "link", "offer", "anchors", "nonce", "device"})
            database_->exec(std::string("DELETE FROM ") + table);
    });
}

Store::Collection Store::collection(std::string_view user, std::string_view name)
{
    prepare(*database_, "INSERT OR IGNORE INTO collection (user, name) VALUES (?, ?)", user, name).exec();
    auto row = prepare(*database_, "SELECT id FROM collection WHERE user = ? AND name = ?", user, name);
    row.executeStep();
    return row.getColumn(0).getInt64();
}

std::string Store::collection_name(Collection collection) const
{
    auto row = prepare(*database_, "SELECT name FROM collection WHERE id = ?", collection);
    row.executeStep();
    return row.getColumn(0).getString();
}

std::uint64_t Store::next_revision()
{
    auto row = prepare(*database_, "INSERT INTO counter VALUES ('revision', 1) ON CONFLICT (name) "
                                   "DO UPDATE SET value = value + 1 RETURNING value");
    row.executeStep();
    const auto value = static_cast<std::uint64_t>(row.getColumn(0).getInt64());
    while (row.executeStep()) {
    }
    return value;
}

std::vector<StoredItem> Store::list(Collection collection) const
{
    std::vector<StoredItem> items;
    auto row = prepare(*database_, "SELECT id, revision, data FROM item WHERE collection = ? ORDER BY id", collection);
    while (row.executeStep())
        items.push_back(item_from(row));
    return items;
}

std::optional<StoredItem> Store::find(Collection collection, std::string_view guid) const
{
    auto row = prepare(*database_, "SELECT id, revision, data FROM item WHERE collection = ? AND id = ?", collection,
                       to_id(guid));
    if (!row.executeStep())
        return std::nullopt;
    return item_from(row);
}

StoredItem Store::add(Collection collection, std::string_view data)
{
    const auto revision = next_revision();
    prepare(*database_, "INSERT INTO item (collection, revision, data) VALUES (?, ?, ?)", collection, revision, data)
        .exec();
    return {to_guid(database_->getLastInsertRowid()), revision, std::string(data)};
}

std::optional<StoredItem> Store::replace(Collection collection, std::string_view guid, std::string_view data)
{
    const auto revision = next_revision();
    const int changed = prepare(*database_, "UPDATE item SET revision = ?, data = ? WHERE collection = ? AND id = ?",
                                revision, data, collection, to_id(guid))
                            .exec();
    if (changed == 0)
        return std::nullopt;
    return StoredItem{std::string(guid), revision, std::string(data)};
}

bool Store::remove(Collection collection, std::string_view guid)
{
    return prepare(*database_, "DELETE FROM item WHERE collection = ? AND id = ?", collection, to_id(guid)).exec() > 0;
}

std::uint64_t Store::clear(Collection collection)
{
    return static_cast<std::uint64_t>(prepare(*database_, "DELETE FROM item WHERE collection = ?", collection).exec());
}

std::optional<Link> Store::find_link(Collection collection, std::string_view device, std::string_view luid) const
{
    auto row =
        prepare(*database_, "SELECT luid, item, revision FROM link WHERE collection = ? AND device = ? AND luid = ?",
                collection, device, luid);
    if (!row.executeStep())
        return std::nullopt;
    return link_from(row);
}

std::optional<Link> Store::find_link_by_guid(Collection collection, std::string_view device,
                                             std::string_view guid) const
{
    auto row =
        prepare(*database_, "SELECT luid, item, revision FROM link WHERE collection = ? AND device = ? AND item = ?",
                collection, device, to_id(guid));
    if (!row.executeStep())
        return std::nullopt;
    return link_from(row);
}

std::vector<Link> Store::links(Collection collection, std::string_view device) const
{
    std::vector<Link> result;
    auto row = prepare(*database_, "SELECT luid, item, revision FROM link WHERE collection = ? AND device = ?",
                       collection, device);
    while (row.executeStep())
        result.push_back(link_from(row));
    return result;
}

void Store::set_link(Collection collection, std::string_view device, const Link& link)
{
    prepare(*database_, "INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?, ?)", collection, device, link.luid,
            to_id(link.guid), link.revision)
        .exec();
}

void Store::remove_link(Collection collection, std::string_view device, std::string_view luid)
{
    prepare(*database_, "DELETE FROM link WHERE collection = ? AND device = ? AND luid = ?", collection, device, luid)
        .exec();
}

void Store::clear_links(Collection collection, std::string_view device)
{
    prepare(*database_, "DELETE FROM link WHERE collection = ? AND device = ?", collection, device).exec();
    prepare(*database_, "DELETE FROM offer WHERE collection = ? AND device = ?", collection, device).exec();
}

void Store::set_offer(Collection collection, std::string_view device, std::string_view guid, std::uint64_t revision)
{
    prepare(*database_, "INSERT OR REPLACE INTO offer VALUES (?, ?, ?, ?)", collection, device, to_id(guid), revision)
        .exec();
}

std::optional<std::uint64_t> Store::take_offer(Collection collection, std::string_view device, std::string_view guid)
{
    auto row = prepare(*database_, "SELECT revision FROM offer WHERE collection = ? AND device = ? AND item = ?",
                       collection, device, to_id(guid));
    if (!row.executeStep())
        return std::nullopt;
    const auto revision = static_cast<std::uint64_t>(row.getColumn(0).getInt64());
    prepare(*database_, "DELETE FROM offer WHERE collection = ? AND device = ? AND item = ?", collection, device,
            to_id(guid))
        .exec();
    return revision;
}

std::vector<Change> Store::changes(Collection collection, std::string_view device) const
{
    std::vector<Change> result;
    const auto collect = [&](Change::Kind kind, const char* sql) {
        auto row = prepare(*database_, sql, collection, device);
        while (row.executeStep())
            result.push_back({kind, to_guid(row.getColumn(0).getInt64()), row.getColumn(1).getString(),
                              static_cast<std::uint64_t>(row.getColumn(2).getInt64())});
    };
    collect(Change::Kind::Delete, "SELECT l.item, l.luid, 0 FROM link l LEFT JOIN item i ON i.id = l.item "
                                  "WHERE l.collection = ? AND l.device = ? AND i.id IS NULL ORDER BY l.item");
    collect(Change::Kind::Replace, "SELECT i.id, l.luid, i.revision FROM link l JOIN item i ON i.id = l.item "
                                   "WHERE l.collection = ? AND l.device = ? AND i.revision > l.revision ORDER BY i.id");
    collect(Change::Kind::Add, "SELECT i.id, '', i.revision FROM item i WHERE i.collection = ?1 AND NOT EXISTS "
                               "(SELECT 1 FROM link l WHERE l.collection = ?1 AND l.device = ?2 AND l.item = i.id) "
                               "ORDER BY i.id");
    return result;
}

std::optional<Anchors> Store::find_anchors(Collection collection, std::string_view device) const
{
    auto row = prepare(*database_, "SELECT client, server FROM anchors WHERE collection = ? AND device = ?", collection,
                       device);
    if (!row.executeStep())
        return std::nullopt;
    return Anchors{row.getColumn(0).getString(), row.getColumn(1).getString()};
}

void Store::set_anchors(Collection collection, std::string_view device, const Anchors& anchors)
{
    prepare(*database_, "INSERT OR REPLACE INTO anchors VALUES (?, ?, ?, ?)", collection, device, anchors.client,
            anchors.server)
        .exec();
}

void Store::clear_anchors(Collection collection, std::string_view device)
{
    prepare(*database_, "DELETE FROM anchors WHERE collection = ? AND device = ?", collection, device).exec();
}

std::string Store::next_anchor()
{
    return "s" + std::to_string(next_revision());
}

std::string Store::take_nonce(std::string_view device)
{
    auto row = prepare(*database_, "SELECT nonce FROM nonce WHERE device = ?", device);
    if (!row.executeStep())
        return {};
    auto nonce = row.getColumn(0).getString();
    prepare(*database_, "DELETE FROM nonce WHERE device = ?", device).exec();
    return nonce;
}

void Store::set_nonce(std::string_view device, std::string_view nonce)
{
    prepare(*database_, "INSERT OR REPLACE INTO nonce VALUES (?, ?)", device, nonce).exec();
}

Store::Device Store::device(std::string_view id) const
{
    auto row =
        prepare(*database_, "SELECT devinf_known, number_of_changes, large_objects, told FROM device WHERE id = ?", id);
    if (!row.executeStep())
        return {};
    return {row.getColumn(0).getInt() != 0, row.getColumn(1).getInt() != 0, row.getColumn(2).getInt() != 0,
            row.getColumn(3).getInt() != 0};
}

void Store::set_device(std::string_view id, const Device& device)
{
    prepare(*database_, "INSERT OR REPLACE INTO device VALUES (?, ?, ?, ?, ?)", id, device.devinf_known,
            device.number_of_changes, device.large_objects, device.told)
        .exec();
}

} // namespace testserver
