#include "storage/reviews.hpp"

#include "storage/directories.hpp"
#include "storage/item_store_impl.hpp"

#include <algorithm>
#include <utility>

namespace storage {
namespace {

using PeerWrite = ItemStore::PeerWrite;

// The bits of review.held.
constexpr std::int64_t incoming_bit = 1;
constexpr std::int64_t outgoing_bit = 2;
constexpr std::int64_t slow_bit = 4;
constexpr std::int64_t store_bit = 8;

std::int64_t bits(const Held& held)
{
    return (held.incoming ? incoming_bit : 0) | (held.outgoing ? outgoing_bit : 0) | (held.slow ? slow_bit : 0) |
           (held.store ? store_bit : 0);
}

void consent(Database& database, ItemKind kind, Directories::Consent consent)
{
    database.execute("UPDATE directory SET consent = ?2 WHERE kind = ?1", static_cast<int>(kind),
                     static_cast<int>(consent));
}

} // namespace

Reviews::Reviews(ItemStore& items) : impl_(*items.impl_) {}

// ---- plans ---------------------------------------------------------------------------

PeerWrite Reviews::plan_replacement(ItemKind kind, std::string_view profile, std::string_view luid,
                                    std::string_view data, std::uint64_t upto)
{
    return plan(kind, profile, luid, data, upto);
}

PeerWrite Reviews::plan_removal(ItemKind kind, std::string_view profile, std::string_view luid, std::uint64_t upto)
{
    return plan(kind, profile, luid, std::nullopt, upto);
}

PeerWrite Reviews::plan(ItemKind kind, std::string_view profile, std::string_view luid,
                        std::optional<std::string_view> data, std::uint64_t upto)
{
    return transact(*impl_.database, [&] {
        const auto item = impl_.table.find(kind, luid);
        const auto writer = impl_.table.make_writer(profile);
        const auto verdict = judge(item, writer, upto);
        if (verdict != PeerWrite::Done)
            return verdict;
        if (impl_.is_removal_planned(kind, writer, item->id))
            return PeerWrite::Missing;
        if (data && impl_.table.has_data(*item, *data))
            impl_.forget_plan(kind, writer, item->id); // it may be there from a change before this one
        else
            impl_.plan(kind, writer, *item, data, data ? Rule::ServerChanged : Rule::ServerDeleted);
        return PeerWrite::Done;
    });
}

bool Reviews::plan_merge(ItemKind kind, std::string_view profile, std::string_view luid, std::string_view theirs,
                         std::string_view merged)
{
    return transact(*impl_.database, [&] {
        const auto item = impl_.table.find_alive(kind, luid);
        if (!item)
            return false;
        const auto writer = impl_.table.make_writer(profile);
        impl_.forget_plan(kind, writer, item->id);
        if (impl_.table.has_data(*item, merged)) {
            impl_.merge(kind, writer, *item, theirs, merged);
            return true;
        }
        impl_.plan(kind, writer, *item, merged, Rule::Merged);
        impl_.database->execute("UPDATE planned SET theirs = ?4 WHERE writer = ?1 AND kind = ?2 AND id = ?3", writer,
                                static_cast<int>(kind), item->id, Blob{theirs});
        return true;
    });
}

void Reviews::plan_match(ItemKind kind, std::string_view profile, const StoredItem& added, const StoredItem& twin,
                         const std::string& merged)
{
    transact(*impl_.database, [&] {
        const auto item = impl_.table.find_alive(kind, added.luid);
        const auto other = impl_.table.find_alive(kind, twin.luid);
        if (!item || !other || item->revision != added.revision || other->revision != twin.revision)
            return;
        const auto writer = impl_.table.make_writer(profile);
        const auto data = merged == twin.data ? std::nullopt : std::optional<std::string_view>(merged);
        impl_.plan(kind, writer, *item, data, Rule::Matched);
        impl_.database->execute("UPDATE planned SET twin = ?4, twin_seen = ?5 "
                                "WHERE writer = ?1 AND kind = ?2 AND id = ?3",
                                writer, static_cast<int>(kind), item->id, other->id, other->revision);
    });
}

LossCounts Reviews::count_planned(ItemKind kind, std::string_view profile) const
{
    auto row =
        impl_.database->query("SELECT total(twin = 0 AND data IS NOT NULL), total(twin = 0 AND data IS NULL), "
                              "total(twin <> 0 AND data IS NOT NULL), total(twin <> 0 AND data IS NULL) FROM planned "
                              "WHERE writer = ?1 AND kind = ?2",
                              impl_.table.find_writer(profile), static_cast<int>(kind));
    row.next();
    return {row.count(0), row.count(1), row.count(2), row.count(3)};
}

std::vector<PlannedChange> Reviews::planned(ItemKind kind, std::string_view profile, std::string_view after,
                                            std::size_t most) const
{
    std::vector<PlannedChange> changes;
    for (auto rows = impl_.database->query(
             "SELECT planned.id, content.data IS NOT NULL, content.data, planned.data IS NOT NULL, planned.data, twin "
             "FROM planned LEFT JOIN content USING (id) "
             "WHERE planned.writer = ?1 AND planned.kind = ?2 AND planned.id > ?3 ORDER BY planned.id LIMIT ?4",
             impl_.table.find_writer(profile), static_cast<int>(kind), parse_luid(after).value_or(0),
             static_cast<std::uint64_t>(most));
         rows.next();) {
        if (rows.number(5) != 0) {
            const bool is_merged = rows.number(3) != 0;
            if (!changes.empty() && changes.size() + (is_merged ? 2 : 1) > most)
                break;
            if (is_merged) {
                auto content = impl_.database->query("SELECT data FROM content WHERE id = ?1", rows.number(5));
                auto& twin = changes.emplace_back();
                twin = {rows.text(5), std::nullopt, rows.text(4), rows.text(0)};
                if (content.next())
                    twin.before = content.text(0);
            }
            changes.push_back({rows.text(0), rows.text(2), std::nullopt, rows.text(0)});
            continue;
        }
        auto& change = changes.emplace_back();
        change.luid = change.next = rows.text(0);
        if (rows.number(1) != 0)
            change.before = rows.text(2);
        if (rows.number(3) != 0)
            change.after = rows.text(4);
    }
    return changes;
}

void Reviews::carry_out(ItemKind kind, std::string_view profile)
{
    const auto writer = impl_.table.find_writer(profile);
    if (!impl_.has_rows("SELECT 1 FROM planned WHERE writer = ?1 AND kind = ?2", writer, kind))
        return;
    transact(*impl_.database, [&] {
        for (const auto& row : impl_.planned_rows(kind, writer, profile))
            impl_.carry_out(kind, writer, row);
        impl_.forget_plans(kind, writer);
    });
}

void Reviews::carry_out_merge(ItemKind kind, std::string_view profile, std::string_view luid, std::string_view merged)
{
    const auto writer = impl_.table.find_writer(profile);
    transact(*impl_.database, [&] {
        const auto item = impl_.table.find_alive(kind, luid);
        const bool is_planned =
            item && impl_.database
                        ->query("SELECT 1 FROM planned WHERE writer = ?1 AND kind = ?2 AND id = ?3 AND seen = ?4 "
                                "AND theirs IS NOT NULL AND data = ?5",
                                writer, static_cast<int>(kind), item->id, item->revision, Blob{merged})
                        .next();
        if (!is_planned)
            return;
        for (const auto& row : impl_.planned_rows(kind, writer, profile))
            if (row.id == item->id)
                impl_.carry_out(kind, writer, row);
        impl_.forget_plan(kind, writer, item->id);
    });
}

void Reviews::forget_merge(ItemKind kind, std::string_view profile, std::string_view luid)
{
    impl_.database->execute("DELETE FROM planned WHERE writer = ?1 AND kind = ?2 AND id = ?3 AND theirs IS NOT NULL",
                            impl_.table.find_writer(profile), static_cast<int>(kind), parse_luid(luid).value_or(0));
}

void Reviews::drop(ItemKind kind, std::string_view profile)
{
    const auto writer = impl_.table.find_writer(profile);
    if (!impl_.has_rows("SELECT 1 FROM planned WHERE writer = ?1 AND kind = ?2", writer, kind))
        return;
    transact(*impl_.database, [&] {
        for (const auto& row : impl_.planned_rows(kind, writer, profile)) {
            const auto item = impl_.table.find(kind, row.id);
            if (item && item->revision == row.seen && row.twin == 0) // else it goes out anyway
                impl_.table.claim(kind, row.id, application);
        }
        impl_.forget_plans(kind, writer);
    });
}

// ---- what is held --------------------------------------------------------------------

Held Reviews::held(ItemKind kind, std::string_view profile) const
{
    auto row = impl_.database->query("SELECT held FROM review WHERE writer = ?1 AND kind = ?2",
                                     impl_.table.find_writer(profile), static_cast<int>(kind));
    if (!row.next())
        return {};
    const auto held = row.number(0);
    return {(held & incoming_bit) != 0, (held & outgoing_bit) != 0, (held & slow_bit) != 0, (held & store_bit) != 0};
}

void Reviews::hold(ItemKind kind, std::string_view profile, const Held& what)
{
    transact(*impl_.database, [&] {
        impl_.database->execute("INSERT INTO review (writer, kind, held) VALUES (?1, ?2, ?3) "
                                "ON CONFLICT DO UPDATE SET held = held | excluded.held",
                                impl_.table.make_writer(profile), static_cast<int>(kind), bits(what));
    });
}

void Reviews::clear_store(ItemKind kind)
{
    if (impl_.database->query("SELECT 1 FROM review WHERE kind = ?1 AND held >= ?2", static_cast<int>(kind), store_bit)
            .next())
        impl_.database->execute("UPDATE review SET held = held & ~?2 WHERE kind = ?1", static_cast<int>(kind),
                                store_bit);
}

void Reviews::release(ItemKind kind, std::string_view profile)
{
    transact(*impl_.database, [&] {
        const auto what = held(kind, profile);
        if (what.incoming)
            carry_out(kind, profile);
        if (what.store)
            consent(*impl_.database, kind, Directories::Consent::Missing);
        impl_.database->execute("UPDATE review SET held = 0, slow_agreed = slow_agreed OR ?3, "
                                "agreed_to = iif(?4, (SELECT revision FROM total), agreed_to) "
                                "WHERE writer = ?1 AND kind = ?2",
                                impl_.table.find_writer(profile), static_cast<int>(kind), what.slow ? 1 : 0,
                                what.outgoing ? 1 : 0);
    });
}

void Reviews::reject(ItemKind kind, std::string_view profile)
{
    transact(*impl_.database, [&] {
        const auto what = held(kind, profile);
        const bool leaves_changes = what.outgoing || !what.blocks();
        drop(kind, profile);
        if (what.store)
            consent(*impl_.database, kind, Directories::Consent::Restore);
        // What the peer gets back by that is wanted.
        impl_.database->execute("UPDATE review SET held = 0, "
                                "agreed_to = iif(?3, agreed_to, (SELECT revision FROM total)) "
                                "WHERE writer = ?1 AND kind = ?2",
                                impl_.table.find_writer(profile), static_cast<int>(kind), leaves_changes ? 1 : 0);
    });
}

void Reviews::agree(ItemKind kind, std::string_view profile)
{
    transact(*impl_.database, [&] {
        impl_.database->execute("INSERT INTO review (writer, kind, held, agreed_to) "
                                "SELECT ?1, ?2, 0, revision FROM total WHERE true "
                                "ON CONFLICT DO UPDATE SET agreed_to = excluded.agreed_to",
                                impl_.table.make_writer(profile), static_cast<int>(kind));
    });
}

std::uint64_t Reviews::agreed_to(ItemKind kind, std::string_view profile) const
{
    auto row = impl_.database->query("SELECT agreed_to FROM review WHERE writer = ?1 AND kind = ?2",
                                     impl_.table.find_writer(profile), static_cast<int>(kind));
    return row.next() ? row.count(0) : 0;
}

bool Reviews::is_slow_agreed(ItemKind kind, std::string_view profile) const
{
    return impl_.has_rows("SELECT 1 FROM review WHERE writer = ?1 AND kind = ?2 AND slow_agreed",
                          impl_.table.find_writer(profile), kind);
}

void Reviews::settle(ItemKind kind, std::string_view profile)
{
    const auto writer = impl_.table.find_writer(profile);
    if (impl_.has_rows("SELECT 1 FROM review WHERE writer = ?1 AND kind = ?2 AND held = 0", writer, kind))
        impl_.database->execute("DELETE FROM review WHERE writer = ?1 AND kind = ?2", writer, static_cast<int>(kind));
}

LossCounts Reviews::count_losses(ItemKind kind, std::string_view profile, std::uint64_t mark, std::uint64_t upto,
                                 Counting counting) const
{
    // What `changes` delivers, but for additions.
    auto row = impl_.database->query("SELECT total(alive), total(NOT alive) FROM item "
                                     "WHERE kind = ?1 AND revision > ?3 AND revision <= ?4 "
                                     "AND writer NOT IN (?2, ?5) AND (created <= ?3 OR creator = ?2)",
                                     static_cast<int>(kind), impl_.table.find_writer(profile), mark, upto,
                                     counting == Counting::Losses ? matcher : nobody);
    row.next();
    return {row.count(0), row.count(1)};
}

// ---- rows behind them ------------------------------------------------------------------

void ItemStore::Impl::plan(ItemKind kind, Writer writer, const ItemRow& item, std::optional<std::string_view> data,
                           Rule rule)
{
    const auto& recording = table.versions().recording();
    const auto session = recording ? recording->tag : SessionTag{};
    database->execute(
        "INSERT INTO planned (writer, kind, id, seen, number, time, rule) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET seen = excluded.seen, "
        "number = excluded.number, time = excluded.time, rule = excluded.rule, twin = 0, data = NULL, theirs = NULL",
        writer, static_cast<int>(kind), item.id, item.revision, session.number, session.time, static_cast<int>(rule));
    if (!data)
        return;
    database->execute(
        "UPDATE planned SET data = coalesce(?4, zeroblob(?5)) WHERE writer = ?1 AND kind = ?2 AND id = ?3", writer,
        static_cast<int>(kind), item.id, InRow{*data}, data->size());
    if (!LargeBlob::is_large(*data))
        return;
    auto row = database->query("SELECT rowid FROM planned WHERE writer = ?1 AND kind = ?2 AND id = ?3", writer,
                               static_cast<int>(kind), item.id);
    row.next();
    LargeBlob(*database, "planned", row.number(0), LargeBlob::Access::Write).write(*data);
}

bool ItemStore::Impl::is_removal_planned(ItemKind kind, Writer writer, ItemId id)
{
    return database
        ->query("SELECT 1 FROM planned WHERE writer = ?1 AND kind = ?2 AND id = ?3 AND data IS NULL AND twin = 0",
                writer, static_cast<int>(kind), id)
        .next();
}

void ItemStore::Impl::forget_plan(ItemKind kind, Writer writer, ItemId id)
{
    database->execute("DELETE FROM planned WHERE writer = ?1 AND kind = ?2 AND id = ?3", writer, static_cast<int>(kind),
                      id);
}

void ItemStore::Impl::forget_plans(ItemKind kind, Writer writer)
{
    database->execute("DELETE FROM planned WHERE writer = ?1 AND kind = ?2", writer, static_cast<int>(kind));
}

std::vector<ItemStore::Impl::PlannedRow> ItemStore::Impl::planned_rows(ItemKind kind, Writer writer,
                                                                       std::string_view profile)
{
    std::vector<PlannedRow> found;
    for (auto rows = database->query("SELECT id, seen, number, time, rule, data IS NULL, twin, twin_seen, "
                                     "theirs IS NOT NULL FROM planned WHERE writer = ?1 AND kind = ?2 ORDER BY id",
                                     writer, static_cast<int>(kind));
         rows.next();)
        found.push_back({rows.number(0), rows.count(1), SessionTag{std::string(profile), rows.count(2), rows.number(3)},
                         static_cast<Rule>(rows.number(4)), rows.number(5) != 0, rows.number(6), rows.count(7),
                         rows.number(8) != 0});
    return found;
}

void ItemStore::Impl::carry_out(ItemKind kind, Writer writer, const PlannedRow& row)
{
    // It is the doing of the session that it came in, whoever lets it happen.
    const auto& now = table.versions().recording();
    std::optional<OtherRecording> recording;
    if (row.session.number != 0 && !(now && now->undone == 0 && now->tag.number == row.session.number))
        recording.emplace(table.versions(), ItemVersions::Recording{row.session, 0});
    if (row.twin != 0)
        return carry_out_match(kind, writer, row);
    const auto item = table.find(kind, row.id);
    const bool untouched = item && item->revision == row.seen;
    if (item && !untouched && item->writer == writer)
        return; // the peer has written it since
    if (row.removes) {
        if (untouched && item->alive)
            table.bury(kind, *item, writer, row.rule);
        return;
    }
    auto planned = database->query("SELECT iif(length(data) <= 262144, data, length(data)), theirs, rowid FROM planned "
                                   "WHERE writer = ?1 AND kind = ?2 AND id = ?3",
                                   writer, static_cast<int>(kind), row.id);
    planned.next();
    const auto data =
        row.merges && !untouched ? planned.text(1) : octets_at(*database, planned, 0, "planned", planned.number(2));
    if (untouched && row.merges)
        merge(kind, writer, *item, planned.view(1), data);
    else if (untouched)
        table.update(kind, *item, writer, data, row.rule);
    else if (!table.find_match(kind, data, {}).id) // it may be kept beside the item, of a conflict
        table.insert(kind, table.new_id(), application, data);
}

void ItemStore::Impl::carry_out_match(ItemKind kind, Writer writer, const PlannedRow& row)
{
    const auto item = table.find_alive(kind, row.id);
    const auto twin = table.find_alive(kind, row.twin);
    // Somebody has a use for one of them: both stay.
    if (!item || !twin || item->revision != row.seen || twin->revision != row.twin_seen)
        return;
    // First the Delete, then the Replace: a peer that holds one item only, whatever it says, has it in the end.
    table.bury(kind, *item, matcher, Rule::Matched);
    if (row.removes)
        return table.claim(kind, twin->id, matcher);
    auto planned = database->query("SELECT data FROM planned WHERE writer = ?1 AND kind = ?2 AND id = ?3", writer,
                                   static_cast<int>(kind), row.id);
    planned.next();
    table.update(kind, *twin, matcher, planned.view(0), Rule::Merged);
}

} // namespace storage
