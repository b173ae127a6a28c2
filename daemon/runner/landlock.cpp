#include "runner/landlock.hpp"

#include "base/descriptor.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace runner {
namespace {

namespace fs = std::filesystem;

// Younger than Debian 12's kernel headers; the values are kernel ABI.
constexpr std::uint64_t AccessTruncate = 1ULL << 14;                                  // ABI 3
constexpr std::uint64_t AccessIoctlDev = 1ULL << 15;                                  // ABI 5
constexpr std::uint64_t NetBindTcp = 1ULL << 0;                                       // ABI 4
constexpr std::uint64_t ScopeAbstractUnixSocket = 1ULL << 0, ScopeSignal = 1ULL << 1; // ABI 6

/// struct landlock_ruleset_attr of ABI 6. An older kernel accepts the longer
/// struct as long as the members that it does not know are zero.
struct RulesetAttributes {
    std::uint64_t handled_access_fs = 0;
    std::uint64_t handled_access_net = 0;
    std::uint64_t scoped = 0;
};

constexpr std::uint64_t ReadFiles = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t WriteFiles =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE | AccessTruncate;
/// What a rule on a file, not a directory, may grant.
constexpr std::uint64_t FileRights =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE | AccessTruncate;

RulesetAttributes everything_known_to(long abi)
{
    RulesetAttributes attributes;
    attributes.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
    if (abi >= 2)
        attributes.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3)
        attributes.handled_access_fs |= AccessTruncate;
    if (abi >= 4)
        attributes.handled_access_net = NetBindTcp;
    if (abi >= 5)
        attributes.handled_access_fs |= AccessIoctlDev;
    if (abi >= 6)
        attributes.scoped = ScopeAbstractUnixSocket | ScopeSignal;
    return attributes;
}

[[noreturn]] void fail(const std::string& what)
{
    throw std::system_error(errno, std::generic_category(), "landlock: " + what);
}

enum class Only { Any, PublicFile };

void allow(int ruleset, const fs::path& path, std::uint64_t rights, Only only = Only::Any)
{
    const base::Descriptor target(::open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat status {};
    if (target.get() < 0 || ::fstat(target.get(), &status) != 0) {
        if (errno == ENOENT || errno == ENOTDIR || errno == EACCES)
            return;
        fail(path);
    }
    if (only == Only::PublicFile && (!S_ISREG(status.st_mode) || (status.st_mode & S_IROTH) == 0))
        return;
    landlock_path_beneath_attr rule{};
    rule.allowed_access = S_ISDIR(status.st_mode) ? rights : rights & FileRights;
    rule.parent_fd = target.get();
    if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        fail(path);
}

} // namespace

bool restrict_files(const std::vector<fs::path>& readable, const std::vector<fs::path>& files,
                    const std::vector<fs::path>& writable, const std::vector<int>& directories)
{
    const long abi = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    // EPERM comes from the filter of a container that does not know the call; the kernel never says so.
    if (abi < 0 && (errno == ENOSYS || errno == EOPNOTSUPP || errno == EPERM))
        return false;
    const RulesetAttributes handled = everything_known_to(abi);
    const base::Descriptor ruleset(
        static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0)));
    if (ruleset.get() < 0)
        fail("ruleset");
    for (const auto& path : readable)
        allow(ruleset.get(), path, ReadFiles & handled.handled_access_fs);
    for (const auto& path : files)
        allow(ruleset.get(), path, ReadFiles & handled.handled_access_fs, Only::PublicFile);
    for (const auto& path : writable)
        allow(ruleset.get(), path, (ReadFiles | WriteFiles) & handled.handled_access_fs);
    for (const int directory : directories) {
        landlock_path_beneath_attr rule{};
        rule.allowed_access = (ReadFiles | WriteFiles) & handled.handled_access_fs;
        rule.parent_fd = directory;
        if (::syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
            fail("a directory of items");
    }
    if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
        fail("restrict");
    return true;
}

} // namespace runner
