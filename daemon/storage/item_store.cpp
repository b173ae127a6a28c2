// What applications do with the store. The part of sessions is in item_store_session.cpp.
#include "storage/item_store.hpp"

#include "storage/item_store_impl.hpp"

namespace storage {

ItemStore::ItemStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ItemStore::~ItemStore() = default;

base::Result<std::unique_ptr<ItemStore>> ItemStore::open(const std::filesystem::path& file, Access access)
{
    auto database = Database::open(file, ItemTable::steps(), access);
    if (!database)
        return tl::unexpected(database.error());
    return std::unique_ptr<ItemStore>(new ItemStore(std::make_unique<Impl>(std::move(*database))));
}

std::vector<std::pair<std::string, std::uint64_t>> ItemStore::list(ItemKind kind) const
{
    std::vector<std::pair<std::string, std::uint64_t>> items;
    for (auto rows = impl_->database->query("SELECT id, revision FROM item WHERE kind = ?1 AND alive ORDER BY id",
                                            static_cast<int>(kind));
         rows.next();)
        items.emplace_back(rows.text(0), rows.count(1));
    return items;
}

std::optional<StoredItem> ItemStore::find(ItemKind kind, std::string_view luid) const
{
    const auto id = parse_luid(luid);
    if (!id)
        return std::nullopt;
    auto row = impl_->database->query("SELECT revision, iif(length(data) <= 262144, data, length(data)) "
                                      "FROM item JOIN content USING (id) WHERE kind = ?1 AND id = ?2 AND alive",
                                      static_cast<int>(kind), *id);
    if (!row.next())
        return std::nullopt;
    return StoredItem{std::string(luid), row.count(0), impl_->table.contents().at(row, 1, *id)};
}

std::uint64_t ItemStore::count(ItemKind kind) const
{
    if (is_of_directory(kind)) {
        auto row = impl_->database->query("SELECT items FROM directory WHERE kind = ?1", static_cast<int>(kind));
        return row.next() ? row.count(0) : 0;
    }
    auto row = impl_->database->query("SELECT notes, contacts, events, tasks FROM total"); // in the order of ItemKind
    row.next();
    return row.count(static_cast<int>(kind));
}

bool is_behind(std::string_view luid, std::string_view other)
{
    return parse_luid(luid).value_or(0) > parse_luid(other).value_or(0);
}

void ItemStore::each(ItemKind kind, const std::function<void(const StoredItem&)>& visit) const
{
    for (auto rows = impl_->database->query("SELECT id, revision FROM item WHERE kind = ?1 AND alive ORDER BY id",
                                            static_cast<int>(kind));
         rows.next();)
        visit(StoredItem{rows.text(0), rows.count(1), impl_->table.contents().find(rows.number(0)).value()});
}

std::string ItemStore::add(ItemKind kind, std::string_view data)
{
    return transact(*impl_->database, [&] {
        const auto id = impl_->table.new_id();
        impl_->table.insert(kind, id, application, data);
        return std::to_string(id);
    });
}

bool ItemStore::replace(ItemKind kind, std::string_view luid, std::string_view data)
{
    return transact(*impl_->database, [&] {
        const auto item = impl_->table.find_alive(kind, luid);
        if (item && !impl_->table.has_data(*item, data))
            impl_->table.update(kind, *item, application, data);
        return item.has_value();
    });
}

bool ItemStore::remove(ItemKind kind, std::string_view luid)
{
    return transact(*impl_->database, [&] {
        const auto item = impl_->table.find_alive(kind, luid);
        if (item)
            impl_->table.bury(kind, *item, application);
        return item.has_value();
    });
}

void ItemStore::in_transaction(const std::function<void()>& work)
{
    transact(*impl_->database, work);
}

std::uint64_t ItemStore::revision() const
{
    auto row = impl_->database->query("SELECT revision FROM total");
    row.next();
    return row.count(0);
}

ItemStore::ChangedIds ItemStore::changed_since(ItemKind kind, std::uint64_t since) const
{
    Transaction snapshot(*impl_->database, Transaction::Kind::Read);
    ChangedIds changed;
    changed.revision = revision();
    for (auto rows = impl_->database->query("SELECT id, alive, created > ?2 FROM item "
                                            "WHERE kind = ?1 AND revision > ?2 ORDER BY revision",
                                            static_cast<int>(kind), since);
         rows.next();) {
        const bool alive = rows.number(1) != 0;
        const bool created = rows.number(2) != 0;
        if (alive)
            (created ? changed.added : changed.updated).push_back(rows.text(0));
        else if (!created)
            changed.removed.push_back(rows.text(0));
    }
    snapshot.commit();
    return changed;
}

} // namespace storage
