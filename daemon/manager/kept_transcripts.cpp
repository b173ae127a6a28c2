#include "manager/kept_transcripts.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <ranges>
#include <string>
#include <string_view>
#include <system_error>

namespace manager {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".xml";

std::optional<std::uint64_t> parse_session(std::string_view name)
{
    if (!name.ends_with(suffix))
        return std::nullopt;
    name.remove_suffix(suffix.size());
    std::uint64_t session = 0;
    const auto* const end = name.data() + name.size();
    const auto [stop, error] = std::from_chars(name.data(), end, session);
    return error == std::errc() && stop == end ? std::optional(session) : std::nullopt;
}

fs::filesystem_error failure(const char* what, const fs::path& path)
{
    return {what, path, std::error_code(errno, std::system_category())};
}

} // namespace

fs::path KeptTranscripts::file(std::uint64_t session) const
{
    return directory_ / (std::to_string(session) + std::string(suffix));
}

base::Descriptor KeptTranscripts::create(std::uint64_t session) const
{
    const auto path = file(session);
    const base::Descriptor opened(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_APPEND | O_CLOEXEC, 0600));
    if (opened.get() < 0)
        throw failure("cannot make a transcript", path);
    base::Descriptor above(::fcntl(opened.get(), F_DUPFD_CLOEXEC, 5));
    if (above.get() < 0)
        throw failure("no file descriptor is left for a transcript", path);
    return above;
}

std::optional<base::Descriptor> KeptTranscripts::open(std::uint64_t session) const
{
    const auto path = file(session);
    base::Descriptor opened(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (opened.get() < 0 && errno == ENOENT)
        return std::nullopt;
    if (opened.get() < 0)
        throw failure("cannot read a transcript", path);
    return opened;
}

std::map<std::uint64_t, std::uintmax_t> KeptTranscripts::sizes() const
{
    std::map<std::uint64_t, std::uintmax_t> sizes;
    if (!fs::exists(directory_))
        return sizes;
    for (const auto& entry : fs::directory_iterator(directory_))
        if (const auto session = parse_session(entry.path().filename().native());
            session && entry.symlink_status().type() == fs::file_type::regular)
            sizes[*session] = entry.file_size();
    return sizes;
}

void KeptTranscripts::prune(std::size_t count, std::uint64_t running, std::uintmax_t bytes) const
{
    const auto all = sizes();
    std::size_t kept = 0;
    std::uintmax_t total = 0;
    for (const auto& [session, size] : all | std::views::reverse) {
        if (session == running)
            continue;
        total += size;
        if (size > 0 && kept < count && (kept == 0 || total <= bytes))
            ++kept;
        else
            remove(session);
    }
}

void KeptTranscripts::remove(std::uint64_t session) const
{
    const auto path = file(session);
    // Emptied first: who has it open goes on to have a file, and takes no room of the disk with it.
    const base::Descriptor emptied(::open(path.c_str(), O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC));
    if (emptied.get() < 0 || ::unlink(path.c_str()) != 0)
        throw failure("cannot remove a transcript", path);
}

} // namespace manager
