#include "storage/database.hpp"

#include "child_process.hpp"
#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <SQLiteCpp/Column.h>

#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using base::Errc;
using storage::Access;
using storage::Database;
using storage::Transaction;

namespace {

constexpr const char* first =
    "CREATE TABLE item (id INTEGER PRIMARY KEY, data TEXT); INSERT INTO item VALUES (1, 'one')";
constexpr const char* second = "ALTER TABLE item ADD COLUMN size INTEGER NOT NULL DEFAULT 3";
constexpr const char* broken = "CREATE TABLE extra (id INTEGER); INSERT INTO nowhere VALUES (1)";

constexpr const char* one_step[] = {first};
constexpr const char* two_steps[] = {first, second};
constexpr const char* broken_step[] = {first, broken};

std::unique_ptr<Database> open(const std::filesystem::path& file, Access access = Access::ReadWrite)
{
    return Database::open(file, one_step, access).value();
}

std::int64_t number(Database& database, const char* sql)
{
    auto row = database.query(sql);
    REQUIRE(row.next());
    return row.number(0);
}

std::string text(Database& database, const char* sql)
{
    auto row = database.query(sql);
    REQUIRE(row.next());
    return row.text(0);
}

unsigned mode(const std::filesystem::path& file)
{
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    return status.st_mode & 07777;
}

std::string octets(const std::filesystem::path& file)
{
    std::ostringstream content;
    content << std::ifstream(file, std::ios::binary).rdbuf();
    return content.str();
}

} // namespace

TEST_CASE("a new database is private, durable and small", "[database]")
{
    TemporaryDirectory directory;
    const auto file = directory / "x.db";
    const auto mask = ::umask(0);
    const auto database = open(file);
    database->execute("INSERT INTO item VALUES (2, 'two')");
    ::umask(mask);
    CHECK(mode(file) == 0600);
    CHECK(mode(directory / "x.db-wal") == 0600);
    CHECK(mode(directory / "x.db-shm") == 0600);
    CHECK(text(*database, "PRAGMA journal_mode") == "wal");
    CHECK(number(*database, "PRAGMA synchronous") == 2);
    CHECK(number(*database, "PRAGMA foreign_keys") == 1);
    CHECK(number(*database, "PRAGMA busy_timeout") > 0);
    CHECK(number(*database, "PRAGMA cache_size") == -1024);
    CHECK(number(*database, "PRAGMA mmap_size") == 0);
    CHECK(number(*database, "PRAGMA temp_store") == 2);
    CHECK(number(*database, "PRAGMA journal_size_limit") == 4 << 20);
    CHECK(number(*database, "PRAGMA user_version") == 1);
}

TEST_CASE("a database that others could read is made private", "[database]")
{
    TemporaryDirectory directory;
    const auto file = directory / "x.db";
    open(file);
    REQUIRE(::chmod(file.c_str(), 0644) == 0);
    const auto database = open(file);
    database->execute("INSERT INTO item VALUES (2, 'two')");
    CHECK(mode(file) == 0600);
    CHECK(mode(directory / "x.db-wal") == 0600);
}

TEST_CASE("an older database is brought up to date, and keeps what it holds", "[database]")
{
    TemporaryDirectory directory;
    const auto access = GENERATE(Access::ReadWrite, Access::ReadOnly);
    const auto file = directory / "x.db";
    open(file)->execute("INSERT INTO item VALUES (2, 'two')");
    const auto database = Database::open(file, two_steps, access).value();
    CHECK(number(*database, "PRAGMA user_version") == 2);
    CHECK(number(*database, "SELECT sum(size) FROM item") == 6);
    CHECK(text(*database, "SELECT data FROM item WHERE id = 2") == "two");
}

TEST_CASE("a step that fails changes nothing, and the ones before it stay", "[database]")
{
    TemporaryDirectory directory;
    const auto file = directory / "x.db";
    const auto opened = Database::open(file, broken_step, Access::ReadWrite);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Errc::Storage);
    const auto database = open(file);
    CHECK(number(*database, "PRAGMA user_version") == 1);
    CHECK(number(*database, "SELECT count(*) FROM sqlite_schema WHERE name = 'extra'") == 0);
    CHECK(text(*database, "SELECT data FROM item") == "one");
}

TEST_CASE("a database of a newer program is left untouched", "[database]")
{
    TemporaryDirectory directory;
    const auto access = GENERATE(Access::ReadWrite, Access::ReadOnly);
    const auto file = directory / "x.db";
    Database::open(file, two_steps, Access::ReadWrite).value();
    const auto before = octets(file);
    const auto opened = Database::open(file, one_step, access);
    REQUIRE_FALSE(opened);
    CHECK(opened.error() ==
          base::Error{Errc::Storage, file.string() + " has version 2, but this program knows no later one than 1; it "
                                                     "was left untouched: install the newer program again"});
    CHECK(octets(file) == before);
}

TEST_CASE("a damaged file is an error that names it, and stays as it is", "[database]")
{
    TemporaryDirectory directory;
    const auto access = GENERATE(Access::ReadWrite, Access::ReadOnly);
    const auto file = directory / "x.db";
    SECTION("not a database")
    {
        std::ofstream(file) << std::string(5000, 'x');
    }
    SECTION("cut off")
    {
        open(file);
        std::filesystem::resize_file(file, 4096);
    }
    SECTION("overwritten")
    {
        open(file);
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(100);
        stream << std::string(3000, 'x');
    }
    const auto before = octets(file);
    const auto opened = Database::open(file, one_step, access);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Errc::Storage);
    CHECK(opened.error().message.find(file.string()) == 0);
    CHECK(opened.error().message.find("the file is damaged; restore it from a backup or move it away") !=
          std::string::npos);
    CHECK(octets(file) == before);
}

TEST_CASE("damage found later is thrown, with the file's name", "[database]")
{
    TemporaryDirectory directory;
    const auto file = directory / "x.db";
    {
        const auto database = open(file);
        Transaction transaction(*database);
        for (int id = 2; id < 1000; ++id)
            database->execute("INSERT INTO item VALUES (?1, ?2)", id, std::string(100, 'x'));
        transaction.commit();
    }
    std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(3 * 4096);
    stream << std::string(10 * 4096, '\xff');
    stream.close();
    const auto database = open(file);
    auto sum = database->query("SELECT sum(length(data)) FROM item");
    CHECK_THROWS_WITH(sum.next(), Catch::StartsWith(file.string()) && Catch::Contains("the file is damaged"));
}

TEST_CASE("what cannot be opened is an error that names it", "[database]")
{
    TemporaryDirectory directory;
    const auto missing = Database::open(directory / "x.db", one_step, Access::ReadOnly);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().code == Errc::NotFound);
    CHECK(missing.error().message.find("x.db does not exist") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(directory / "x.db"));

    const auto nowhere = Database::open(directory / "none/x.db", one_step, Access::ReadWrite);
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().code == Errc::Storage);
    CHECK(nowhere.error().message.find("none/x.db") != std::string::npos);

    std::filesystem::create_directory(directory / "folder.db");
    CHECK_FALSE(Database::open(directory / "folder.db", one_step, Access::ReadWrite));
}

TEST_CASE("one may read while another writes, from another process, too", "[database]")
{
    TemporaryDirectory directory;
    const auto file = directory / "x.db";
    const auto writer = open(file);
    Transaction transaction(*writer);
    writer->execute("INSERT INTO item VALUES (2, 'two')");
    ChildProcess child([&](auto& report) {
        const auto reader = open(file, Access::ReadOnly);
        auto count = reader->query("SELECT count(*) FROM item");
        count.next();
        report(static_cast<int>(count.number(0)));
    });
    CHECK(child.next_report() == 1);
    CHECK(child.wait() == 0);
    transaction.commit();
    const auto reader = open(file, Access::ReadOnly);
    CHECK(number(*reader, "SELECT count(*) FROM item") == 2);
    CHECK_THROWS(reader->execute("INSERT INTO item VALUES (3, 'three')"));
}

TEST_CASE("who reads does not wait for ever for who keeps the database locked", "[database]")
{
    const TemporaryDirectory directory;
    const auto file = directory / "items.db";
    open(file).reset();
    ChildProcess holder([&](const ChildProcess::Report& report) {
        SQLite::Database other(file.string(), SQLite::OPEN_READWRITE);
        other.exec("PRAGMA locking_mode = EXCLUSIVE");
        other.exec("BEGIN EXCLUSIVE");
        report(1);
        ::pause();
    });
    REQUIRE(holder.next_report() == 1);
    const auto reader = Database::open(file, one_step, Access::ReadOnly);
    REQUIRE_FALSE(reader);
    CHECK(reader.error().code == Errc::Storage);
    CHECK_THAT(reader.error().message, Catch::Contains("items.db") && Catch::Contains("keeps it locked"));
}

TEST_CASE("a database that is only being created is not there yet for who reads", "[database]")
{
    const TemporaryDirectory directory;
    const auto file = directory / "items.db";
    std::ofstream(file).close();
    const auto reader = Database::open(file, one_step, Access::ReadOnly);
    REQUIRE_FALSE(reader);
    CHECK(reader.error().code == Errc::NotFound);
    CHECK(std::filesystem::file_size(file) == 0);
}

TEST_CASE("who reads does not wait for who brings the database up to date", "[database]")
{
    const TemporaryDirectory directory;
    const auto file = directory / "items.db";
    open(file).reset();
    const int other = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    REQUIRE(::flock(other, LOCK_EX) == 0);
    const auto reader = Database::open(file, two_steps, Access::ReadOnly);
    REQUIRE_FALSE(reader);
    CHECK(reader.error().code == Errc::Storage);
    CHECK_THAT(reader.error().message, Catch::Contains("cannot lock"));
    ::close(other);
    CHECK(Database::open(file, two_steps, Access::ReadOnly));
}

TEST_CASE("opening a database again in the same process leaves its locks alone", "[database]")
{
    TemporaryDirectory directory;
    const auto file = directory / "x.db";
    const auto writer = open(file);
    Transaction transaction(*writer);
    writer->execute("INSERT INTO item VALUES (2, 'two')");
    open(file); // opened and closed: POSIX would drop the locks of the first one
    ChildProcess child([&](auto& report) {
        const auto other = open(file);
        other->execute("PRAGMA busy_timeout = 0");
        try {
            other->execute("INSERT INTO item VALUES (3, 'three')");
            report(1);
        } catch (const storage::Failure&) {
            report(0);
        }
    });
    CHECK(child.next_report() == 0);
    child.wait();
}

TEST_CASE("processes that create a database at the same time all succeed", "[database]")
{
    for (int round = 0; round < 10; ++round) {
        TemporaryDirectory directory;
        std::vector<std::unique_ptr<ChildProcess>> children;
        for (int child = 0; child < 4; ++child)
            children.push_back(std::make_unique<ChildProcess>([&, child](auto& report) {
                open(directory / "x.db")->execute("INSERT INTO item VALUES (?1, '')", child + 10);
                report(child);
            }));
        for (auto& child : children)
            CHECK(child->wait() == 0);
        CHECK(number(*open(directory / "x.db"), "SELECT count(*) FROM item") == 5);
    }
}

TEST_CASE("a transaction left without commit changes nothing, an inner one spoils the outer", "[database]")
{
    TemporaryDirectory directory;
    const auto database = open(directory / "x.db");
    {
        Transaction transaction(*database);
        database->execute("INSERT INTO item VALUES (2, 'two')");
    }
    CHECK(number(*database, "SELECT count(*) FROM item") == 1);
    {
        Transaction outer(*database);
        {
            Transaction inner(*database);
            database->execute("INSERT INTO item VALUES (2, 'two')");
        }
        CHECK_THROWS_AS(outer.commit(), storage::Failure);
    }
    CHECK(number(*database, "SELECT count(*) FROM item") == 1);
    {
        Transaction outer(*database);
        Transaction inner(*database);
        database->execute("INSERT INTO item VALUES (2, 'two')");
        inner.commit();
        outer.commit();
    }
    CHECK(number(*database, "SELECT count(*) FROM item") == 2);
}

TEST_CASE("a full disk is said, and what was there stays", "[database]")
{
    TemporaryDirectory directory;
    const auto database = open(directory / "x.db");
    database->query("PRAGMA max_page_count = 8").next();
    try {
        Transaction transaction(*database);
        for (int id = 2; id < 1000; ++id)
            database->execute("INSERT INTO item VALUES (?1, ?2)", id, std::string(1000, 'x'));
        FAIL("nothing was thrown");
    } catch (const storage::Full& failure) {
        CHECK_THAT(failure.what(), Catch::Contains("free some space on its disk"));
    }
    CHECK(number(*database, "SELECT count(*) FROM item") == 1);
    database->execute("INSERT INTO item VALUES (2, 'two')");
    CHECK(number(*database, "SELECT count(*) FROM item") == 2);
}
