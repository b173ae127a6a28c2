#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3_blob;

namespace storage {

class Database;
class Query;

/// The octets in column `data` of a row, read and written where they are. A row that SQLite reads as a whole is in
/// memory once more than what is made of it, and one that it writes once more than what was handed in: for a contact
/// that is nothing, for its photo of 50 MiB it is 50 MiB.
///
/// Lives within one transaction, in which nothing else writes the row.
class LargeBlob {
public:
    /// Up to this size rows are read and written as a whole, which is faster: opening one costs as much as a statement
    /// that is not prepared.
    static constexpr std::size_t most_in_row = 256 * 1024;
    static bool is_large(std::string_view octets) { return octets.size() > most_in_row; }

    enum class Access { Read, Write };
    /// `table` has rowids. Throws Failure when there is no such row.
    LargeBlob(Database& database, const char* table, std::int64_t row, Access access);
    ~LargeBlob();
    LargeBlob(const LargeBlob&) = delete;
    LargeBlob& operator=(const LargeBlob&) = delete;

    std::size_t size() const;
    std::string read() const;
    bool equals(std::string_view octets) const;
    /// As many octets as it has.
    void write(std::string_view octets);
    /// Of one that is as large.
    void copy(const LargeBlob& from);

private:
    void check(int code) const;

    Database& database_;
    sqlite3_blob* blob_ = nullptr;
};

/// What a query finds that has chosen `iif(length(data) <= 262144, data, length(data))` as `column`: the octets of
/// `row` of `table`, which are read from there if they are many.
std::string octets_at(Database& database, const Query& rows, int column, const char* table, std::int64_t row);
/// How many there are.
std::size_t size_at(const Query& rows, int column);

} // namespace storage
