#include "manager/user_files.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <fstream>

using manager::UserFiles;
namespace fs = std::filesystem;

namespace {

mode_t mode_of(const fs::path& path)
{
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

void touch(const fs::path& file)
{
    fs::create_directories(file.parent_path());
    std::ofstream(file) << "x";
}

} // namespace

TEST_CASE("directories are made for nobody else's eyes, and may be there already", "[manager][files]")
{
    TemporaryDirectory root;
    const UserFiles files(root.path());
    CHECK(files.sync_db(1000, "p1") == root / "users/1000/sync/p1/state.db");
    CHECK(files.items_db(1000) == root / "users/1000/items/items.db");
    for (int i = 0; i < 2; ++i) {
        files.make_sync_directory(1000, "p1");
        files.make_items_directory(1000);
    }
    for (const auto* directory : {"users", "users/1000", "users/1000/sync", "users/1000/sync/p1", "users/1000/items"})
        CHECK(mode_of(root / directory) == 0700U);
    CHECK_FALSE(fs::exists(files.sync_db(1000, "p1")));
}

TEST_CASE("a link on the way is refused", "[manager][files]")
{
    TemporaryDirectory root, elsewhere;
    const UserFiles files(root.path());
    const auto* link = GENERATE("users", "users/1000", "users/1000/sync", "users/1000/sync/p1");
    fs::create_directories((root / link).parent_path());
    fs::create_directory_symlink(elsewhere.path(), root / link);
    CHECK_THROWS_AS(files.make_sync_directory(1000, "p1"), fs::filesystem_error);
    CHECK(fs::is_empty(elsewhere.path()));
}

TEST_CASE("removing a profile removes its directory alone and follows no link", "[manager][files]")
{
    TemporaryDirectory root, elsewhere;
    const UserFiles files(root.path());
    touch(elsewhere / "precious");
    touch(files.sync_db(1000, "p1"));
    touch(files.sync_db(1000, "p2"));
    touch(files.items_db(1000));
    fs::create_directory_symlink(elsewhere.path(), files.sync_db(1000, "p1").parent_path() / "link");
    files.remove_profile(1000, "p1");
    CHECK_FALSE(fs::exists(root / "users/1000/sync/p1"));
    CHECK(fs::exists(files.sync_db(1000, "p2")));
    CHECK(fs::exists(files.items_db(1000)));
    CHECK(fs::exists(elsewhere / "precious"));
    files.remove_profile(1000, "p1"); // nothing there is no failure
}

TEST_CASE("removing through a link is refused", "[manager][files]")
{
    TemporaryDirectory root, elsewhere;
    const UserFiles files(root.path());
    touch(elsewhere / "p1/state.db");
    fs::create_directories(root / "users/1000");
    fs::create_directory_symlink(elsewhere.path(), root / "users/1000/sync");
    CHECK_THROWS_AS(files.remove_profile(1000, "p1"), fs::filesystem_error);
    CHECK(fs::exists(elsewhere / "p1/state.db"));
}

TEST_CASE("every profile that has a directory is visited, and may be removed", "[manager][files]")
{
    TemporaryDirectory root;
    const UserFiles files(root.path());
    files.each_profile([](auto, const auto&) { FAIL("nothing there yet"); });
    touch(files.sync_db(1000, "here"));
    touch(files.sync_db(1000, "gone"));
    touch(files.sync_db(1001, "here"));
    touch(files.items_db(1000));
    touch(root / "users/stranger/sync/x/state.db");
    touch(root / "users/file");
    files.each_profile([&](manager::Uid owner, const std::string& id) {
        if (owner != 1000 || id != "here")
            files.remove_profile(owner, id);
    });
    CHECK(fs::exists(files.sync_db(1000, "here")));
    CHECK_FALSE(fs::exists(root / "users/1000/sync/gone"));
    CHECK_FALSE(fs::exists(root / "users/1001/sync/here"));
    CHECK(fs::exists(files.items_db(1000)));
    CHECK(fs::exists(root / "users/stranger/sync/x/state.db"));
}
