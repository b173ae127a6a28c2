// Takes back what a session changed.
#include "storage/item_store.hpp"

#include "storage/item_store_impl.hpp"

#include <vector>

namespace storage {
namespace {

/// One row of `change`.
struct Noted {
    ItemKind kind = ItemKind::Contact;
    ItemId id = 0;
    std::uint64_t revision = 0;
    std::uint64_t before = 0;
    What what = What::Added;
};

/// Carries out one undoing, in a transaction that is open.
class Undoer {
public:
    Undoer(Database& database, ItemTable& table) : database_(database), table_(table) {}

    void undo(const Noted& change);
    Undoing result() { return std::move(result_); }

private:
    bool is_as_left(const ItemRow& item, const Noted& change);
    bool was_made_by_undoing(const ItemRow& item);

    Database& database_;
    ItemTable& table_;
    Undoing result_;
};

void Undoer::undo(const Noted& change)
{
    const auto item = table_.find(change.kind, change.id).value();
    const bool was_there = change.before != 0;
    const auto before = was_there ? table_.versions().find(change.id, change.before) : std::nullopt;
    if (was_there ? before && table_.has_data(item, *before) : !item.alive)
        return; // it is so already
    if ((was_there && !before) || !is_as_left(item, change)) {
        result_.left_alone.push_back({change.kind, std::to_string(change.id)});
    } else if (!was_there) {
        table_.bury(change.kind, item, application, Rule::Undone);
        ++result_.removed;
    } else if (item.alive) {
        table_.update(change.kind, item, application, *before, Rule::Undone);
        ++result_.reverted;
    } else {
        table_.revive(change.kind, item, application, *before, Rule::Undone);
        ++result_.restored;
    }
}

/// Whether the item is what the session made of it, and nobody else had a hand in that. Undoing, and undoing that, is
/// nobody else.
bool Undoer::is_as_left(const ItemRow& item, const Noted& change)
{
    if (item.revision == change.revision)
        return true;
    if (!was_made_by_undoing(item))
        return false;
    if (change.what == What::Deleted)
        return !item.alive;
    const auto after = table_.versions().find(change.id, change.revision);
    return after && table_.has_data(item, *after);
}

bool Undoer::was_made_by_undoing(const ItemRow& item)
{
    return database_
        .query("SELECT 1 FROM change JOIN session USING (entry) WHERE id = ?1 AND revision = ?2 AND undone <> 0",
               item.id, item.revision)
        .next();
}

} // namespace

std::optional<Undoing> ItemStore::undo(std::string_view profile, std::uint64_t number, const SessionTag& tag,
                                       const Retention& retention)
{
    auto& db = *impl_->database;
    auto& table = impl_->table;
    const auto writer = table.find_writer(profile);
    return transact(db, [&]() -> std::optional<Undoing> {
        const auto entry = table.versions().find_entry(writer, number);
        if (!entry)
            return std::nullopt;
        const OtherRecording recording(table.versions(), {tag, number});
        std::vector<Noted> changes;
        // A surplus one was gone before anybody saw it, and the peer has another.
        for (auto rows = db.query("SELECT kind, id, revision, before, what FROM change WHERE entry = ?1 AND rule <> ?2 "
                                  "ORDER BY id, revision DESC",
                                  *entry, static_cast<int>(Rule::Surplus));
             rows.next();) {
            // What the session did to an item before somebody else wrote it, and then the session once more.
            if (!changes.empty() && changes.back().id == rows.number(1))
                continue;
            changes.push_back({static_cast<ItemKind>(rows.number(0)), rows.number(1), rows.count(2), rows.count(3),
                               static_cast<What>(rows.number(4))});
        }
        // The peer deleted them. Those GUIDs are not items of its any more, and are not to be mapped.
        db.execute("DELETE FROM guid WHERE writer = ?1 AND EXISTS (SELECT 1 FROM change JOIN item USING (kind, id) "
                   "WHERE entry = ?2 AND change.id = guid.id AND what = 3 AND NOT alive AND item.writer = ?1)",
                   writer, *entry);
        Undoer undoer(db, table);
        for (const auto& change : changes)
            undoer.undo(change);
        table.versions().keep_newest(writer, retention.sessions);
        table.versions().shrink_to(retention.bytes);
        return undoer.result();
    });
}

} // namespace storage
