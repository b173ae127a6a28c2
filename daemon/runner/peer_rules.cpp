#include "runner/peer_rules.hpp"

#include "base/ascii.hpp"
#include "item/text.hpp"
#include "syncml/codes.hpp"

#include <fmt/format.h>
#include <fnmatch.h>
#include <ini.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <sstream>
#include <system_error>

namespace runner {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t max_file_bytes = 1024 * 1024;

bool matches(const std::vector<std::string>& patterns, std::string_view text)
{
    const auto lower = base::lower(text);
    return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
               return ::fnmatch(pattern.c_str(), lower.c_str(), 0) == 0;
           });
}

std::optional<bool> find_flag(std::string_view value)
{
    if (value == "yes")
        return true;
    if (value == "no")
        return false;
    return std::nullopt;
}

std::optional<std::vector<std::uint32_t>> find_sync_types(const std::string& value)
{
    std::vector<std::uint32_t> types;
    std::istringstream words(value);
    for (std::string word; words >> word;) {
        const auto type = syncml::find_sync_type(word);
        if (!type)
            return std::nullopt;
        types.push_back(static_cast<std::uint32_t>(syncml::to_alert(*type)) -
                        static_cast<std::uint32_t>(syncml::AlertCode::TwoWay) + 1);
    }
    return types;
}

/// `PHOTO 40960 NOTE 2000`; false when it is not understood.
bool take_rooms(PeerRules& rules, std::size_t item::Room::*what, const std::string& value)
{
    auto rooms = rules.rooms.value_or(item::Rooms());
    std::istringstream words(value);
    for (std::string name; words >> name;)
        if (auto& number = rooms[item::to_upper(name)].*what; !(words >> number) || number == 0)
            return false;
    rules.rooms = std::move(rooms);
    return true;
}

/// Takes what `value` was understood as; false when it was not.
template <class T>
bool take(std::optional<T>& into, std::optional<T> value)
{
    into = std::move(value);
    return into.has_value();
}

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

} // namespace

/// Of one file.
class PeerRulesReader {
public:
    PeerRulesReader(const fs::path& file, PeerRulesFiles& into) : file_(file), into_(into) {}

    void read()
    {
        std::error_code none;
        if (fs::file_size(file_, none) > max_file_bytes || none)
            return complain("it cannot be read, or is too large");
        const std::unique_ptr<std::FILE, Close> opened(std::fopen(file_.c_str(), "re"));
        if (!opened)
            return complain("it cannot be read");
        stream_ = opened.get();
        if (const int line = ::ini_parse_stream(&next_line, this, &on_entry, this); line > 0)
            complain(fmt::format("line {} is neither a [section] nor Key=value", line));
    }

private:
    void complain(std::string_view what)
    {
        into_.complaints_.push_back(fmt::format("{}: {}, ignoring it", file_.native(), what));
    }

    void take_entry(const std::string& section, std::string_view key, const std::string& value)
    {
        if (section != section_) {
            section_ = section;
            into_.sections_.emplace_back();
        }
        auto& entry = into_.sections_.back();
        auto& rules = entry.rules;
        bool good = true;
        if (key == "Url")
            entry.urls.push_back(base::lower(value));
        else if (key == "Man")
            entry.manufacturers.push_back(base::lower(value));
        else if (key == "Mod")
            entry.models.push_back(base::lower(value));
        else if (key == "SwV")
            entry.software.push_back(base::lower(value));
        else if (key == "Encoding") {
            good = value == "XML" || value == "WBXML";
            if (good)
                rules.encoding = value;
        } else if (key == "BelieveAnchors")
            good = take(rules.believe_anchors, find_flag(value));
        else if (key == "Properties")
            good = take(rules.properties, find_flag(value));
        else if (key == "Filters")
            good = take(rules.filters, find_flag(value));
        else if (key == "SyncTypes")
            good = take(rules.sync_types, find_sync_types(value));
        else if (key == "MaxSize")
            good = take_rooms(rules, &item::Room::size, value);
        else if (key == "MaxOccur")
            good = take_rooms(rules, &item::Room::count, value);
        else
            return complain(fmt::format("line {}: {} is not known", line_, key));
        if (!good)
            complain(fmt::format("line {}: {}={} makes no sense", line_, key, value));
    }

    static int on_entry(void* self, const char* section, const char* key, const char* value) noexcept
    {
        try {
            static_cast<PeerRulesReader*>(self)->take_entry(section, key, value == nullptr ? "" : value);
            return 1;
        } catch (const std::exception&) {
            return 0;
        }
    }
    static char* next_line(char* into, int size, void* self) noexcept
    {
        auto& reader = *static_cast<PeerRulesReader*>(self);
        ++reader.line_;
        return std::fgets(into, size, reader.stream_);
    }

    const fs::path& file_;
    PeerRulesFiles& into_;
    std::FILE* stream_ = nullptr;
    std::optional<std::string> section_; ///< none yet
    int line_ = 0;
};

PeerRulesFiles::PeerRulesFiles(const std::vector<fs::path>& directories)
{
    std::map<std::string, fs::path> files;
    for (const auto& directory : directories) {
        std::error_code none;
        for (fs::directory_iterator at(directory, none), end; !none && at != end; at.increment(none))
            if (at->path().extension() == ".conf")
                files[at->path().filename()] = at->path();
    }
    for (const auto& [name, file] : files) {
        const auto before = sections_.size();
        PeerRulesReader(file, *this).read();
        // One that names nobody would be about every server, most likely by a slip.
        const auto is_about_all = [](const Section& one) {
            return one.urls.empty() && one.manufacturers.empty() && one.models.empty() && one.software.empty();
        };
        const auto first = sections_.begin() + static_cast<std::ptrdiff_t>(before);
        if (const auto rest = std::remove_if(first, sections_.end(), is_about_all); rest != sections_.end()) {
            sections_.erase(rest, sections_.end());
            complaints_.push_back(fmt::format(
                "{}: a section has no Url, Man, Mod or SwV to match a server by, ignoring it", file.native()));
        }
    }
}

PeerRules PeerRulesFiles::find(std::string_view url, const syncml::DevInf* devinf) const
{
    PeerRules found;
    const auto over = [](auto& rule, const auto& said) {
        if (said)
            rule = said;
    };
    for (const auto& section : sections_) {
        const bool is_of_devinf =
            !section.manufacturers.empty() || !section.models.empty() || !section.software.empty();
        if (!matches(section.urls, url) || (is_of_devinf && devinf == nullptr))
            continue;
        if (is_of_devinf &&
            !(matches(section.manufacturers, devinf->manufacturer) && matches(section.models, devinf->model) &&
              matches(section.software, devinf->software_version)))
            continue;
        over(found.encoding, section.rules.encoding);
        over(found.believe_anchors, section.rules.believe_anchors);
        over(found.properties, section.rules.properties);
        over(found.filters, section.rules.filters);
        over(found.sync_types, section.rules.sync_types);
        over(found.rooms, section.rules.rooms);
    }
    return found;
}

} // namespace runner
