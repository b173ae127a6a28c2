#include "app/state_directory.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace app {
namespace {

namespace fs = std::filesystem;
using base::Errc;

fs::path variable(const char* name)
{
    const char* const value = std::getenv(name);
    return value != nullptr && fs::path(value).is_absolute() ? fs::path(value) : fs::path();
}

fs::path default_directory(bus::Scope scope)
{
    // systemd lists several directories with colons; the unit asks for one.
    if (auto given = variable("STATE_DIRECTORY"); !given.empty())
        return given;
    if (scope == bus::Scope::System)
        return "/var/lib/syncd";
    auto base = variable("XDG_STATE_HOME");
    if (base.empty())
        base = variable("HOME") / ".local/state";
    return base / "syncd";
}

} // namespace

base::Result<StateDirectory> StateDirectory::open(const fs::path& chosen, bus::Scope scope)
{
    const auto path = chosen.empty() ? default_directory(scope) : fs::absolute(chosen);
    const auto refuse = [&path](const std::string& why) {
        return base::fail(Errc::Failed, fmt::format("the state directory {} {}", path.native(), why));
    };
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        return refuse(fmt::format("cannot be made: {}", std::generic_category().message(errno)));

    struct stat status = {};
    if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
        return refuse("is not a directory");
    if (status.st_uid != ::geteuid())
        return refuse("belongs to another user; choose one of your own with --state-directory");
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return refuse("can be written by others; run chmod 0700 on it");
    StateDirectory opened(path, ::open((path / "lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (opened.lock_ < 0)
        return refuse(fmt::format("cannot be written: {}", std::generic_category().message(errno)));
    if (::flock(opened.lock_, LOCK_EX | LOCK_NB) != 0)
        return refuse("is used by another syncd");
    return opened;
}

StateDirectory::StateDirectory(StateDirectory&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1))
{
}

StateDirectory::~StateDirectory()
{
    if (lock_ >= 0)
        ::close(lock_);
}

} // namespace app
