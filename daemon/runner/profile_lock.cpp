#include "runner/profile_lock.hpp"

#include "base/log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace runner {
namespace {

bool lock(int file, int how)
{
    int result = 0;
    do
        result = ::flock(file, how);
    while (result != 0 && errno == EINTR);
    return result == 0;
}

} // namespace

ProfileLock::ProfileLock(const std::filesystem::path& directory)
    : file_(::open((directory / "worker.lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600))
{
    bool held = file_ >= 0 && lock(file_, LOCK_EX | LOCK_NB);
    if (!held && file_ >= 0 && errno == EWOULDBLOCK) {
        spdlog::warn("an earlier worker of the profile still lives; waiting for its end");
        held = lock(file_, LOCK_EX);
    }
    if (held)
        return;
    const int error = errno;
    if (file_ >= 0)
        ::close(file_);
    throw std::system_error(error, std::system_category(), "locking " + directory.string());
}

ProfileLock::~ProfileLock()
{
    ::close(file_);
}

} // namespace runner
