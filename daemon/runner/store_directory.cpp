#include "runner/store_directory.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace runner {
namespace {

tl::unexpected<base::Error> fail(const channel::ServicePlan& service, std::string_view why)
{
    return base::fail(base::Errc::Local, fmt::format("the directory {} {}", service.directory, why));
}

/// Step by step, each from the one before. openat2 does it in one call, but not in a unit with RestrictSUIDSGID=, whose
/// filter cannot look into its arguments and says ENOSYS.
base::Descriptor open_below(const channel::ServicePlan& service)
{
    base::Descriptor at(::open(service.directory_root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    auto rest = std::string_view(service.directory).substr(service.directory_root.size() + 1);
    while (at.get() >= 0) {
        const auto end = rest.find('/');
        const std::string name(rest.substr(0, end));
        const bool is_last = end == std::string_view::npos;
        if (name == "..") {
            errno = EXDEV;
            return {};
        }
        const int mode = is_last ? O_RDONLY : O_PATH;
        base::Descriptor next(
            ::openat(at.get(), name.empty() ? "." : name.c_str(), mode | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        at = std::move(next);
        if (is_last)
            break;
        rest.remove_prefix(end + 1);
    }
    return at;
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
