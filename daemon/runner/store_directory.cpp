#include "runner/store_directory.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace runner {
namespace {

tl::unexpected<base::Error> fail(const channel::ServicePlan& service, std::string_view why)
{
    return base::fail(base::Errc::Local, fmt::format("the directory {} {}", service.directory, why));
}

base::Descriptor open_below(const channel::ServicePlan& service)
{
    const base::Descriptor root(::open(service.directory_root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (root.get() < 0)
        return {};
    open_how how{};
    how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const auto* rest = service.directory.c_str() + service.directory_root.size() + 1;
    return base::Descriptor(static_cast<int>(::syscall(SYS_openat2, root.get(), rest, &how, sizeof how)));
}

} // namespace

base::Result<base::Descriptor> open_store_directory(const channel::ServicePlan& service, uid_t owner)
{
    const bool is_guarded = !service.directory_root.empty();
    if (is_guarded && !service.directory.starts_with(service.directory_root + "/"))
        return fail(service, "is not below " + service.directory_root);
    auto directory = is_guarded
                         ? open_below(service)
                         : base::Descriptor(::open(service.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0)
        return fail(service, fmt::format("cannot be opened: {}", std::generic_category().message(errno)));
    struct stat status {};
    if (is_guarded && (::fstat(directory.get(), &status) != 0 || status.st_uid != owner))
        return fail(service, "belongs to another user");
    return directory;
}

} // namespace runner
