#include "app/configuration.hpp"

#include "app/version.hpp"

#include <fmt/format.h>
#include <ini.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <memory>
#include <optional>
#include <string_view>

namespace app {
namespace {

using base::Errc;

/// A number in [lowest, highest], or an error that `reader` keeps.
template <class Number>
bool read_number(std::string_view text, Number lowest, Number highest, Number& into)
{
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < lowest || value > highest)
        return false;
    into = value;
    return true;
}

bool is_proxy(std::string_view value)
{
    const auto has_host = [&](std::string_view scheme) {
        return value.starts_with(scheme) && value.size() > scheme.size();
    };
    const bool printable = std::all_of(value.begin(), value.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    return printable &&
           (has_host("http://") || has_host("https://") || has_host("socks5://") || has_host("socks5h://"));
}

/// Directories with colons between them.
std::vector<std::string> split(std::string_view value)
{
    std::vector<std::string> parts;
    while (!value.empty()) {
        const auto end = std::min(value.find(':'), value.size());
        if (end > 0)
            parts.emplace_back(value.substr(0, end));
        value.remove_prefix(std::min(end + 1, value.size()));
    }
    return parts;
}

Configuration defaults()
{
    Configuration configuration;
    configuration.manager.peer_rules = split(peer_rules);
    return configuration;
}

struct Reader {
    std::FILE* file = nullptr;
    int line = 0; ///< the one that was read last; the library does not tell
    Configuration result = defaults();
    std::optional<std::string> error;

    /// Whether `key` is known; a bad value is noted in `error`.
    bool take(std::string_view key, std::string_view value)
    {
        auto& config = result.manager;
        bool good = true;
        if (key == "MaxProfiles")
            good = read_number(value, std::numeric_limits<int>::min(), 100'000, config.max_profiles);
        else if (key == "MaxSessions")
            good = read_number(value, 1U, 1000U, config.max_workers);
        else if (key == "MaxMessageSize")
            good = read_number(value, std::uint64_t{4096}, std::uint64_t{16} << 20, config.max_msg_size);
        else if (key == "MaxObjectSize")
            good = read_number(value, std::uint64_t{4096}, std::uint64_t{64} << 20, config.max_obj_size);
        else if (key == "MaxReplySize")
            good = read_number(value, std::uint64_t{65536}, std::uint64_t{1} << 30, config.max_reply_bytes);
        else if (key == "ConnectTimeout")
            good = read_number(value, 1U, 3600U, config.connect_timeout_s);
        else if (key == "ReplyTimeout")
            good = read_number(value, 1U, 3600U, config.reply_timeout_s);
        else if (key == "SessionTimeout")
            good = read_number(value, 10U, 7U * 24 * 3600, config.session_timeout_s);
        else if (key == "HistorySessions")
            good = read_number(value, std::uint64_t{0}, std::uint64_t{1000}, config.history.sessions);
        else if (key == "HistorySize")
            good = read_number(value, std::uint64_t{0}, std::uint64_t{1} << 40, config.history.bytes);
        else if (key == "StopTimeout")
            good = read_number(value, 1U, 600U, result.stop_timeout_s);
        else if (key == "Proxy") {
            if (!is_proxy(value)) // and may hold a password
                error = fmt::format("line {}: Proxy must be a URL such as http://HOST:PORT; see syncd.conf(5)", line);
            result.proxy = value;
        } else if (key == "NoProxy")
            result.no_proxy = value;
        else if (key == "Authorization") {
            good = value == "polkit" || value == "owner";
            result.authorization = value == "owner" ? bus::Authorizer::Mode::Owner : bus::Authorizer::Mode::Polkit;
        } else if (key == "PeerRules") {
            config.peer_rules = split(value);
            good = std::all_of(config.peer_rules.begin(), config.peer_rules.end(),
                               [](const std::string& one) { return one.starts_with('/'); });
        } else if (key == "StoreRoots") {
            config.store_roots = split(value);
            good = std::all_of(config.store_roots->begin(), config.store_roots->end(), [](const std::string& one) {
                return one.starts_with('/') && one.size() > 1 && !one.ends_with('/');
            });
        } else if (key == "LogLevel") {
            good = value == "error" || value == "warning" || value == "info" || value == "debug";
            config.log_level = value;
        } else
            return false;
        if (!good)
            error = fmt::format("line {}: {}={} makes no sense; see syncd.conf(5)", line, key, value);
        return true;
    }
};

int on_entry(void* reader_, const char* section, const char* key, const char* value) noexcept
{
    auto& reader = *static_cast<Reader*>(reader_);
    try {
        if (std::string_view(section) != "syncd" || !reader.take(key, value))
            reader.result.warnings.push_back(
                fmt::format("line {}: [{}] {} is not known, ignoring", reader.line, section, key));
        return reader.error ? 0 : 1;
    } catch (const std::exception& error) {
        reader.error = error.what();
        return 0;
    }
}

char* next_line(char* into, int size, void* reader_) noexcept
{
    auto& reader = *static_cast<Reader*>(reader_);
    ++reader.line;
    return reader.error ? nullptr : std::fgets(into, size, reader.file);
}

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

} // namespace

base::Result<Configuration> read_configuration(const std::filesystem::path& file)
{
    const std::unique_ptr<std::FILE, Close> opened(std::fopen(file.c_str(), "re"));
    if (!opened && errno == ENOENT)
        return defaults();
    Reader reader;
    reader.file = opened.get();
    const int result = opened ? ini_parse_stream(&next_line, &reader, &on_entry, &reader) : -1;
    if (reader.error)
        return base::fail(Errc::InvalidValue, fmt::format("{}, {}", file.native(), *reader.error));
    if (result < 0 || std::ferror(opened.get()))
        return base::fail(Errc::InvalidValue, fmt::format("{} cannot be read", file.native()));
    if (result > 0)
        return base::fail(Errc::InvalidValue,
                          fmt::format("{}: line {} is neither a [section] nor key=value", file.native(), result));
    return reader.result;
}

} // namespace app
