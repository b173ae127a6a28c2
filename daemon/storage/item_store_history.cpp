// What is kept of the store as it was: docs/decisions/0018-kept-versions.md. Undoing is in item_undo.cpp.
#include "storage/item_store.hpp"

#include "storage/item_store_impl.hpp"

#include <algorithm>
#include <limits>

namespace storage {

// ---- a session ------------------------------------------------------------------------

void ItemStore::begin_session(const SessionTag& tag)
{
    impl_->table.versions().record(ItemVersions::Recording{tag, 0});
    impl_->settled.clear();
    impl_->has_looked = false;
}

void ItemStore::note_look(ItemKind kind, std::string_view profile, std::uint64_t upto)
{
    auto& db = *impl_->database;
    const auto writer = impl_->table.find_writer(profile);
    {
        auto row = db.query("SELECT seen FROM peer WHERE writer = ?1 AND kind = ?2", writer, static_cast<int>(kind));
        if (!row.next() || row.count(0) >= upto)
            return;
    }
    db.execute("UPDATE peer SET seen = ?3 WHERE writer = ?1 AND kind = ?2", writer, static_cast<int>(kind), upto);
    impl_->has_looked = true;
}

void ItemStore::note_settled(ItemKind kind, std::uint64_t mark)
{
    impl_->settled.emplace_back(kind, mark);
}

void ItemStore::promise_mark(ItemKind kind, std::string_view profile, std::uint64_t mark)
{
    if (has_promised(kind, profile, mark))
        return;
    impl_->database->execute("UPDATE peer SET promised = ?3 WHERE writer = ?1 AND kind = ?2",
                             impl_->table.find_writer(profile), static_cast<int>(kind), mark);
}

bool ItemStore::has_promised(ItemKind kind, std::string_view profile, std::uint64_t mark) const
{
    return mark == 0 || impl_->database
                            ->query("SELECT 1 FROM peer WHERE writer = ?1 AND kind = ?2 AND promised >= ?3",
                                    impl_->table.find_writer(profile), static_cast<int>(kind), mark)
                            .next();
}

std::uint64_t ItemStore::settled_to(ItemKind kind, std::string_view profile) const
{
    auto row = impl_->database->query("SELECT mark FROM peer WHERE writer = ?1 AND kind = ?2",
                                      impl_->table.find_writer(profile), static_cast<int>(kind));
    return row.next() ? row.count(0) : 0;
}

void ItemStore::end_session(const Retention& retention)
{
    auto& db = *impl_->database;
    auto& versions = impl_->table.versions();
    const auto recording = versions.recording();
    if (!recording)
        return;
    versions.record(std::nullopt);
    const auto writer = impl_->table.find_writer(recording->tag.profile);
    const auto entry = versions.find_entry(writer, recording->tag.number);
    const auto known_mark = [&](ItemKind kind) { return settled_to(kind, recording->tag.profile); };
    const auto has_ended = [&](const std::pair<ItemKind, std::uint64_t>& settled) {
        return db
            .query("SELECT 1 FROM version WHERE until > ?1 AND until <= ?2 LIMIT 1", known_mark(settled.first),
                   settled.second)
            .next();
    };
    // A mark that stays behind keeps a little too much; a session without changes is not to write for that.
    const bool moves_marks =
        entry || impl_->has_looked || std::any_of(impl_->settled.begin(), impl_->settled.end(), has_ended);
    if (!moves_marks && versions.kept() <= retention.bytes)
        return;
    transact(db, [&] {
        for (const auto& [kind, mark] : impl_->settled) {
            const auto before = known_mark(kind);
            db.execute("UPDATE peer SET mark = ?3, seen = max(seen, ?3) WHERE writer = ?1 AND kind = ?2", writer,
                       static_cast<int>(kind), mark);
            versions.prune_ended(before, mark);
        }
        if (entry) {
            versions.prune_behind(*entry);
            versions.keep_newest(writer, retention.sessions);
        }
        versions.shrink_to(retention.bytes);
    });
}

void ItemStore::forget_profile(std::string_view profile)
{
    const auto writer = impl_->table.find_writer(profile);
    transact(*impl_->database, [&] {
        for (const auto* table : {"DELETE FROM staged WHERE writer = ?1", "DELETE FROM guid WHERE writer = ?1",
                                  "DELETE FROM peer WHERE writer = ?1", "DELETE FROM planned WHERE writer = ?1",
                                  "DELETE FROM review WHERE writer = ?1", "DELETE FROM conflict WHERE writer = ?1"})
            impl_->database->execute(table, writer);
        auto& versions = impl_->table.versions();
        versions.keep_newest(writer, 0);
        versions.prune_ended(0, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()));
    });
}

std::optional<std::string> ItemStore::find_base(ItemKind kind, std::string_view profile, std::string_view luid,
                                                std::uint64_t mark) const
{
    const auto item = mark > 0 ? impl_->table.find(kind, luid) : std::nullopt;
    if (!item)
        return std::nullopt;
    const auto writer = impl_->table.find_writer(profile);
    if (item->revision <= mark || item->writer == writer) {
        const auto current = find(kind, luid);
        return current ? std::optional(current->data) : std::nullopt;
    }
    auto row = impl_->database->query("SELECT revision FROM version WHERE id = ?1 AND until > ?2 "
                                      "AND (revision <= ?2 OR writer = ?3) ORDER BY revision DESC LIMIT 1",
                                      item->id, mark, writer);
    return row.next() ? impl_->table.versions().find(item->id, row.count(0)) : std::nullopt;
}

// ---- reading --------------------------------------------------------------------------

namespace {

KeptSession kept_session(const Query& row)
{
    return {row.count(0), row.count(1), row.number(2), row.count(3), row.count(4), row.count(5)};
}

std::size_t size_of(const SessionChange& change)
{
    return (change.before ? change.before->size() : 0) + (change.after ? change.after->size() : 0);
}

/// A change without what was there before and after.
SessionChange change_of(const Query& row)
{
    SessionChange change;
    change.profile = row.text(0);
    change.session = row.count(1);
    change.undone = row.count(2);
    change.time = row.number(3);
    change.kind = static_cast<ItemKind>(row.number(4));
    change.luid = row.text(5);
    change.revision = row.count(6);
    change.what = static_cast<What>(row.number(7));
    change.rule = static_cast<Rule>(row.number(8));
    return change;
}

} // namespace

/// Completes the change with what was there at `before` (0: nothing) and what it made of that.
void ItemStore::Impl::add_contents(SessionChange& change, std::uint64_t before)
{
    const auto id = parse_luid(change.luid).value_or(0);
    if (before != 0)
        change.before = table.versions().find(id, before);
    change.after = table.versions().find_current(change.kind, id, change.revision);
    const auto item = table.find(change.kind, id);
    change.is_last = item && item->revision == change.revision;
}

std::vector<KeptSession> ItemStore::kept_sessions(std::string_view profile) const
{
    std::vector<KeptSession> sessions;
    for (auto rows = impl_->database->query(
             "SELECT number, undone, time, sum(what = 1), sum(what = 2), sum(what = 3) FROM session "
             "JOIN change USING (entry) WHERE writer = ?1 GROUP BY entry ORDER BY entry DESC",
             impl_->table.find_writer(profile));
         rows.next();)
        sessions.push_back(kept_session(rows));
    return sessions;
}

std::optional<KeptSession> ItemStore::find_session(std::string_view profile, std::uint64_t number) const
{
    auto row =
        impl_->database->query("SELECT number, undone, time, sum(what = 1), sum(what = 2), sum(what = 3) FROM session "
                               "JOIN change USING (entry) WHERE writer = ?1 AND number = ?2 GROUP BY entry",
                               impl_->table.find_writer(profile), number);
    return row.next() ? std::optional(kept_session(row)) : std::nullopt;
}

std::optional<std::string> ItemStore::find_profile_of_session(std::uint64_t number) const
{
    auto row = impl_->database->query("SELECT profile FROM session JOIN writer ON session.writer = writer.number "
                                      "WHERE session.number = ?1",
                                      number);
    return row.next() ? std::optional(row.text(0)) : std::nullopt;
}

std::optional<ItemOrigin> ItemStore::find_origin(ItemKind kind, std::string_view luid) const
{
    auto row = impl_->database->query(
        "SELECT revision, alive, coalesce((SELECT profile FROM writer WHERE number = item.writer), ''), "
        "coalesce((SELECT profile FROM writer WHERE number = item.creator), '') FROM item WHERE kind = ?1 AND id = ?2",
        static_cast<int>(kind), parse_luid(luid).value_or(0));
    if (!row.next())
        return std::nullopt;
    return ItemOrigin{row.count(0), row.number(1) != 0, row.text(2), row.text(3)};
}

std::optional<std::string> ItemStore::find_last_content(std::string_view luid) const
{
    const auto id = parse_luid(luid).value_or(0);
    if (auto now = impl_->table.contents().find(id))
        return now;
    auto row = impl_->database->query("SELECT max(revision) FROM version WHERE id = ?1", id);
    return row.next() ? impl_->table.versions().find(id, row.count(0)) : std::nullopt;
}

std::vector<SessionChange> ItemStore::session_changes(std::string_view profile, std::uint64_t number,
                                                      std::string_view after, std::size_t bytes) const
{
    Transaction snapshot(*impl_->database, Transaction::Kind::Read);
    std::vector<SessionChange> changes;
    std::size_t size = 0;
    for (auto rows = impl_->database->query(
             "SELECT profile, session.number, undone, time, kind, id, revision, what, rule, before FROM writer "
             "JOIN session ON session.writer = writer.number JOIN change USING (entry) "
             "WHERE profile = ?1 AND session.number = ?2 AND id > ?3 ORDER BY id, revision",
             profile, number, parse_luid(after).value_or(0));
         rows.next();) {
        auto change = change_of(rows);
        impl_->add_contents(change, rows.count(9));
        const auto more = size_of(change);
        if (!changes.empty() && size + more > bytes && changes.back().luid != change.luid)
            break;
        size += more;
        changes.push_back(std::move(change));
    }
    snapshot.commit();
    return changes;
}

std::vector<SessionChange> ItemStore::item_changes(ItemKind kind, std::string_view luid, std::size_t most) const
{
    Transaction snapshot(*impl_->database, Transaction::Kind::Read);
    constexpr std::size_t enough = 1024 * 1024;
    std::vector<SessionChange> changes;
    std::size_t size = 0;
    for (auto rows = impl_->database->query(
             "SELECT profile, session.number, undone, time, kind, id, revision, what, rule, before FROM change "
             "JOIN session USING (entry) JOIN writer ON session.writer = writer.number "
             "WHERE id = ?1 AND kind = ?2 ORDER BY revision DESC LIMIT ?3",
             parse_luid(luid).value_or(0), static_cast<int>(kind), most);
         rows.next();) {
        auto change = change_of(rows);
        impl_->add_contents(change, rows.count(9));
        size += size_of(change);
        if (!changes.empty() && size > enough)
            break;
        changes.push_back(std::move(change));
    }
    snapshot.commit();
    return changes;
}

} // namespace storage
