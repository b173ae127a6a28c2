#include "storage/directories.hpp"

#include "storage/item_store_impl.hpp"
#include "storage/large_blob.hpp"

namespace storage {
namespace {

int number(ItemKind kind)
{
    return static_cast<int>(kind);
}

/// From the column `at` on.
FileRow file_of(const Query& row, int at = 0)
{
    FileRow file;
    file.name = row.text(at);
    if (row.number(at + 1) != 0)
        file.luid = row.text(at + 1);
    file.revision = row.count(at + 2);
    file.stamp = {row.number(at + 3), row.number(at + 4), row.number(at + 5), row.number(at + 6)};
    file.fault = row.text(at + 7);
    file.wording = row.text(at + 8);
    return file;
}

} // namespace

Directories::Directories(ItemStore& items) : impl_(*items.impl_) {}

// ---- which there are -------------------------------------------------------------------

ItemKind Directories::kind_of(ItemKind content, std::string_view path)
{
    if (path.empty())
        return content;
    const auto find = [&]() -> std::optional<ItemKind> {
        auto row = impl_.database->query("SELECT kind FROM directory WHERE path = ?1 AND kind % 4 = ?2", path,
                                         number(content));
        return row.next() ? std::optional(static_cast<ItemKind>(row.number(0))) : std::nullopt;
    };
    if (const auto known = find())
        return *known;
    return transact(*impl_.database, [&] {
        if (const auto known = find())
            return *known;
        // Numbers are never used again: a session that is kept may still name one.
        impl_.database->execute("UPDATE total SET directories = directories + 1");
        impl_.database->execute("INSERT INTO directory (kind, path) SELECT directories * 4 + ?1, ?2 FROM total",
                                number(content), path);
        return find().value();
    });
}

std::vector<ItemKind> Directories::kinds() const
{
    std::vector<ItemKind> kinds;
    for (auto rows = impl_.database->query("SELECT kind FROM directory ORDER BY kind"); rows.next();)
        kinds.push_back(static_cast<ItemKind>(rows.number(0)));
    return kinds;
}

std::string Directories::path(ItemKind kind) const
{
    auto row = impl_.database->query("SELECT path FROM directory WHERE kind = ?1", number(kind));
    return row.next() ? row.text(0) : std::string();
}

void Directories::forget(ItemKind kind)
{
    transact(*impl_.database, [&] {
        for (const auto* sql : {"DELETE FROM content WHERE id IN (SELECT id FROM item WHERE kind = ?1)",
                                "DELETE FROM item WHERE kind = ?1", "DELETE FROM trait WHERE kind = ?1",
                                "DELETE FROM version WHERE kind = ?1", "DELETE FROM change WHERE kind = ?1",
                                "DELETE FROM staged WHERE kind = ?1", "DELETE FROM guid WHERE kind = ?1",
                                "DELETE FROM peer WHERE kind = ?1", "DELETE FROM planned WHERE kind = ?1",
                                "DELETE FROM review WHERE kind = ?1", "DELETE FROM conflict WHERE kind = ?1",
                                "DELETE FROM file WHERE kind = ?1", "DELETE FROM directory WHERE kind = ?1"})
            impl_.database->execute(sql, number(kind));
    });
}

std::string Directories::mark(ItemKind kind) const
{
    auto row = impl_.database->query("SELECT mark FROM directory WHERE kind = ?1", number(kind));
    return row.next() ? row.text(0) : std::string();
}

void Directories::set_mark(ItemKind kind, std::string_view mark)
{
    impl_.database->execute("UPDATE directory SET mark = ?2 WHERE kind = ?1", number(kind), mark);
}

Directories::Consent Directories::consent(ItemKind kind) const
{
    auto row = impl_.database->query("SELECT consent FROM directory WHERE kind = ?1", number(kind));
    return row.next() ? static_cast<Consent>(row.number(0)) : Consent::None;
}

void Directories::set_consent(ItemKind kind, Consent consent)
{
    impl_.database->execute("UPDATE directory SET consent = ?2 WHERE kind = ?1", number(kind),
                            static_cast<int>(consent));
}

// ---- its files ---------------------------------------------------------------------------

void Directories::each_file(ItemKind kind, const std::function<void(const FileRow&)>& visit) const
{
    for (auto rows =
             impl_.database->query("SELECT name, item, revision, inode, size, modified, changed, fault, wording "
                                   "FROM file WHERE kind = ?1 ORDER BY name",
                                   number(kind));
         rows.next();)
        visit(file_of(rows));
}

std::optional<FileRow> Directories::find_file(ItemKind kind, std::string_view name) const
{
    auto row = impl_.database->query("SELECT name, item, revision, inode, size, modified, changed, fault, wording "
                                     "FROM file WHERE kind = ?1 AND name = ?2",
                                     number(kind), name);
    return row.next() ? std::optional(file_of(row)) : std::nullopt;
}

std::optional<FileRow> Directories::find_file_of(ItemKind kind, std::string_view luid) const
{
    auto row = impl_.database->query("SELECT name, item, revision, inode, size, modified, changed, fault, wording "
                                     "FROM file INDEXED BY file_item WHERE kind = ?1 AND item = ?2",
                                     number(kind), parse_luid(luid).value_or(-1));
    return row.next() ? std::optional(file_of(row)) : std::nullopt;
}

void Directories::put_file(ItemKind kind, const FileRow& file)
{
    impl_.database->execute("INSERT OR REPLACE INTO file (kind, name, item, revision, inode, size, modified, changed, "
                            "fault, wording) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
                            number(kind), file.name, parse_luid(file.luid).value_or(0), file.revision, file.stamp.inode,
                            file.stamp.size, file.stamp.modified, file.stamp.changed, file.fault, Blob{file.wording});
}

void Directories::drop_file(ItemKind kind, std::string_view name)
{
    impl_.database->execute("DELETE FROM file WHERE kind = ?1 AND name = ?2", number(kind), name);
}

std::uint64_t Directories::count_files(ItemKind kind) const
{
    auto row = impl_.database->query("SELECT count(*) FROM file WHERE kind = ?1 AND item <> 0", number(kind));
    row.next();
    return row.count(0);
}

std::vector<FileRow> Directories::faulty_files(ItemKind kind, std::size_t most) const
{
    std::vector<FileRow> files;
    for (auto rows = impl_.database->query(
             "SELECT name, item, revision, inode, size, modified, changed, fault, wording "
             "FROM file INDEXED BY file_fault WHERE kind = ?1 AND fault <> '' ORDER BY name LIMIT ?2",
             number(kind), static_cast<std::uint64_t>(most));
         rows.next();)
        files.push_back(file_of(rows));
    return files;
}

std::uint64_t Directories::count_faulty_files(ItemKind kind) const
{
    auto row = impl_.database->query("SELECT count(*) FROM file INDEXED BY file_fault WHERE kind = ?1 AND fault <> ''",
                                     number(kind));
    row.next();
    return row.count(0);
}

// ---- what is to be written -----------------------------------------------------------------

std::vector<Directories::Unwritten> Directories::unwritten(ItemKind kind, std::uint64_t after, std::size_t bytes) const
{
    std::vector<Unwritten> items;
    std::size_t size = 0;
    for (auto rows = impl_.database->query(
             "SELECT item.id, item.revision, alive, iif(length(data) <= 262144, data, length(data)), file.name IS NOT "
             "NULL, "
             "file.name, file.item, file.revision, inode, size, modified, changed, fault, wording "
             "FROM item LEFT JOIN file INDEXED BY file_item ON file.kind = item.kind AND file.item = item.id "
             "LEFT JOIN content USING (id) "
             "WHERE item.kind = ?1 AND item.revision > ?2 AND (alive OR file.item IS NOT NULL) "
             "AND item.revision IS NOT file.revision ORDER BY item.revision",
             number(kind), after);
         rows.next();) {
        const auto octets = size_at(rows, 3);
        if (!items.empty() && size + octets > bytes)
            break;
        size += octets;
        auto& item = items.emplace_back();
        item.luid = rows.text(0);
        item.revision = rows.count(1);
        if (rows.number(2) != 0)
            item.data = impl_.table.contents().at(rows, 3, rows.number(0));
        if (rows.number(4) != 0)
            item.file = file_of(rows, 5);
    }
    return items;
}

std::uint64_t Directories::written_to(ItemKind kind) const
{
    auto row = impl_.database->query("SELECT written FROM directory WHERE kind = ?1", number(kind));
    return row.next() ? row.count(0) : 0;
}

void Directories::set_written_to(ItemKind kind, std::uint64_t revision)
{
    impl_.database->execute("UPDATE directory SET written = ?2 WHERE kind = ?1", number(kind), revision);
}

std::uint64_t Directories::newest(ItemKind kind) const
{
    auto row = impl_.database->query("SELECT coalesce(max(revision), 0) FROM item WHERE kind = ?1", number(kind));
    row.next();
    return row.count(0);
}

// ---- its items -------------------------------------------------------------------------------

std::optional<StoredItem> Directories::find_loose(ItemKind kind, std::string_view data) const
{
    for (auto rows = impl_.database->query(
             "SELECT id, revision FROM item INDEXED BY item_equal "
             "WHERE kind = ?1 AND hash = ?2 AND alive "
             "AND NOT EXISTS (SELECT 1 FROM file INDEXED BY file_item WHERE file.kind = ?1 AND file.item = item.id)",
             number(kind), hash_of(data));
         rows.next();) {
        if (impl_.table.contents().equals(rows.number(0), data))
            return StoredItem{rows.text(0), rows.count(1), std::string(data)};
    }
    return std::nullopt;
}

std::optional<std::string> Directories::content_at(ItemKind kind, std::string_view luid, std::uint64_t revision) const
{
    return impl_.table.versions().find_current(kind, parse_luid(luid).value_or(0), revision);
}

} // namespace storage
