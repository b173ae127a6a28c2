// Where a service may have its directory. Peer tests do the same through the whole daemon.
#include "runner/store_directory.hpp"

#include "../storage/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <filesystem>

namespace fs = std::filesystem;

namespace {

struct Tree {
    TemporaryDirectory place;
    fs::path root = place / "root", outside = place / "outside";

    Tree()
    {
        for (const auto& path : {root / "anna", outside / "inner"})
            fs::create_directories(path);
        fs::create_symlink(outside, root / "link");
        fs::create_symlink("anna", root / "short");
        fs::create_symlink("../outside", root / "anna/up");
    }
    std::string error(const fs::path& path, const fs::path& below, uid_t owner = ::geteuid()) const
    {
        channel::ServicePlan service;
        service.directory = path;
        service.directory_root = below;
        const auto opened = runner::open_store_directory(service, owner);
        return opened ? std::string() : opened.error().message;
    }
};

} // namespace

TEST_CASE("below a root a directory of the owner's is opened, and nothing that a link leads to", "[store]")
{
    const Tree tree;
    CHECK(tree.error(tree.root / "anna", tree.root).empty());
    for (const auto* path :
         {"link", "link/inner", "short", "anna/up", "anna/up/inner", "anna/../../outside", "missing"})
        CHECK(tree.error(tree.root / path, tree.root).find("cannot be opened") != std::string::npos);
    CHECK(tree.error(tree.outside, tree.root).find("is not below") != std::string::npos);
    CHECK(tree.error(tree.root / "anna", tree.root, ::geteuid() + 1).find("another user") != std::string::npos);
}

TEST_CASE("without a root the user goes where the user may, by links as well", "[store]")
{
    const Tree tree;
    CHECK(tree.error(tree.root / "link/inner", "", ::geteuid() + 1).empty());
    CHECK(tree.error(tree.root / "missing", "").find("No such file") != std::string::npos);
}
