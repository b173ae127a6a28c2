#include "storage/item_contents.hpp"

namespace storage {
namespace {

constexpr const char* table = "content";

} // namespace

void ItemContents::insert(ItemId id, std::string_view data)
{
    database_.execute("INSERT INTO content (id, data) VALUES (?1, coalesce(?2, zeroblob(?3)))", id, InRow{data},
                      data.size());
    if (LargeBlob::is_large(data))
        LargeBlob(database_, table, id, LargeBlob::Access::Write).write(data);
}

void ItemContents::update(ItemId id, std::string_view data)
{
    database_.execute("UPDATE content SET data = coalesce(?2, zeroblob(?3)) WHERE id = ?1", id, InRow{data},
                      data.size());
    if (LargeBlob::is_large(data))
        LargeBlob(database_, table, id, LargeBlob::Access::Write).write(data);
}

void ItemContents::remove(ItemId id)
{
    database_.execute("DELETE FROM content WHERE id = ?1", id);
}

std::optional<std::string> ItemContents::find(ItemId id) const
{
    auto row = database_.query("SELECT iif(length(data) <= 262144, data, length(data)) FROM content WHERE id = ?1", id);
    return row.next() ? std::optional(at(row, 0, id)) : std::nullopt;
}

std::size_t ItemContents::size(ItemId id) const
{
    auto row = database_.query("SELECT length(data) FROM content WHERE id = ?1", id);
    return row.next() ? static_cast<std::size_t>(row.count(0)) : 0;
}

LargeBlob ItemContents::open(ItemId id) const
{
    return {database_, table, id, LargeBlob::Access::Read};
}

bool ItemContents::equals(ItemId id, std::string_view data) const
{
    if (LargeBlob::is_large(data)) {
        auto row = database_.query("SELECT 1 FROM content WHERE id = ?1 AND length(data) = ?2", id, data.size());
        return row.next() && open(id).equals(data);
    }
    return database_
        .query("SELECT 1 FROM content WHERE id = ?1 AND length(data) = ?3 AND data = ?2", id, Blob{data}, data.size())
        .next();
}

std::string ItemContents::at(const Query& rows, int column, ItemId id) const
{
    return octets_at(database_, rows, column, table, id);
}

} // namespace storage
