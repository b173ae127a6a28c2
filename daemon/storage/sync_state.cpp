// Anchors and notes. Statistics and history are in sync_history.cpp.
#include "storage/sync_state.hpp"

#include "storage/sync_state_impl.hpp"

namespace storage {
namespace {

// peer: one row. sent: state as SyncState::SentState. service_record: the part of `session` that `service` had.
constexpr const char* version_1 = R"sql(
CREATE TABLE peer (
    identity    TEXT NOT NULL,
    nonce       TEXT NOT NULL,
    info        TEXT NOT NULL,
    devinf_hash TEXT NOT NULL
);
INSERT INTO peer VALUES ('', '', '', '');
CREATE TABLE service (
    service   TEXT PRIMARY KEY,
    uri       TEXT NOT NULL,
    own_last  TEXT NOT NULL,
    peer_last TEXT NOT NULL,
    mark      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE sent (
    service  TEXT NOT NULL,
    luid     TEXT NOT NULL,
    revision INTEGER NOT NULL,
    state    INTEGER NOT NULL,
    PRIMARY KEY (service, luid)
) WITHOUT ROWID;
CREATE TABLE session (
    number         INTEGER PRIMARY KEY,
    trigger        TEXT NOT NULL,
    started        INTEGER NOT NULL,
    ended          INTEGER NOT NULL,
    outcome        TEXT NOT NULL,
    error_name     TEXT NOT NULL,
    error_message  TEXT NOT NULL,
    bytes_sent     INTEGER NOT NULL,
    bytes_received INTEGER NOT NULL,
    round_trips    INTEGER NOT NULL
);
CREATE TABLE note (
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    place   INTEGER NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (session, place)
) WITHOUT ROWID;
CREATE TABLE service_record (
    session       INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    place         INTEGER NOT NULL,
    service       TEXT NOT NULL,
    status        TEXT NOT NULL,
    type          TEXT NOT NULL,
    time          INTEGER NOT NULL,
    error_name    TEXT NOT NULL,
    error_message TEXT NOT NULL,
    from_total    INTEGER NOT NULL,
    from_added    INTEGER NOT NULL,
    from_updated  INTEGER NOT NULL,
    from_removed  INTEGER NOT NULL,
    from_failed   INTEGER NOT NULL,
    to_total      INTEGER NOT NULL,
    to_added      INTEGER NOT NULL,
    to_updated    INTEGER NOT NULL,
    to_removed    INTEGER NOT NULL,
    to_failed     INTEGER NOT NULL,
    PRIMARY KEY (session, place)
) WITHOUT ROWID;
CREATE INDEX service_record_last ON service_record (service, session);
)sql";

// The encoding that the server of a profile has been found to read.
constexpr const char* version_2 = R"sql(
ALTER TABLE peer ADD COLUMN encoding TEXT NOT NULL DEFAULT '';
)sql";

// Syncs that may be gone on with.
constexpr const char* version_3 = R"sql(
CREATE TABLE open_sync (
    service      TEXT PRIMARY KEY,
    type         TEXT NOT NULL,
    upto         INTEGER NOT NULL,
    confirmed_to TEXT NOT NULL,
    resumed      INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

// What the server of a profile proves itself by.
constexpr const char* version_4 = R"sql(
ALTER TABLE peer ADD COLUMN server_nonce TEXT NOT NULL DEFAULT '';
ALTER TABLE peer ADD COLUMN former_server_nonce TEXT NOT NULL DEFAULT '';
)sql";

// When the server described itself, and whether it may be another by now.
constexpr const char* version_5 = R"sql(
ALTER TABLE peer ADD COLUMN info_time INTEGER NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN info_doubted INTEGER NOT NULL DEFAULT 0;
)sql";

// The version of SyncML that the server of a profile has been found to speak, and that a session was held in.
constexpr const char* version_6 = R"sql(
ALTER TABLE peer ADD COLUMN version TEXT NOT NULL DEFAULT '';
ALTER TABLE peer ADD COLUMN version_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN version_is_sure INTEGER NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN version_url TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN version TEXT NOT NULL DEFAULT '';
)sql";

// Why the server refused an item; that it wants the size of each; with which anchors a session broke off at its end.
constexpr const char* version_7 = R"sql(
ALTER TABLE sent ADD COLUMN code INTEGER NOT NULL DEFAULT 0;
ALTER TABLE peer ADD COLUMN wants_sizes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE service ADD COLUMN tried_own TEXT NOT NULL DEFAULT '';
ALTER TABLE service ADD COLUMN tried_peer TEXT NOT NULL DEFAULT '';
)sql";

// Items that were on their way in chunks when a sync broke off.
constexpr const char* version_8 = R"sql(
CREATE TABLE part_sent (
    service  TEXT PRIMARY KEY,
    luid     TEXT NOT NULL,
    revision INTEGER NOT NULL,
    verb     INTEGER NOT NULL,
    format   TEXT NOT NULL,
    octets   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE part_received (
    service TEXT PRIMARY KEY,
    verb    INTEGER NOT NULL,
    target  TEXT NOT NULL,
    source  TEXT NOT NULL,
    type    TEXT NOT NULL,
    format  TEXT NOT NULL,
    size    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE chunk_received (
    place   INTEGER PRIMARY KEY,
    service TEXT NOT NULL,
    data    TEXT NOT NULL
);
)sql";

// The filter that goes with the anchors of a service.
constexpr const char* version_9 = R"sql(
ALTER TABLE service ADD COLUMN filter TEXT NOT NULL DEFAULT '';
)sql";

// Items that were refused. place: in the order in which they came.
constexpr const char* version_10 = R"sql(
CREATE TABLE quarantine (
    place       INTEGER PRIMARY KEY,
    service     TEXT NOT NULL,
    from_server INTEGER NOT NULL,
    id          TEXT NOT NULL,
    code        INTEGER NOT NULL,
    reason      TEXT NOT NULL,
    size        INTEGER NOT NULL,
    session     INTEGER NOT NULL,
    time        INTEGER NOT NULL,
    UNIQUE (service, from_server, id)
);
)sql";

// What the server of a profile keeps of items, by the names in them (SyncState::Keeping).
constexpr const char* version_11 = R"sql(
CREATE TABLE keeping (
    service TEXT NOT NULL,
    name    TEXT NOT NULL,
    dropped INTEGER NOT NULL,
    kept    INTEGER NOT NULL,
    PRIMARY KEY (service, name)
) WITHOUT ROWID;
)sql";

// The store of the items of a service, unless it is the embedded one.
constexpr const char* version_12 = R"sql(
CREATE TABLE store (
    service TEXT PRIMARY KEY,
    store   TEXT NOT NULL
) WITHOUT ROWID;
)sql";

// SyncState::slow_since.
constexpr const char* version_13 = R"sql(
CREATE TABLE slow_sync (
    service TEXT PRIMARY KEY,
    since   INTEGER NOT NULL
) WITHOUT ROWID;
)sql";

// What sessions sent (Delivery). Ids of items are numbers.
constexpr const char* version_14 = R"sql(
CREATE TABLE delivery (
    session INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    item    INTEGER NOT NULL,
    service TEXT NOT NULL,
    kind    INTEGER NOT NULL,
    answer  INTEGER NOT NULL,
    code    INTEGER NOT NULL,
    PRIMARY KEY (session, item)
) WITHOUT ROWID;
)sql";

constexpr const char* steps[] = {version_1, version_2, version_3,  version_4,  version_5,  version_6,  version_7,
                                 version_8, version_9, version_10, version_11, version_12, version_13, version_14};

} // namespace

SyncState::SyncState(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SyncState::~SyncState() = default;

base::Result<std::unique_ptr<SyncState>> SyncState::open(const std::filesystem::path& file, Access access)
{
    auto database = Database::open(file, steps, access);
    if (!database)
        return tl::unexpected(database.error());
    return std::unique_ptr<SyncState>(new SyncState(std::make_unique<Impl>(std::move(*database))));
}

void SyncState::in_transaction(const std::function<void()>& work)
{
    transact(*impl_->database, work);
}

// ---- per profile and server ------------------------------------------------------

std::string SyncState::Impl::peer_text(const char* sql)
{
    auto row = database->query(sql);
    row.next();
    return row.text(0);
}

bool SyncState::bind_to(std::string_view identity)
{
    const auto known = this->identity();
    if (known == identity)
        return false;
    transact(*impl_->database, [&] {
        auto& db = *impl_->database;
        db.execute("UPDATE peer SET identity = ?1, nonce = '', info = '', info_time = 0, info_doubted = 0, "
                   "devinf_hash = '', encoding = '', server_nonce = '', former_server_nonce = '', version = '', "
                   "wants_sizes = 0",
                   identity);
        db.execute("DELETE FROM service");
        db.execute("DELETE FROM sent");
        for (const auto* statement :
             {"DELETE FROM open_sync", "DELETE FROM part_sent", "DELETE FROM part_received",
              "DELETE FROM chunk_received", "DELETE FROM quarantine", "DELETE FROM keeping", "DELETE FROM slow_sync"})
            db.execute(statement);
    });
    return !known.empty();
}

std::string SyncState::identity() const
{
    return impl_->peer_text("SELECT identity FROM peer");
}

std::string SyncState::nonce() const
{
    return impl_->peer_text("SELECT nonce FROM peer");
}

void SyncState::set_nonce(std::string_view nonce)
{
    impl_->database->execute("UPDATE peer SET nonce = ?1", nonce);
}

std::vector<std::string> SyncState::server_nonces() const
{
    auto row = impl_->database->query("SELECT server_nonce, former_server_nonce FROM peer");
    row.next();
    std::vector<std::string> nonces;
    for (const int column : {0, 1})
        if (auto nonce = row.text(column); !nonce.empty())
            nonces.push_back(std::move(nonce));
    return nonces;
}

void SyncState::give_server_nonce(std::string_view nonce)
{
    impl_->database->execute("UPDATE peer SET former_server_nonce = server_nonce, server_nonce = ?1 "
                             "WHERE server_nonce <> ?1",
                             nonce);
}

void SyncState::settle_server_nonce()
{
    impl_->database->execute("UPDATE peer SET former_server_nonce = '' WHERE former_server_nonce <> ''");
}

std::optional<PeerInfo> SyncState::peer_info() const
{
    auto row = impl_->database->query("SELECT info, info_time, info_doubted FROM peer "
                                      "WHERE length(CAST(info AS BLOB)) BETWEEN 1 AND 1048576");
    if (!row.next())
        return std::nullopt;
    PeerInfo info{row.text(0), row.number(1), row.number(2) != 0};
    for (auto names = impl_->database->query("SELECT service || ' ' || name FROM keeping "
                                             "WHERE dropped >= ?1 AND NOT kept ORDER BY service, name LIMIT ?2",
                                             Keeping::enough, max_keeping);
         names.next();)
        info.not_kept.push_back(names.text(0));
    return info;
}

std::vector<SyncState::Keeping> SyncState::keeping(std::string_view service) const
{
    std::vector<Keeping> keeping;
    for (auto rows = impl_->database->query("SELECT name, dropped, kept FROM keeping WHERE service = ?1 ORDER BY name",
                                            service);
         rows.next();)
        keeping.push_back({rows.text(0), static_cast<int>(rows.number(1)), rows.number(2) != 0});
    return keeping;
}

void SyncState::note_keeping(std::string_view service, const std::vector<Keeping>& keeping)
{
    transact(*impl_->database, [&] {
        for (const auto& one : keeping)
            impl_->database->execute("INSERT OR REPLACE INTO keeping (service, name, dropped, kept) "
                                     "VALUES (?1, ?2, ?3, ?4)",
                                     service, one.name, one.dropped, one.kept ? 1 : 0);
    });
}

void SyncState::set_peer_info(std::string_view document, std::int64_t time)
{
    impl_->database->execute("UPDATE peer SET info = ?1, info_time = ?2, info_doubted = 0", document, time);
}

void SyncState::doubt_peer_info()
{
    impl_->database->execute("UPDATE peer SET info_doubted = 1 WHERE info_doubted = 0");
}

std::string SyncState::sent_devinf_hash() const
{
    return impl_->peer_text("SELECT devinf_hash FROM peer");
}

void SyncState::set_sent_devinf_hash(std::string_view hash)
{
    impl_->database->execute("UPDATE peer SET devinf_hash = ?1", hash);
}

std::optional<SyncState::FoundVersion> SyncState::found_version() const
{
    auto row = impl_->database->query("SELECT version, version_since, version_is_sure, version_url FROM peer");
    row.next();
    FoundVersion found{row.text(0), row.number(1), row.number(2) != 0, row.text(3)};
    return found.version.empty() ? std::nullopt : std::optional(std::move(found));
}

void SyncState::set_found_version(const FoundVersion& found)
{
    impl_->database->execute("UPDATE peer SET version = ?1, version_since = ?2, version_is_sure = ?3, version_url = ?4",
                             found.version, found.since, std::int64_t{found.is_sure}, found.url);
}

void SyncState::forget_version()
{
    impl_->database->execute("UPDATE peer SET version = ''");
}

std::string SyncState::encoding() const
{
    return impl_->peer_text("SELECT encoding FROM peer");
}

void SyncState::set_encoding(std::string_view word)
{
    impl_->database->execute("UPDATE peer SET encoding = ?1", word);
}

bool SyncState::wants_sizes() const
{
    auto row = impl_->database->query("SELECT wants_sizes FROM peer");
    row.next();
    return row.number(0) != 0;
}

void SyncState::want_sizes()
{
    impl_->database->execute("UPDATE peer SET wants_sizes = 1");
}

// ---- per service -----------------------------------------------------------------

std::optional<Anchors> SyncState::find_anchors(std::string_view service, std::string_view uri) const
{
    auto row = impl_->database->query("SELECT own_last, peer_last, mark, filter FROM service "
                                      "WHERE service = ?1 AND uri = ?2",
                                      service, uri);
    if (!row.next())
        return std::nullopt;
    return Anchors{row.text(0), row.text(1), row.count(2), row.text(3)};
}

Anchors SyncState::anchors(std::string_view service, std::string_view uri)
{
    if (auto known = find_anchors(service, uri))
        return std::move(*known);
    transact(*impl_->database, [&] {
        forget(service);
        impl_->database->execute("INSERT INTO service (service, uri, own_last, peer_last, mark) "
                                 "VALUES (?1, ?2, '', '', 0)",
                                 service, uri);
    });
    return {};
}

void SyncState::commit(std::string_view service, std::string_view uri, const Anchors& anchors)
{
    transact(*impl_->database, [&] {
        impl_->database->execute("INSERT INTO service (service, uri, own_last, peer_last, mark, filter) "
                                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET uri = excluded.uri, "
                                 "own_last = excluded.own_last, peer_last = excluded.peer_last, mark = excluded.mark, "
                                 "filter = excluded.filter, tried_own = '', tried_peer = ''",
                                 service, uri, anchors.own_last, anchors.peer_last, anchors.mark, anchors.filter);
        impl_->database->execute("DELETE FROM sent WHERE service = ?1 AND state = 1 AND revision <= ?2", service,
                                 anchors.mark);
        impl_->database->execute("DELETE FROM slow_sync WHERE service = ?1", service);
        clear_open_sync(service);
    });
}

SyncState::Tried SyncState::tried(std::string_view service, std::string_view uri) const
{
    auto row = impl_->database->query("SELECT tried_own, tried_peer FROM service WHERE service = ?1 AND uri = ?2",
                                      service, uri);
    return row.next() ? Tried{row.text(0), row.text(1)} : Tried{};
}

void SyncState::set_tried(std::string_view service, const Tried& tried)
{
    impl_->database->execute("UPDATE service SET tried_own = ?2, tried_peer = ?3 WHERE service = ?1", service,
                             tried.own, tried.peer);
}

std::optional<std::uint64_t> SyncState::slow_since(std::string_view service) const
{
    auto row = impl_->database->query("SELECT since FROM slow_sync WHERE service = ?1", service);
    return row.next() ? std::optional(row.count(0)) : std::nullopt;
}

void SyncState::note_slow_since(std::string_view service, std::uint64_t revision)
{
    impl_->database->execute("INSERT OR IGNORE INTO slow_sync (service, since) VALUES (?1, ?2)", service, revision);
}

void SyncState::forget(std::string_view service)
{
    transact(*impl_->database, [&] {
        impl_->database->execute("DELETE FROM service WHERE service = ?1", service);
        impl_->database->execute("DELETE FROM quarantine WHERE service = ?1", service);
        clear_sent(service);
        clear_open_sync(service);
    });
}

std::string SyncState::store(std::string_view service) const
{
    auto row = impl_->database->query("SELECT store FROM store WHERE service = ?1", service);
    return row.next() ? row.text(0) : std::string();
}

void SyncState::bind_store(std::string_view service, std::string_view store)
{
    if (this->store(service) == store)
        return;
    transact(*impl_->database, [&] {
        forget(service);
        impl_->database->execute("INSERT OR REPLACE INTO store (service, store) VALUES (?1, ?2)", service, store);
    });
}

std::vector<SyncState::SentItem> SyncState::sent_items(std::string_view service) const
{
    std::vector<SentItem> items;
    for (auto rows = impl_->database->query("SELECT luid, revision, state, code FROM sent WHERE service = ?1", service);
         rows.next();)
        items.push_back(
            {rows.text(0), rows.count(1), static_cast<SentState>(rows.number(2)), static_cast<int>(rows.number(3))});
    return items;
}

void SyncState::note_sent(std::string_view service, const std::vector<SentItem>& items)
{
    transact(*impl_->database, [&] {
        for (const auto& item : items)
            impl_->database->execute("INSERT INTO sent (service, luid, revision, state, code) "
                                     "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET "
                                     "revision = excluded.revision, state = excluded.state, code = excluded.code",
                                     service, item.luid, item.revision, static_cast<int>(item.state), item.code);
    });
}

void SyncState::clear_sent(std::string_view service)
{
    impl_->database->execute("DELETE FROM sent WHERE service = ?1", service);
}

std::optional<SyncState::OpenSync> SyncState::open_sync(std::string_view service) const
{
    auto row =
        impl_->database->query("SELECT type, upto, confirmed_to, resumed FROM open_sync WHERE service = ?1", service);
    if (!row.next())
        return std::nullopt;
    return OpenSync{row.text(0), row.count(1), row.text(2), static_cast<unsigned>(row.count(3))};
}

void SyncState::set_open_sync(std::string_view service, const OpenSync& sync)
{
    impl_->database->execute("INSERT OR REPLACE INTO open_sync (service, type, upto, confirmed_to, resumed) "
                             "VALUES (?1, ?2, ?3, ?4, ?5)",
                             service, sync.type, sync.upto, sync.confirmed_to, std::uint64_t{sync.resumed});
}

void SyncState::clear_open_sync(std::string_view service)
{
    transact(*impl_->database, [&] {
        impl_->database->execute("DELETE FROM open_sync WHERE service = ?1", service);
        impl_->database->execute("DELETE FROM part_sent WHERE service = ?1", service);
        clear_part_received(service);
    });
}

std::optional<SyncState::PartSent> SyncState::part_sent(std::string_view service) const
{
    auto row = impl_->database->query("SELECT luid, revision, verb, format, octets FROM part_sent WHERE service = ?1",
                                      service);
    if (!row.next())
        return std::nullopt;
    return PartSent{row.text(0), row.count(1), static_cast<int>(row.number(2)), row.text(3), row.count(4)};
}

void SyncState::set_part_sent(std::string_view service, const PartSent& part)
{
    impl_->database->execute("INSERT OR REPLACE INTO part_sent (service, luid, revision, verb, format, octets) "
                             "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                             service, part.luid, part.revision, part.verb, part.format, part.octets);
}

std::optional<SyncState::PartReceived> SyncState::part_received(std::string_view service) const
{
    std::optional<PartReceived> part;
    {
        auto row = impl_->database->query(
            "SELECT verb, target, source, type, format, size FROM part_received WHERE service = ?1", service);
        if (!row.next())
            return part;
        part = PartReceived{
            static_cast<int>(row.number(0)), row.text(1), row.text(2), row.text(3), row.text(4), row.count(5), {}};
    }
    for (auto rows =
             impl_->database->query("SELECT data FROM chunk_received WHERE service = ?1 ORDER BY place", service);
         rows.next();)
        part->chunks.push_back(rows.text(0));
    return part;
}

void SyncState::keep_part_received(std::string_view service, const PartReceived& part)
{
    transact(*impl_->database, [&] {
        clear_part_received(service);
        impl_->database->execute("INSERT INTO part_received (service, verb, target, source, type, format, size) "
                                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                                 service, part.verb, part.target, part.source, part.type, part.format, part.size);
        for (const auto& chunk : part.chunks)
            add_chunk_received(service, chunk);
    });
}

void SyncState::add_chunk_received(std::string_view service, std::string_view chunk)
{
    impl_->database->execute("INSERT INTO chunk_received (service, data) VALUES (?1, ?2)", service, chunk);
}

void SyncState::clear_part_received(std::string_view service)
{
    transact(*impl_->database, [&] {
        impl_->database->execute("DELETE FROM part_received WHERE service = ?1", service);
        impl_->database->execute("DELETE FROM chunk_received WHERE service = ?1", service);
    });
}

} // namespace storage
