#include "storage/database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cassert>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace storage {
namespace {

constexpr int busy_timeout_ms = 10'000;
/// The broker reads what a worker may keep locked, by a fault or by malice, and must go on serving others.
constexpr int reader_busy_timeout_ms = 2'000;

/// Held while a database is created or brought up to date: switching to WAL does not wait
/// for another connection that does the same, it fails.
class DirectoryLock {
public:
    DirectoryLock(const std::filesystem::path& directory, bool may_wait)
        : fd_(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    {
        const int how = may_wait ? LOCK_EX : LOCK_EX | LOCK_NB;
        int result = fd_ < 0 ? -1 : ::flock(fd_, how);
        while (result < 0 && fd_ >= 0 && errno == EINTR)
            result = ::flock(fd_, how);
        if (result < 0) {
            const auto error = errno;
            if (fd_ >= 0)
                ::close(fd_);
            throw std::system_error(error, std::generic_category(), fmt::format("cannot lock {}", directory.string()));
        }
    }
    ~DirectoryLock() { ::close(fd_); }
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;

private:
    int fd_;
};

/// SQLite gives its -wal and -shm files the mode of the database, so it is set before SQLite sees the file. An
/// existing file is never opened here: closing it would drop every lock that this process holds on it (POSIX).
void make_private(const std::filesystem::path& file)
{
    const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd >= 0) {
        ::close(fd);
        return;
    }
    struct stat status {};
    if (errno != EEXIST || ::stat(file.c_str(), &status) != 0 ||
        ((status.st_mode & 077) != 0 && ::chmod(file.c_str(), S_IRUSR | S_IWUSR) != 0))
        throw std::system_error(errno, std::generic_category(), fmt::format("cannot create {}", file.string()));
}

const char* advice(int code)
{
    switch (code) {
    case SQLITE_FULL: return "free some space on its disk";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return "the file is damaged; restore it from a backup or move it away";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program keeps it locked; try again";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY: return "check the permissions of the file and its directory";
    case SQLITE_IOERR: return "check its disk";
    default: return "see the log";
    }
}

} // namespace

void Database::fail(const SQLite::Exception& exception) const
{
    const auto code = exception.getErrorCode() & 0xff;
    const auto text = fmt::format("{}: {} ({})", file_.string(), exception.what(), advice(code));
    if (code == SQLITE_FULL)
        throw Full(text);
    throw Failure(text);
}

Database::Database(const std::filesystem::path& file, int flags)
    : file_(file), connection_(file.string(), flags | SQLite::OPEN_NOMUTEX,
                               (flags & SQLite::OPEN_READONLY) != 0 ? reader_busy_timeout_ms : busy_timeout_ms)
{
}

base::Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file,
                                                       std::span<const char* const> steps, Access access)
{
    return open(file, steps, access, access == Access::ReadWrite);
}

base::Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file,
                                                       std::span<const char* const> steps, Access access, bool may_wait)
try {
    if (access == Access::ReadOnly && !std::filesystem::exists(file))
        return base::fail(base::Errc::NotFound, fmt::format("{} does not exist", file.string()));
    if (access == Access::ReadWrite)
        make_private(file);

    const auto current = static_cast<int>(steps.size());
    // Not make_unique: the constructor is private.
    std::unique_ptr<Database> database(
        new Database(file, access == Access::ReadOnly ? SQLite::OPEN_READONLY : SQLite::OPEN_READWRITE));
    const auto found = database->version();
    if (found > current)
        return base::fail(base::Errc::Storage,
                          fmt::format("{} has version {}, but this program knows no later one than {}; it was left "
                                      "untouched: install the newer program again",
                                      file.string(), found, current));
    if (found == 0 && access == Access::ReadOnly)
        return base::fail(base::Errc::NotFound, fmt::format("{} is only being created", file.string()));
    if (found < current && access == Access::ReadOnly) {
        database.reset();
        auto writer = open(file, steps, Access::ReadWrite, may_wait);
        if (!writer)
            return writer;
        return open(file, steps, access, may_wait);
    }
    if (found < current)
        database->migrate(steps, may_wait);
    database->configure(access);
    return database;
} catch (const SQLite::Exception& exception) {
    return base::fail(base::Errc::Storage, fmt::format("{}: {} ({})", file.string(), exception.what(),
                                                       advice(exception.getErrorCode() & 0xff)));
} catch (const std::exception& exception) {
    return base::fail(base::Errc::Storage, exception.what());
}

int Database::version()
{
    // Reads the schema too, so that a damaged file is found now and not later.
    connection_.execAndGet("SELECT count(*) FROM sqlite_schema");
    return connection_.execAndGet("PRAGMA user_version").getInt();
}

void Database::configure(Access access)
{
    // No more memory than a worker needs: 1 MiB of pages, no memory map.
    connection_.exec("PRAGMA cache_size = -1024");
    // A sandboxed worker cannot write anywhere else.
    connection_.exec("PRAGMA temp_store = MEMORY");
    if (access == Access::ReadOnly)
        return;
    connection_.exec("PRAGMA synchronous = FULL");
    connection_.exec("PRAGMA foreign_keys = ON");
    connection_.exec("PRAGMA journal_size_limit = 4194304");
}

void Database::migrate(std::span<const char* const> steps, bool may_wait)
{
    const DirectoryLock lock(std::filesystem::absolute(file_).parent_path(), may_wait);
    connection_.exec("PRAGMA journal_mode = WAL");
    connection_.exec("PRAGMA synchronous = FULL");
    for (auto next = version(); next < static_cast<int>(steps.size()); ++next) {
        Transaction transaction(*this);
        connection_.exec(steps[static_cast<std::size_t>(next)]);
        connection_.exec(fmt::format("PRAGMA user_version = {}", next + 1));
        transaction.commit();
    }
}

SQLite::Statement& Database::statement(const char* sql)
{
    const auto found = statements_.find(sql);
    if (found != statements_.end())
        return found->second;
    return guarded(
        [&]() -> SQLite::Statement& { return statements_.try_emplace(sql, connection_, sql).first->second; });
}

Transaction::Transaction(Database& database, Kind kind) : database_(database)
{
    if (database_.depth_ == 0)
        database_.execute(kind == Kind::Write ? "BEGIN IMMEDIATE" : "BEGIN");
    ++database_.depth_;
}

void Transaction::commit()
{
    assert(!done_);
    if (database_.depth_ > 1) {
        --database_.depth_;
        done_ = true;
        return;
    }
    if (database_.doomed_)
        throw Failure(
            fmt::format("{}: a part of the transaction has failed, nothing was changed", database_.file_.string()));
    database_.execute("COMMIT");
    --database_.depth_;
    done_ = true;
}

Transaction::~Transaction()
{
    if (done_)
        return;
    --database_.depth_;
    database_.doomed_ = database_.depth_ > 0;
    if (database_.depth_ == 0)
        database_.connection_.tryExec("ROLLBACK"); // SQLite may have done so itself: disk full
}

} // namespace storage
