#include "storage/large_blob.hpp"

#include "storage/database.hpp"
#include "storage/query.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cassert>

namespace storage {
namespace {

constexpr std::size_t piece = 64 * 1024;

} // namespace

LargeBlob::LargeBlob(Database& database, const char* table, std::int64_t row, Access access) : database_(database)
{
    // When it fails it sets the pointer to null.
    check(sqlite3_blob_open(database_.connection_.getHandle(), "main", table, "data", row,
                            access == Access::Write ? 1 : 0, &blob_));
}

LargeBlob::~LargeBlob()
{
    sqlite3_blob_close(blob_);
}

void LargeBlob::check(int code) const
{
    database_.guarded([&] {
        if (code != SQLITE_OK)
            throw SQLite::Exception(database_.connection_.getHandle(), code);
    });
}

std::size_t LargeBlob::size() const
{
    return static_cast<std::size_t>(sqlite3_blob_bytes(blob_));
}

std::string LargeBlob::read() const
{
    std::string octets(size(), '\0');
    check(sqlite3_blob_read(blob_, octets.data(), static_cast<int>(octets.size()), 0));
    return octets;
}

bool LargeBlob::equals(std::string_view octets) const
{
    if (octets.size() != size())
        return false;
    std::string part(std::min(piece, octets.size()), '\0');
    for (std::size_t at = 0; at < octets.size(); at += part.size()) {
        part.resize(std::min(part.size(), octets.size() - at));
        check(sqlite3_blob_read(blob_, part.data(), static_cast<int>(part.size()), static_cast<int>(at)));
        if (octets.substr(at, part.size()) != part)
            return false;
    }
    return true;
}

void LargeBlob::write(std::string_view octets)
{
    assert(octets.size() == size());
    check(sqlite3_blob_write(blob_, octets.data(), static_cast<int>(octets.size()), 0));
}

void LargeBlob::copy(const LargeBlob& from)
{
    assert(from.size() == size());
    std::string part(std::min(piece, size()), '\0');
    for (std::size_t at = 0; at < size(); at += part.size()) {
        part.resize(std::min(part.size(), size() - at));
        from.check(sqlite3_blob_read(from.blob_, part.data(), static_cast<int>(part.size()), static_cast<int>(at)));
        check(sqlite3_blob_write(blob_, part.data(), static_cast<int>(part.size()), static_cast<int>(at)));
    }
}

std::string octets_at(Database& database, const Query& rows, int column, const char* table, std::int64_t row)
{
    return rows.is_number(column) ? LargeBlob(database, table, row, LargeBlob::Access::Read).read() : rows.text(column);
}

std::size_t size_at(const Query& rows, int column)
{
    return rows.is_number(column) ? static_cast<std::size_t>(rows.count(column)) : rows.view(column).size();
}

} // namespace storage
