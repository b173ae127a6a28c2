#include "storage/sync_state.hpp"

#include "storage/sync_state_impl.hpp"

namespace storage {
namespace {

constexpr auto interrupted = base::Errc::Interrupted;
constexpr const char* interrupted_message = "the sync was interrupted: its process ended before it did; sync again";

ServiceRecord service_record(const Query& row)
{
    ServiceRecord record;
    record.service = row.text(0);
    record.status = row.text(1);
    record.type = row.text(2);
    record.time = row.number(3);
    record.error_name = row.text(4);
    record.error_message = row.text(5);
    record.from_server = {row.count(6), row.count(7), row.count(8), row.count(9), row.count(10)};
    record.to_server = {row.count(11), row.count(12), row.count(13), row.count(14), row.count(15)};
    return record;
}

Delivery delivery(const Query& row)
{
    return {row.text(0),
            row.text(1),
            static_cast<Delivery::Kind>(row.number(2)),
            static_cast<Delivery::Answer>(row.number(3)),
            static_cast<int>(row.number(4)),
            row.count(5),
            row.number(6)};
}

} // namespace

void SyncState::Impl::put_services(const SessionRecord& record)
{
    int place = 0;
    for (const auto& service : record.services) {
        const auto& from = service.from_server;
        const auto& to = service.to_server;
        database->execute("INSERT INTO service_record (session, place, service, status, type, time, error_name, "
                          "error_message, from_total, from_added, from_updated, from_removed, from_failed, "
                          "to_total, to_added, to_updated, to_removed, to_failed) "
                          "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
                          record.session, place++, service.service, service.status, service.type, service.time,
                          service.error_name, service.error_message, from.total, from.added, from.updated, from.removed,
                          from.failed, to.total, to.added, to.updated, to.removed, to.failed);
    }
}

std::vector<ServiceRecord> SyncState::Impl::services_of(std::uint64_t session)
{
    std::vector<ServiceRecord> services;
    for (auto rows = database->query("SELECT service, status, type, time, error_name, error_message, "
                                     "from_total, from_added, from_updated, from_removed, from_failed, "
                                     "to_total, to_added, to_updated, to_removed, to_failed "
                                     "FROM service_record WHERE session = ?1 ORDER BY place",
                                     session);
         rows.next();)
        services.push_back(service_record(rows));
    return services;
}

void SyncState::begin_session(const SessionRecord& record)
{
    transact(*impl_->database, [&] {
        auto& db = *impl_->database;
        // Times of what was cut off: the record has no later one than its beginning.
        db.execute("UPDATE service_record SET status = 'FAIL', error_name = ?1, error_message = ?2, "
                   "time = (SELECT started FROM session WHERE number = service_record.session) "
                   "WHERE session IN (SELECT number FROM session WHERE ended = 0)",
                   base::dbus_name(interrupted), interrupted_message);
        db.execute("UPDATE session SET ended = started, outcome = 'FAILED', error_name = ?1, error_message = ?2 "
                   "WHERE ended = 0",
                   base::dbus_name(interrupted), interrupted_message);
        db.execute("INSERT INTO session (number, trigger, started, ended, outcome, error_name, error_message, "
                   "bytes_sent, bytes_received, round_trips) VALUES (?1, ?2, ?3, 0, '', '', '', 0, 0, 0)",
                   record.session, record.trigger, record.started);
        impl_->put_services(record);
    });
    impl_->running = record.session;
    impl_->running_since = record.started;
}

void SyncState::end_session(const SessionRecord& record, const HistoryLimits& limits)
{
    transact(*impl_->database, [&] {
        auto& db = *impl_->database;
        // Whatever stands there of the session, its services and notes included, is replaced; what it sent stays.
        db.execute("DELETE FROM service_record WHERE session = ?1", record.session);
        db.execute("DELETE FROM note WHERE session = ?1", record.session);
        db.execute("INSERT INTO session (number, trigger, started, ended, outcome, error_name, error_message, "
                   "bytes_sent, bytes_received, round_trips, version) "
                   "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO UPDATE SET "
                   "trigger = excluded.trigger, started = excluded.started, ended = excluded.ended, "
                   "outcome = excluded.outcome, error_name = excluded.error_name, "
                   "error_message = excluded.error_message, bytes_sent = excluded.bytes_sent, "
                   "bytes_received = excluded.bytes_received, round_trips = excluded.round_trips, "
                   "version = excluded.version",
                   record.session, record.trigger, record.started, record.ended, record.outcome, record.error_name,
                   record.error_message, record.bytes_sent, record.bytes_received, record.round_trips, record.version);
        impl_->put_services(record);
        int place = 0;
        for (const auto& note : record.notes)
            db.execute("INSERT INTO note (session, place, text) VALUES (?1, ?2, ?3)", record.session, place++, note);
        db.execute("DELETE FROM session WHERE number NOT IN (SELECT number FROM session ORDER BY number DESC LIMIT ?1) "
                   "AND number NOT IN (SELECT max(session) FROM service_record GROUP BY service)",
                   static_cast<std::uint64_t>(limits.sessions));
        // One too many is there only if this session sent something, too.
        if (db.query("SELECT 1 FROM delivery WHERE session = ?1 LIMIT 1", record.session).next())
            db.execute("DELETE FROM delivery WHERE session IN (SELECT number FROM session "
                       "WHERE EXISTS (SELECT 1 FROM delivery WHERE session = number) "
                       "ORDER BY number DESC LIMIT -1 OFFSET ?1)",
                       limits.with_items);
    });
}

void SyncState::note_deliveries(const std::vector<Delivery>& deliveries)
{
    if (impl_->running == 0)
        return;
    transact(*impl_->database, [&] {
        for (const auto& delivery : deliveries)
            impl_->database->execute("INSERT INTO delivery (session, item, service, kind, answer, code) "
                                     "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET kind = excluded.kind, "
                                     "answer = excluded.answer, code = excluded.code",
                                     impl_->running, delivery.luid, delivery.service, static_cast<int>(delivery.kind),
                                     static_cast<int>(delivery.answer), delivery.code);
    });
}

std::vector<Delivery> SyncState::deliveries(std::uint64_t session, std::string_view after, std::size_t most) const
{
    std::vector<Delivery> deliveries;
    for (auto rows = impl_->database->query("SELECT service, item, kind, answer, code, session, started FROM delivery "
                                            "JOIN session ON number = session WHERE session = ?1 AND item > ?2 "
                                            "ORDER BY item LIMIT ?3",
                                            session, after.empty() ? "0" : after, static_cast<std::uint64_t>(most));
         rows.next();)
        deliveries.push_back(delivery(rows));
    return deliveries;
}

std::vector<Delivery> SyncState::item_deliveries(std::string_view luid, std::size_t most) const
{
    std::vector<Delivery> deliveries;
    for (auto rows = impl_->database->query("SELECT service, item, kind, answer, code, session, started FROM session "
                                            "JOIN delivery ON session = number AND item = ?1 "
                                            "ORDER BY number DESC LIMIT ?2",
                                            luid, static_cast<std::uint64_t>(most));
         rows.next();)
        deliveries.push_back(delivery(rows));
    return deliveries;
}

std::vector<SessionRecord> SyncState::history(std::size_t limit) const
{
    Transaction snapshot(*impl_->database, Transaction::Kind::Read);
    std::vector<SessionRecord> sessions;
    for (auto rows = impl_->database->query("SELECT number, trigger, started, ended, outcome, error_name, "
                                            "error_message, bytes_sent, bytes_received, round_trips, version "
                                            "FROM session ORDER BY number DESC LIMIT ?1",
                                            static_cast<std::uint64_t>(limit));
         rows.next();) {
        SessionRecord record;
        record.session = rows.count(0);
        record.trigger = rows.text(1);
        record.started = rows.number(2);
        record.ended = rows.number(3);
        record.outcome = rows.text(4);
        record.error_name = rows.text(5);
        record.error_message = rows.text(6);
        record.bytes_sent = rows.count(7);
        record.bytes_received = rows.count(8);
        record.round_trips = rows.count(9);
        record.version = rows.text(10);
        for (auto notes =
                 impl_->database->query("SELECT text FROM note WHERE session = ?1 ORDER BY place", record.session);
             notes.next();)
            record.notes.push_back(notes.text(0));
        record.services = impl_->services_of(record.session);
        sessions.push_back(std::move(record));
    }
    snapshot.commit();
    return sessions;
}

std::vector<ServiceRecord> SyncState::statistics(std::uint64_t running) const
{
    std::vector<ServiceRecord> services;
    // A status is empty only in a session without an end.
    for (auto rows = impl_->database->query(
             "SELECT service, status, type, time, service_record.error_name, service_record.error_message, "
             "from_total, from_added, from_updated, from_removed, from_failed, "
             "to_total, to_added, to_updated, to_removed, to_failed, ended, started "
             "FROM (SELECT service, max(session) AS session FROM service_record WHERE session <> ?1 GROUP BY service) "
             "JOIN service_record USING (service, session) JOIN session ON number = session ORDER BY service",
             running);
         rows.next();) {
        auto record = service_record(rows);
        if (rows.number(16) == 0) {
            record.status = "FAIL";
            record.time = rows.number(17);
            record.error_name = base::dbus_name(interrupted);
            record.error_message = interrupted_message;
        }
        services.push_back(std::move(record));
    }
    return services;
}

} // namespace storage
