#include "storage/profile_repository.hpp"

#include "storage/database.hpp"

namespace storage {
namespace {

constexpr const char* version_1 = R"sql(
CREATE TABLE profile (
    place                   INTEGER PRIMARY KEY AUTOINCREMENT,
    id                      TEXT NOT NULL UNIQUE,
    owner                   INTEGER NOT NULL,
    name                    TEXT NOT NULL,
    url                     TEXT NOT NULL,
    mode                    TEXT NOT NULL,
    type                    TEXT NOT NULL,
    interval                TEXT NOT NULL,
    sealed_credentials      BLOB NOT NULL,
    allow_plain_credentials INTEGER NOT NULL,
    ca_file                 TEXT NOT NULL,
    settings                TEXT NOT NULL,
    last_end                INTEGER NOT NULL,
    next_due                INTEGER NOT NULL
);
CREATE TABLE service (
    profile            TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    place              INTEGER NOT NULL,
    type               TEXT NOT NULL,
    uri                TEXT NOT NULL,
    enabled            INTEGER NOT NULL,
    sealed_credentials BLOB NOT NULL,
    PRIMARY KEY (profile, place)
) WITHOUT ROWID;
CREATE TABLE last_session (number INTEGER NOT NULL);
INSERT INTO last_session VALUES (0);
)sql";

// What keeps the schedule from a server.
constexpr const char* version_2 = R"sql(
ALTER TABLE profile ADD COLUMN not_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE profile ADD COLUMN credentials_refused INTEGER NOT NULL DEFAULT 0;
)sql";

// What servers' notifications ask for.
constexpr const char* version_3 = R"sql(
ALTER TABLE profile ADD COLUMN held TEXT NOT NULL DEFAULT '';
CREATE TABLE notification (
    place   INTEGER PRIMARY KEY AUTOINCREMENT,
    profile TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    session TEXT NOT NULL,
    UNIQUE (profile, session)
);
)sql";

// Sessions that have not ended.
constexpr const char* version_4 = R"sql(
CREATE TABLE accepted (
    session INTEGER PRIMARY KEY,
    profile TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
    trigger TEXT NOT NULL,
    time    INTEGER NOT NULL
);
)sql";

constexpr const char* steps[] = {version_1, version_2, version_3, version_4};

} // namespace

class ProfileRepository::Impl {
public:
    explicit Impl(std::unique_ptr<Database> opened) : database(std::move(opened)) {}

    void put_services(const ProfileRow& row)
    {
        int place = 0;
        for (const auto& service : row.services)
            database->execute("INSERT INTO service (profile, place, type, uri, enabled, sealed_credentials) "
                              "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                              row.id, place++, service.type, service.uri, service.enabled,
                              Blob{service.sealed_credentials});
    }

    std::vector<ProfileRow::Service> services_of(const std::string& id)
    {
        std::vector<ProfileRow::Service> services;
        for (auto rows = database->query("SELECT type, uri, enabled, sealed_credentials FROM service "
                                         "WHERE profile = ?1 ORDER BY place",
                                         id);
             rows.next();)
            services.push_back({rows.text(0), rows.text(1), rows.number(2) != 0, rows.text(3)});
        return services;
    }

    std::unique_ptr<Database> database;
};

ProfileRepository::ProfileRepository(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ProfileRepository::~ProfileRepository() = default;

base::Result<std::unique_ptr<ProfileRepository>> ProfileRepository::open(const std::filesystem::path& file)
{
    auto database = Database::open(file, steps, Access::ReadWrite);
    if (!database)
        return tl::unexpected(database.error());
    return std::unique_ptr<ProfileRepository>(new ProfileRepository(std::make_unique<Impl>(std::move(*database))));
}

std::vector<ProfileRow> ProfileRepository::load_all() const
{
    std::vector<ProfileRow> profiles;
    for (auto rows = impl_->database->query(
             "SELECT id, owner, name, url, mode, type, interval, sealed_credentials, allow_plain_credentials, "
             "ca_file, settings, last_end, next_due, not_before, credentials_refused, held FROM profile ORDER BY "
             "place");
         rows.next();) {
        ProfileRow row;
        row.id = rows.text(0);
        row.owner = static_cast<std::uint32_t>(rows.number(1));
        row.name = rows.text(2);
        row.url = rows.text(3);
        row.mode = rows.text(4);
        row.type = rows.text(5);
        row.interval = rows.text(6);
        row.sealed_credentials = rows.text(7);
        row.allow_plain_credentials = rows.number(8) != 0;
        row.ca_file = rows.text(9);
        row.settings = rows.text(10);
        row.last_end = rows.number(11);
        row.next_due = rows.number(12);
        row.not_before = rows.number(13);
        row.credentials_refused = rows.number(14) != 0;
        row.held = rows.text(15);
        row.services = impl_->services_of(row.id);
        profiles.push_back(std::move(row));
    }
    return profiles;
}

void ProfileRepository::insert(const ProfileRow& row)
{
    transact(*impl_->database, [&] {
        impl_->database->execute("INSERT INTO profile (id, owner, name, url, mode, type, interval, sealed_credentials, "
                                 "allow_plain_credentials, ca_file, settings, last_end, next_due, not_before, "
                                 "credentials_refused, held) "
                                 "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
                                 row.id, row.owner, row.name, row.url, row.mode, row.type, row.interval,
                                 Blob{row.sealed_credentials}, row.allow_plain_credentials, row.ca_file, row.settings,
                                 row.last_end, row.next_due, row.not_before, row.credentials_refused, row.held);
        impl_->put_services(row);
    });
}

void ProfileRepository::update(const ProfileRow& row)
{
    transact(*impl_->database, [&] {
        impl_->database->execute(
            "UPDATE profile SET owner = ?2, name = ?3, url = ?4, mode = ?5, type = ?6, interval = ?7, "
            "sealed_credentials = ?8, allow_plain_credentials = ?9, ca_file = ?10, settings = ?11, last_end = ?12, "
            "next_due = ?13, not_before = ?14, credentials_refused = ?15, held = ?16 WHERE id = ?1",
            row.id, row.owner, row.name, row.url, row.mode, row.type, row.interval, Blob{row.sealed_credentials},
            row.allow_plain_credentials, row.ca_file, row.settings, row.last_end, row.next_due, row.not_before,
            row.credentials_refused, row.held);
        impl_->database->execute("DELETE FROM service WHERE profile = ?1", row.id);
        impl_->put_services(row);
    });
}

void ProfileRepository::remove(std::string_view id)
{
    impl_->database->execute("DELETE FROM profile WHERE id = ?1", id);
}

void ProfileRepository::update_schedule(const ProfileRow& row)
{
    impl_->database->execute("UPDATE profile SET last_end = ?2, next_due = ?3, not_before = ?4, "
                             "credentials_refused = ?5, held = ?6 WHERE id = ?1",
                             row.id, row.last_end, row.next_due, row.not_before, row.credentials_refused, row.held);
}

bool ProfileRepository::remember_notification(std::string_view id, std::string_view session, std::size_t keep)
{
    return transact(*impl_->database, [&] {
        auto& db = *impl_->database;
        if (db.query("SELECT 1 FROM notification WHERE profile = ?1 AND session = ?2", id, session).next())
            return false;
        db.execute("INSERT INTO notification (profile, session) VALUES (?1, ?2)", id, session);
        db.execute("DELETE FROM notification WHERE profile = ?1 AND place NOT IN (SELECT place FROM notification "
                   "WHERE profile = ?1 ORDER BY place DESC LIMIT ?2)",
                   id, static_cast<std::uint64_t>(keep));
        return true;
    });
}

std::uint64_t ProfileRepository::accept_session(std::string_view profile, std::string_view trigger, std::int64_t time)
{
    return transact(*impl_->database, [&] {
        auto& db = *impl_->database;
        db.execute("UPDATE last_session SET number = number + 1");
        db.execute("INSERT INTO accepted (session, profile, trigger, time) SELECT number, ?1, ?2, ?3 FROM last_session",
                   profile, trigger, time);
        db.execute("DELETE FROM accepted WHERE profile = ?1 AND session NOT IN "
                   "(SELECT session FROM accepted WHERE profile = ?1 ORDER BY session DESC LIMIT 20)",
                   profile);
        auto row = db.query("SELECT number FROM last_session");
        row.next();
        return row.count(0);
    });
}

std::uint64_t ProfileRepository::take_session_number()
{
    return transact(*impl_->database, [&] {
        impl_->database->execute("UPDATE last_session SET number = number + 1");
        auto row = impl_->database->query("SELECT number FROM last_session");
        row.next();
        return row.count(0);
    });
}

void ProfileRepository::forget_session(std::uint64_t number)
{
    impl_->database->execute("DELETE FROM accepted WHERE session = ?1", number);
}

std::vector<ProfileRepository::AcceptedSession> ProfileRepository::accepted_sessions() const
{
    std::vector<AcceptedSession> sessions;
    for (auto rows = impl_->database->query("SELECT session, profile, trigger, time FROM accepted ORDER BY session");
         rows.next();)
        sessions.push_back({rows.count(0), rows.text(1), rows.text(2), rows.number(3)});
    return sessions;
}

} // namespace storage
