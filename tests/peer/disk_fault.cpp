// Preloaded into a worker: at the n-th time that it writes to a file, cuts it to a size, has it reach the disk, gives
// it another name or removes one, the process is killed, or the disk is full from there on. $DISK_FAULT names a file
// with the words `kill 17` or `full 17`, read when the process starts: once its sandbox is closed it could not be.
#include <sys/stat.h>
#include <sys/types.h>

#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

enum class Fault { None, Kill, Full };

Fault fault = Fault::None;
std::atomic<long> steps_left = 0;

template <class Function>
Function* next(const char* name)
{
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

__attribute__((constructor)) void read_orders()
{
    const char* path = std::getenv("DISK_FAULT");
    auto* file = path != nullptr ? std::fopen(path, "re") : nullptr;
    if (file == nullptr)
        return;
    char word[8] = "";
    long number = 0;
    if (std::fscanf(file, "%7s %ld", word, &number) == 2) {
        fault = std::strcmp(word, "kill") == 0 ? Fault::Kill : Fault::Full;
        steps_left = number;
    }
    std::fclose(file);
}

/// Whether this step to the disk may be made.
bool may_go_on()
{
    if (fault == Fault::None || --steps_left > 0)
        return true;
    if (fault == Fault::Kill) {
        // Not by kill(2), which the sandbox knows nothing of. Nothing at all is done after it.
        ::raise(SIGKILL);
        ::_exit(1);
    }
    errno = ENOSPC;
    return false;
}

bool is_file(int fd)
{
    struct stat status = {};
    return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

} // namespace

extern "C" {

ssize_t write(int fd, const void* octets, size_t size)
{
    static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
    return is_file(fd) && !may_go_on() ? -1 : real(fd, octets, size);
}

ssize_t pwrite64(int fd, const void* octets, size_t size, off64_t offset)
{
    static auto* const real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
    return may_go_on() ? real(fd, octets, size, offset) : -1;
}

int ftruncate64(int fd, off64_t size) noexcept
{
    static auto* const real = next<int(int, off64_t)>("ftruncate64");
    return may_go_on() ? real(fd, size) : -1;
}

int fdatasync(int fd)
{
    static auto* const real = next<int(int)>("fdatasync");
    return may_go_on() ? real(fd) : -1;
}

int fsync(int fd)
{
    static auto* const real = next<int(int)>("fsync");
    return may_go_on() ? real(fd) : -1;
}

int renameat2(int from_fd, const char* from, int to_fd, const char* to, unsigned flags) noexcept
{
    static auto* const real = next<int(int, const char*, int, const char*, unsigned)>("renameat2");
    return may_go_on() ? real(from_fd, from, to_fd, to, flags) : -1;
}

int unlinkat(int fd, const char* path, int flags) noexcept
{
    static auto* const real = next<int(int, const char*, int)>("unlinkat");
    return may_go_on() ? real(fd, path, flags) : -1;
}

int unlink(const char* path) noexcept
{
    static auto* const real = next<int(const char*)>("unlink");
    return may_go_on() ? real(path) : -1;
}
}
