#include "syncevolution.hpp"

#include "exit_status.hpp"
#include "words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

namespace ctl {
namespace {

namespace fs = std::filesystem;
using syncd::SyncServiceType;
using syncd::SyncType;

std::string lower(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
    return result;
}

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

/// The properties that one `config.ini` sets. Its comments hold the default values, which do not count.
class Properties {
public:
    explicit Properties(const fs::path& file)
    {
        std::ifstream stream(file);
        for (std::string line; std::getline(stream, line);) {
            const auto text = trimmed(line);
            const auto equals = text.find('=');
            if (text.empty() || text.front() == '#' || equals == std::string_view::npos)
                continue;
            values_[lower(trimmed(text.substr(0, equals)))] = trimmed(text.substr(equals + 1));
        }
    }
    /// Names are not case sensitive.
    std::string get(std::string_view name, std::string_view fallback = {}) const
    {
        const auto found = values_.find(lower(name));
        return found == values_.end() ? std::string(fallback) : found->second;
    }

private:
    std::map<std::string, std::string> values_;
};

bool is_off(const std::string& value)
{
    const auto word = lower(value);
    return word.empty() || word == "0" || word == "f" || word == "false" || word == "no" || word == "none";
}

/// What a source holds; nothing for what no service here holds.
std::optional<SyncServiceType> service_type(const Properties& shared, const Properties& own)
{
    using enum SyncServiceType;
    constexpr std::pair<std::string_view, SyncServiceType> backends[] = {
        {"addressbook", Contact},
        {"contacts", Contact},
        {"evolution address book", Contact},
        {"evolution contacts", Contact},
        {"evolution-contacts", Contact},
        {"kde address book", Contact},
        {"kde contacts", Contact},
        {"kde-contacts", Contact},
        {"eds-contacts", Contact},
        {"calendar", Event},
        {"events", Event},
        {"evolution calendar", Event},
        {"evolution-events", Event},
        {"kde calendar", Event},
        {"kde-events", Event},
        {"eds-events", Event},
        {"todo", Task},
        {"tasks", Task},
        {"evolution task list", Task},
        {"evolution tasks", Task},
        {"evolution-tasks", Task},
        {"kde tasks", Task},
        {"kde-tasks", Task},
        {"eds-tasks", Task},
        {"memo", Note},
        {"memos", Note},
        {"evolution memos", Note},
        {"evolution-memos", Note},
        {"kde memos", Note},
        {"kde-memos", Note},
        {"eds-memos", Note},
    };
    // Files of text/calendar may hold anything that is in one.
    constexpr std::pair<std::string_view, SyncServiceType> formats[] = {
        {"text/vcard", Contact}, {"text/x-vcard", Contact}, {"text/plain", Note}};
    const auto find = [](const auto& table, const std::string& word) {
        const auto* const found = std::ranges::find(table, word, [](const auto& row) { return row.first; });
        return found == std::end(table) ? std::nullopt : std::optional(found->second);
    };
    const auto backend = lower(shared.get("backend", shared.get("type", own.get("type"))));
    return backend == "file" ? find(formats, lower(shared.get("databaseFormat"))) : find(backends, backend);
}

/// How a source is synced; nothing for words that are not known.
std::optional<SyncType> sync_type(const std::string& word)
{
    const auto mode = lower(word);
    if (mode == "two-way" || mode == "slow")
        return SyncType::TwoWay;
    if (mode == "one-way-from-client" || mode == "one-way-from-local" || mode == "local-cache-incremental")
        return SyncType::OneWayFromClient;
    if (mode == "one-way-from-server" || mode == "one-way-from-remote")
        return SyncType::OneWayFromServer;
    return std::nullopt;
}

/// The shortest interval that is not shorter. `text`: seconds, or as `1H30M`.
syncd::SyncInterval interval(std::string_view text)
{
    std::uint64_t seconds = 0, number = 0;
    for (const char c : text) {
        if (c >= '0' && c <= '9') {
            number = std::min<std::uint64_t>(number * 10 + static_cast<unsigned>(c - '0'), 1'000'000'000);
            continue;
        }
        const std::uint64_t unit = c == 'd' || c == 'D'   ? 86400
                                   : c == 'h' || c == 'H' ? 3600
                                   : c == 'm' || c == 'M' ? 60
                                                          : 1;
        seconds += std::exchange(number, 0) * unit;
    }
    seconds += number;
    using Interval = syncd::SyncInterval;
    constexpr std::pair<std::uint64_t, Interval> intervals[] = {
        {300, Interval::FiveMinutes}, {900, Interval::FifteenMinutes}, {3600, Interval::OneHour},
        {14400, Interval::FourHours}, {43200, Interval::TwelveHours},  {86400, Interval::OneDay},
        {604800, Interval::OneWeek}};
    for (const auto& [length, value] : intervals)
        if (seconds <= length)
            return value;
    return Interval::OneMonth;
}

/// Reads one peer.
class PeerReader {
public:
    PeerReader(const fs::path& context, const fs::path& directory, std::string name)
        : context_(context), directory_(directory), properties_(directory / "config.ini")
    {
        peer_.name = std::move(name);
        peer_.profile.profile_name = peer_.name;
    }

    ImportedPeer read()
    {
        if (!read_url())
            return std::move(peer_);
        read_credentials();
        read_sources();
        read_schedule();
        read_tls();
        read_the_rest();
        return std::move(peer_);
    }

private:
    void note(std::string text) { peer_.notes.push_back(std::move(text)); }

    bool read_url()
    {
        const auto urls = properties_.get("syncURL");
        const auto url = urls.substr(0, urls.find_first_of(" \t"));
        if (!is_off(properties_.get("PeerIsClient")))
            peer_.refusal = "it is a device that has this machine as its server";
        else if (url.empty())
            peer_.refusal = "it has no syncURL";
        else if (!url.starts_with("http://") && !url.starts_with("https://"))
            peer_.refusal = fmt::format("it is not reached by HTTP: {}", url);
        peer_.profile.sync_info.url = url;
        return peer_.refusal.empty();
    }

    void read_credentials()
    {
        auto& info = peer_.profile.sync_info;
        const auto user = properties_.get("username");
        // `goa:…`, `gsso:…`: an account of the desktop.
        const auto colon = user.find(':');
        info.id = colon == std::string::npos ? user : std::string();
        if (colon != std::string::npos)
            return note(fmt::format("its user name {} is an account of the desktop: profile update --user NAME", user));
        auto password = properties_.get("password");
        if (user.empty())
            return;
        if (password.starts_with("${") && password.ends_with('}')) {
            const auto* value = std::getenv(password.substr(2, password.size() - 3).c_str());
            password = value != nullptr ? value : "";
        }
        if (password.empty() || password == "-")
            note("its password is not in the file: profile update --ask-password");
        else
            info.password = std::move(password);
    }

    void read_sources()
    {
        std::vector<SyncType> types;
        std::vector<fs::path> sources;
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(directory_ / "sources", ignored))
            if (fs::exists(entry.path() / "config.ini"))
                sources.push_back(entry.path());
        std::sort(sources.begin(), sources.end());
        for (const auto& source : sources)
            read_source(source, types);
        // A profile has one type.
        if (!types.empty() &&
            std::all_of(types.begin(), types.end(), [&](SyncType each) { return each == types.front(); }))
            peer_.profile.sync_info.type = types.front();
        else if (!types.empty())
            note("its sources are synced in different directions: all of them two-way now");
        if (peer_.profile.service_info.empty())
            note("none of its sources holds items that are kept here, with a database on the server: nothing to sync "
                 "yet");
    }

    void read_source(const fs::path& directory, std::vector<SyncType>& types)
    {
        const auto name = directory.filename().string();
        const Properties own(directory / "config.ini");
        const Properties shared(context_ / "sources" / name / "config.ini");
        const auto mode = own.get("sync", "disabled");
        const bool enabled = !is_off(mode) && lower(mode) != "disabled";
        const auto type = service_type(shared, own);
        if (!type) {
            if (enabled)
                note(fmt::format("source {} holds nothing that is kept here", name));
            return;
        }
        const auto database = own.get("uri");
        if (database.empty()) {
            if (enabled)
                note(fmt::format("source {} names no database of the server (uri)", name));
            return;
        }
        auto& services = peer_.profile.service_info;
        if (std::any_of(services.begin(), services.end(), [&](const auto& each) { return each.service_type == *type; }))
            return note(fmt::format("source {} is a second one for {}s", name, word(*type)));
        auto& service = services.emplace_back();
        service.service_type = *type;
        service.server_database_uri = database;
        service.enable = enabled;
        if (!enabled)
            return;
        const auto direction = sync_type(mode);
        if (!direction)
            note(fmt::format("source {} is synced as {}, which is no standing order here: two-way now", name, mode));
        types.push_back(direction.value_or(SyncType::TwoWay));
    }

    void read_schedule()
    {
        auto& info = peer_.profile.sync_info;
        const auto every = properties_.get("autoSyncInterval", "30M");
        if (is_off(properties_.get("autoSync")) || is_off(every))
            return;
        if (info.type != SyncType::TwoWay)
            return note("it is synced in one direction, which is not done by itself here: start it when it is to sync");
        info.mode = syncd::SyncMode::Periodic;
        info.interval = interval(every);
    }

    void read_tls()
    {
        const auto authorities = properties_.get("SSLServerCertificates");
        if (authorities.find(':') != std::string::npos)
            note(
                "it trusts several files of certificates: the system's are trusted now; profile update --ca-file FILE");
        else
            peer_.profile.sync_info.ca_file = authorities;
        if (properties_.get("SSLVerifyServer", "1") == "0" || properties_.get("SSLVerifyHost", "1") == "0")
            note("it does not check the server's certificate; that is always checked now");
    }

    void read_the_rest()
    {
        auto& info = peer_.profile.sync_info;
        info.hold_slow_sync = !is_off(properties_.get("preventSlowSync", "1"));
        info.encoding =
            is_off(properties_.get("enableWBXML", "1")) ? syncd::SyncEncoding::Xml : syncd::SyncEncoding::Auto;
        if (const auto version = properties_.get("SyncMLVersion"); !version.empty())
            info.protocol_version = syncd::from_string<syncd::SyncProtocolVersion>(version);
        if (info.protocol_version == syncd::SyncProtocolVersion::Unknown)
            info.protocol_version = syncd::SyncProtocolVersion::Auto;
        if (lower(properties_.get("clientAuthType")) == "basic" && info.url.starts_with("http://"))
            note("its server takes the password readable for anyone on the way: profile update "
                 "--allow-plain-credentials, or better an https address");
        if (!is_off(properties_.get("useProxy")))
            note("its proxy; the service's environment names one (http_proxy)");
    }

    fs::path context_, directory_;
    Properties properties_;
    ImportedPeer peer_;
};

std::vector<fs::path> directories(const fs::path& parent)
{
    std::vector<fs::path> found;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(parent, ignored))
        if (entry.is_directory(ignored))
            found.push_back(entry.path());
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace

std::vector<ImportedPeer> read_syncevolution(const fs::path& directory)
{
    if (!fs::is_directory(directory))
        throw Failure(ExitStatus::NotFound, fmt::format("{} is no directory", directory.string()),
                      "Name the one that has SyncEvolution's configuration, such as ~/.config/syncevolution.");
    std::vector<ImportedPeer> peers;
    for (const auto& context : directories(directory))
        for (const auto& peer : directories(context / "peers")) {
            auto name = peer.filename().string();
            if (context.filename() != "default")
                name += "@" + context.filename().string();
            if (fs::exists(peer / "config.ini"))
                peers.push_back(PeerReader(context, peer, std::move(name)).read());
        }
    return peers;
}

} // namespace ctl
