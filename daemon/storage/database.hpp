#pragma once

#include "base/result.hpp"
#include "storage/access.hpp"
#include "storage/failure.hpp"
#include "storage/query.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <unordered_map>

namespace storage {

/// One connection to an SQLite database, with the statements it has prepared.
///
/// WAL mode, `synchronous=FULL`: a transaction that has been committed outlives
/// a loss of power. Not thread safe; any number of processes may have the same file open.
class Database {
public:
    /// Opens `file`, creating it (mode 0600, its directory must exist) unless Access is ReadOnly,
    /// and runs the schema steps it still lacks: step n brings `user_version` n to
    /// n+1, each in a transaction of its own. Steps an older program left out are also
    /// made up for when the database is opened for reading.
    ///
    /// Who opens for reading does not wait long for others: who keeps the file locked, or is bringing it up to
    /// date, is an error after two seconds, or at once.
    ///
    /// Errors: Storage for a database of a newer program (left untouched) or one
    /// that is damaged or locked; NotFound when it is missing, or only being created, and Access is ReadOnly. The
    /// message names the file and what to do.
    static base::Result<std::unique_ptr<Database>> open(const std::filesystem::path& file,
                                                        std::span<const char* const> steps, Access access);

    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// Starts `sql` with `values` bound to ?1, ?2 …; see Query. The statement stays
    /// prepared for the next time, so `sql` must be a literal, and it must not be running.
    template <class... Values>
    Query query(const char* sql, const Values&... values)
    {
        return Query(*this, statement(sql), values...);
    }
    /// Runs a statement to its end; how many rows it changed.
    template <class... Values>
    int execute(const char* sql, const Values&... values)
    {
        return query(sql, values...).run();
    }

    /// The rowid of what was inserted last.
    std::int64_t last_row() const { return connection_.getLastInsertRowid(); }

private:
    friend class LargeBlob;
    friend class Query;
    friend class Transaction;

    Database(const std::filesystem::path& file, int flags);
    static base::Result<std::unique_ptr<Database>>
    open(const std::filesystem::path& file, std::span<const char* const> steps, Access access, bool may_wait);
    SQLite::Statement& statement(const char* sql);
    int version();
    void configure(Access access);
    /// Runs the steps that are missing; 0600 and WAL are in force before the first.
    void migrate(std::span<const char* const> steps, bool may_wait);
    template <class Call>
    decltype(auto) guarded(Call&& call)
    {
        try {
            return call();
        } catch (const SQLite::Exception& exception) {
            fail(exception);
        }
    }
    [[noreturn]] void fail(const SQLite::Exception& exception) const;

    std::filesystem::path file_;
    SQLite::Database connection_;
    std::unordered_map<const char*, SQLite::Statement> statements_;
    int depth_ = 0;       ///< transactions open on the stack
    bool doomed_ = false; ///< an inner one was left without commit
};

/// A transaction, from construction to `commit`; left without, it changes nothing.
/// An inner one is part of the outer; when it is left without commit, the
/// outer cannot be committed any more.
class Transaction {
public:
    /// Write takes the write lock at once, so that it never fails half way for another writer.
    /// Read sees one state of the database throughout.
    enum class Kind { Write, Read };
    explicit Transaction(Database& database, Kind kind = Kind::Write);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    void commit();

private:
    Database& database_;
    bool done_ = false;
};

/// Runs `work` in a transaction, committed when it returns.
template <class Work>
auto transact(Database& database, Work&& work)
{
    Transaction transaction(database);
    if constexpr (std::is_void_v<decltype(work())>) {
        work();
        transaction.commit();
    } else {
        auto result = work();
        transaction.commit();
        return result;
    }
}

} // namespace storage
