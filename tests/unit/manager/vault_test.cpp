#include "manager/vault.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

using manager::Vault;
namespace fs = std::filesystem;

namespace {

/// $CREDENTIALS_DIRECTORY for the time of a test.
class Credentials {
public:
    explicit Credentials(const fs::path& directory) { ::setenv("CREDENTIALS_DIRECTORY", directory.c_str(), 1); }
    ~Credentials() { ::unsetenv("CREDENTIALS_DIRECTORY"); }
    Credentials(const Credentials&) = delete;
    Credentials& operator=(const Credentials&) = delete;
};

std::string content(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void write(const fs::path& file, const std::string& text, mode_t mode = 0600)
{
    std::ofstream(file, std::ios::binary) << text;
    REQUIRE(::chmod(file.c_str(), mode) == 0);
}

} // namespace

TEST_CASE("what is sealed opens again, and only for whom it was sealed", "[vault]")
{
    TemporaryDirectory directory;
    const auto vault = Vault::open(directory / "key");
    REQUIRE(vault);
    const auto box = vault->seal(base::Secret("hunter2"), "profile-1");

    CHECK(box.find("hunter2") == std::string::npos);
    CHECK(vault->open_box(box, "profile-1").value() == base::Secret("hunter2"));
    CHECK(vault->open_box(box, "profile-2").error().code == base::Errc::CredentialsLost);
    CHECK(vault->open_box(box, "").error().code == base::Errc::CredentialsLost);
    CHECK(vault->seal(base::Secret("hunter2"), "profile-1") != box);
    CHECK(vault->open_box(vault->seal({}, "profile-1"), "profile-1").value().empty());
}

TEST_CASE("a damaged box does not open", "[vault]")
{
    TemporaryDirectory directory;
    const auto vault = Vault::open(directory / "key");
    const auto box = vault->seal(base::Secret("hunter2"), "p");
    for (std::size_t at = 0; at < box.size(); ++at) {
        auto damaged = box;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        CHECK_FALSE(vault->open_box(damaged, "p"));
        CHECK_FALSE(vault->open_box(std::string_view(box).substr(0, at), "p"));
    }
    CHECK_FALSE(vault->open_box(box + "x", "p"));
}

TEST_CASE("the first start makes a key that nobody else can read; the next one finds it", "[vault]")
{
    TemporaryDirectory directory;
    const auto file = directory / "key";
    const auto first = Vault::open(file);
    REQUIRE(first);
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600U);
    CHECK(status.st_size == 32);
    CHECK(status.st_nlink == 1);

    const auto second = Vault::open(file);
    REQUIRE(second);
    CHECK(second->open_box(first->seal(base::Secret("s"), "p"), "p").value() == base::Secret("s"));
}

TEST_CASE("a key that was half made by a start that was killed is made anew", "[vault]")
{
    TemporaryDirectory directory;
    write(directory / "key.new", "half");
    CHECK(Vault::open(directory / "key"));
    CHECK_FALSE(fs::exists(directory / "key.new"));
}

TEST_CASE("with another key the credentials are lost", "[vault]")
{
    TemporaryDirectory directory;
    const auto box = Vault::open(directory / "one")->seal(base::Secret("s"), "p");
    const auto other = Vault::open(directory / "two");
    CHECK(other->open_box(box, "p").error().code == base::Errc::CredentialsLost);
}

TEST_CASE("a key file that others can read is refused", "[vault]")
{
    TemporaryDirectory directory;
    for (const mode_t mode : {0640, 0604, 0644, 0620}) {
        write(directory / "key", std::string(32, 'k'), mode);
        const auto vault = Vault::open(directory / "key");
        REQUIRE_FALSE(vault);
        CHECK(vault.error().message.find("can be read by others") != std::string::npos);
    }
}

TEST_CASE("a key of the wrong size is refused and left alone", "[vault]")
{
    TemporaryDirectory directory;
    for (const std::size_t size : {0, 31, 33}) {
        write(directory / "key", std::string(size, 'k'));
        const auto vault = Vault::open(directory / "key");
        REQUIRE_FALSE(vault);
        CHECK(vault.error().message.find("does not hold 32 bytes") != std::string::npos);
        CHECK(content(directory / "key") == std::string(size, 'k'));
    }
}

TEST_CASE("a key file that is a link is refused", "[vault]")
{
    TemporaryDirectory directory;
    write(directory / "real", std::string(32, 'k'));
    fs::create_symlink("real", directory / "key");
    CHECK_FALSE(Vault::open(directory / "key"));
}

TEST_CASE("a key directory that does not exist is an error that names the file", "[vault]")
{
    TemporaryDirectory directory;
    const auto vault = Vault::open(directory / "none" / "key");
    REQUIRE_FALSE(vault);
    CHECK(vault.error().message.find((directory / "none" / "key").string()) != std::string::npos);
}

TEST_CASE("the credential of systemd comes before the key file", "[vault]")
{
    TemporaryDirectory directory;
    write(directory / "syncd.key", std::string(32, 's'), 0440);
    std::string box;
    {
        Credentials credentials(directory.path());
        const auto vault = Vault::open(directory / "key");
        REQUIRE(vault);
        CHECK_FALSE(fs::exists(directory / "key"));
        box = vault->seal(base::Secret("s"), "p");
        write(directory / "syncd.key", std::string(33, 's'));
        CHECK_FALSE(Vault::open(directory / "key"));
    }
    write(directory / "key", std::string(32, 's'));
    CHECK(Vault::open(directory / "key")->open_box(box, "p").value() == base::Secret("s"));
}

TEST_CASE("without that credential in systemd's directory the key file is used", "[vault]")
{
    TemporaryDirectory directory;
    fs::create_directory(directory / "credentials");
    Credentials credentials(directory / "credentials");
    CHECK(Vault::open(directory / "key"));
    CHECK(fs::exists(directory / "key"));
}
