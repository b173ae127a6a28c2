#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace SQLite {
class Statement;
}

namespace storage {

class Database;

/// Octets for a BLOB column; they must stay alive while the query runs.
struct Blob {
    std::string_view octets;
};

/// The same for what is to be written as `coalesce(?1, zeroblob(?2))`: nothing, when it is too large to be written with
/// its row (LargeBlob).
struct InRow {
    std::string_view octets;
};

/// One run of a prepared statement, which is reset when the query ends: an
/// open one would keep its read transaction open, too.
///
///     for (auto rows = database.query("SELECT id FROM item WHERE kind = ?1", kind); rows.next();)
///         use(rows.number(0));
class Query {
public:
    template <class... Values>
    Query(Database& database, SQLite::Statement& statement, const Values&... values)
        : database_(database), statement_(statement)
    {
        int index = 0;
        (bind(++index, values), ...);
    }
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    /// Steps to the next row; false at the end.
    bool next();
    /// Steps to the end; how many rows the statement changed.
    int run();

    std::int64_t number(int column) const;
    /// Whether it is one, and not text or a BLOB.
    bool is_number(int column) const;
    /// A number that is never negative: a revision, a count.
    std::uint64_t count(int column) const { return static_cast<std::uint64_t>(number(column)); }
    /// Text or BLOB.
    std::string text(int column) const { return std::string(view(column)); }
    /// The same without a copy, valid until the next step.
    std::string_view view(int column) const;

private:
    void bind(int index, std::int64_t value);
    void bind(int index, int value) { bind(index, static_cast<std::int64_t>(value)); }
    void bind(int index, std::uint32_t value) { bind(index, static_cast<std::int64_t>(value)); }
    void bind(int index, std::uint64_t value) { bind(index, static_cast<std::int64_t>(value)); }
    void bind(int index, std::string_view text);
    void bind(int index, Blob blob);
    void bind(int index, InRow data);

    Database& database_;
    SQLite::Statement& statement_;
};

} // namespace storage
