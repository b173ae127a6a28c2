// Items that were refused, of SyncState.
#include "storage/quarantine.hpp"

#include "base/utf8.hpp"
#include "storage/sync_state_impl.hpp"

namespace storage {

void SyncState::quarantine(const std::vector<QuarantinedItem>& items)
{
    transact(*impl_->database, [&] {
        for (const auto& item : items) {
            if (item.id.empty() || item.id.size() > max_quarantined_id)
                continue;
            impl_->database->execute(
                "INSERT INTO quarantine (service, from_server, id, code, reason, size, session, time) "
                "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE ?9 > (SELECT count(*) FROM quarantine WHERE service = ?1 "
                "AND from_server = ?2 AND id <> ?3) ON CONFLICT DO UPDATE SET code = excluded.code, "
                "reason = excluded.reason, size = excluded.size, session = excluded.session, time = excluded.time",
                item.service, std::int64_t{item.from_server}, item.id, std::int64_t{item.code},
                base::legible(item.reason), item.size, impl_->running, impl_->running_since, max_quarantined);
        }
    });
}

void SyncState::release(std::string_view service, bool from_server, const std::vector<std::string>& ids)
{
    transact(*impl_->database, [&] {
        for (const auto& id : ids)
            impl_->database->execute("DELETE FROM quarantine WHERE service = ?1 AND from_server = ?2 AND id = ?3",
                                     service, std::int64_t{from_server}, id);
    });
}

std::vector<QuarantinedItem> SyncState::quarantined() const
{
    std::vector<QuarantinedItem> items;
    for (auto rows = impl_->database->query("SELECT service, from_server, id, code, reason, size, session, time "
                                            "FROM quarantine ORDER BY service, from_server, place");
         rows.next();)
        items.push_back({rows.text(0), rows.number(1) != 0, rows.text(2), static_cast<int>(rows.number(3)),
                         rows.text(4), rows.count(5), rows.count(6), rows.number(7)});
    return items;
}

void SyncState::retry_refused()
{
    impl_->database->execute("UPDATE sent SET state = ?1, code = 0 WHERE state = ?2", static_cast<int>(SentState::Sent),
                             static_cast<int>(SentState::Refused));
}

} // namespace storage
