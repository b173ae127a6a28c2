#include "runner/sandbox.hpp"

#include "runner/landlock.hpp"
#include "runner/syscall_filter.hpp"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

namespace runner {
namespace {

namespace fs = std::filesystem;

// An address sanitizer reserves terabytes of address space.
#ifdef __SANITIZE_ADDRESS__
constexpr bool LimitAddressSpace = false;
#else
constexpr bool LimitAddressSpace = true;
#endif

constexpr rlim_t MaxOpenFiles = 128;
constexpr rlim_t MaxAddressSpace = 4ULL << 30;
constexpr rlim_t MaxFileSize = 16ULL << 30;

void check(int result, const char* what)
{
    if (result != 0)
        throw std::system_error(errno, std::generic_category(), what);
}

/// Lowers a limit; one that is already lower stays.
void limit(__rlimit_resource resource, rlim_t value)
{
    rlimit current{};
    check(::getrlimit(resource, &current), "getrlimit");
    const rlim_t lowered = std::min(value, current.rlim_max);
    const rlimit wanted{lowered, lowered};
    check(::setrlimit(resource, &wanted), "setrlimit");
}

void drop_capabilities()
{
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    const __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
    check(static_cast<int>(::syscall(SYS_capset, &header, none)), "capset");
}

/// The system's part of what may be read: libraries and their modules, certificates,
/// name resolution, time zones.
std::vector<fs::path> system_files()
{
    std::vector<fs::path> files{"/usr", "/lib", "/lib32", "/lib64", "/etc", "/dev/null", "/dev/urandom"};
    // Often a link to what systemd-resolved, NetworkManager or a container keeps elsewhere.
    std::error_code none;
    const fs::path resolver = fs::canonical("/etc/resolv.conf", none);
    if (!none)
        files.push_back(resolver.parent_path());
    return files;
}

} // namespace

void seal_process(int last)
{
    check(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "PR_SET_DUMPABLE");
    limit(RLIMIT_CORE, 0);
    ::syscall(SYS_close_range, static_cast<unsigned>(last) + 1, ~0U, 0); // unknown before Linux 5.9
}

std::vector<std::string> enter_sandbox(const Reach& reach)
{
    std::vector<std::string> lacking;
    check(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
    drop_capabilities();
    // No RLIMIT_NPROC: it counts all of the uid's threads. The filter refuses new processes.
    limit(RLIMIT_NOFILE, MaxOpenFiles);
    std::signal(SIGXFSZ, SIG_IGN); // writing on fails with EFBIG, which SQLite understands
    limit(RLIMIT_FSIZE, MaxFileSize);
    if (LimitAddressSpace)
        limit(RLIMIT_AS, MaxAddressSpace);

    if (!restrict_files(system_files(), reach.files, reach.writable, reach.directories))
        lacking.emplace_back("Landlock: files of this user are not out of the session's reach");
    if (!filter_system_calls(reach.network ? Network::Reachable : Network::None))
        lacking.emplace_back("seccomp filters: system calls are not restricted");
    return lacking;
}

} // namespace runner
