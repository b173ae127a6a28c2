#include "app/state_directory.hpp"

#include "scratch.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <optional>

using app::StateDirectory;
namespace fs = std::filesystem;

namespace {

std::string refusal(const fs::path& path)
{
    const auto opened = StateDirectory::open(path, bus::Scope::System);
    return opened ? "opened" : opened.error().message;
}

/// An environment variable for one test.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name)
    {
        if (const char* const before = std::getenv(name))
            before_ = before;
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable()
    {
        if (before_)
            ::setenv(name_, before_->c_str(), 1);
        else
            ::unsetenv(name_);
    }

private:
    const char* name_;
    std::optional<std::string> before_;
};

} // namespace

TEST_CASE("a state directory is made for its owner alone", "[state_directory]")
{
    const Scratch scratch;
    const auto opened = StateDirectory::open(scratch / "a" / "b", bus::Scope::System);
    REQUIRE(opened);
    CHECK(opened->path() == scratch / "a" / "b");
    CHECK((fs::status(opened->path()).permissions() & fs::perms::mask) == fs::perms::owner_all);
}

TEST_CASE("two brokers cannot have the same state directory", "[state_directory]")
{
    const Scratch scratch;
    {
        auto first = StateDirectory::open(scratch / "s", bus::Scope::System);
        REQUIRE(first);
        const auto moved = std::move(*first);
        CHECK(refusal(scratch / "s").find("is used by another syncd") != std::string::npos);
    }
    CHECK(refusal(scratch / "s") == "opened");
}

TEST_CASE("a directory that others could prepare is refused", "[state_directory]")
{
    const Scratch scratch;
    fs::create_directory(scratch / "open");
    fs::permissions(scratch / "open", fs::perms::owner_all | fs::perms::group_write);
    CHECK(refusal(scratch / "open").find("can be written by others") != std::string::npos);

    fs::create_directory(scratch / "real");
    fs::create_directory_symlink(scratch / "real", scratch / "link");
    CHECK(refusal(scratch / "link").find("is not a directory") != std::string::npos);

    scratch.write("file", "");
    CHECK(refusal(scratch / "file").find("is not a directory") != std::string::npos);

    if (::geteuid() == 0) {
        fs::create_directory(scratch / "theirs");
        REQUIRE(::chown((scratch / "theirs").c_str(), 1, 1) == 0);
        CHECK(refusal(scratch / "theirs").find("belongs to another user") != std::string::npos);
    }
}

TEST_CASE("systemd's directory is preferred to the scope's own", "[state_directory]")
{
    const Scratch scratch;
    const Variable xdg("XDG_STATE_HOME", scratch / "xdg");
    {
        const auto opened = StateDirectory::open({}, bus::Scope::User);
        REQUIRE(opened);
        CHECK(opened->path() == scratch / "xdg" / "syncd");
    }
    const Variable systemd("STATE_DIRECTORY", scratch / "systemd");
    const auto opened = StateDirectory::open({}, bus::Scope::User);
    REQUIRE(opened);
    CHECK(opened->path() == scratch / "systemd");
}
