#include "base/utf8.hpp"
#include "item/content_line.hpp"
#include "item/item.hpp"
#include "item/object.hpp"
#include "item/text.hpp"
#include "item/transfer.hpp"

#include <algorithm>
#include <vector>

namespace item {
namespace {

constexpr std::size_t max_summary_bytes = 200;

std::string unescape(std::string_view text)
{
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\' || at + 1 == text.size())
            plain += text[at];
        else if (const auto c = text[++at]; c == 'n' || c == 'N')
            plain += ' ';
        else
            plain += c;
    }
    return plain;
}

/// Whatever the octets are: UTF-8 on one line. What is not UTF-8 is taken for Latin-1, the usual other one.
std::string to_one_line(std::string_view text)
{
    std::string line;
    const bool utf8 = !find_forbidden(text);
    while (!text.empty()) {
        auto character = text.substr(0, utf8 ? base::utf8_size(text) : 1);
        text.remove_prefix(character.size());
        const auto octet = static_cast<unsigned char>(character.front());
        const char recoded[] = {static_cast<char>(0xc0 | (octet >> 6)), static_cast<char>(0x80 | (octet & 0x3f))};
        if (!utf8 && octet >= 0x80)
            character = {recoded, sizeof recoded};
        line += base::is_control(character) ? " " : character;
    }
    line.erase(std::unique(line.begin(), line.end(), [](char a, char b) { return a == ' ' && b == ' '; }), line.end());
    line = trim(line);
    if (line.size() > max_summary_bytes) {
        auto size = max_summary_bytes;
        while ((static_cast<unsigned char>(line[size]) & 0xc0) == 0x80)
            --size;
        line = line.substr(0, size) + "…";
    }
    return line;
}

/// The parts of a structured value, ready to read.
std::vector<std::string> parts(const ContentLine& line, char separator)
{
    const auto value = line.value();
    std::vector<std::string> parts;
    std::string part;
    const auto end_part = [&] {
        parts.push_back(unescape(line.is_quoted_printable() ? decode_quoted_printable(part) : part));
        part.clear();
    };
    for (std::size_t at = 0; at < value.size(); ++at) {
        if (value[at] == separator) {
            end_part();
            continue;
        }
        if (value[at] == '\\' && at + 1 < value.size())
            part += value[at++];
        part += value[at];
    }
    end_part();
    return parts;
}

std::string text_of(const ContentLine& line)
{
    return parts(line, '\0').front();
}

/// `20260105T090000Z`: `2026-01-05 09:00 UTC`; any other form as it is.
std::string readable_time(std::string_view time)
{
    const auto digits = [&](std::size_t at, std::size_t count) {
        return time.size() >= at + count && std::all_of(time.begin() + static_cast<std::ptrdiff_t>(at),
                                                        time.begin() + static_cast<std::ptrdiff_t>(at + count),
                                                        [](char c) { return c >= '0' && c <= '9'; });
    };
    if (!digits(0, 8))
        return std::string(time);
    auto text =
        std::string(time.substr(0, 4)) + "-" + std::string(time.substr(4, 2)) + "-" + std::string(time.substr(6, 2));
    if (time.size() >= 15 && time[8] == 'T' && digits(9, 6))
        text += " " + std::string(time.substr(9, 2)) + ":" + std::string(time.substr(11, 2)) +
                (time.ends_with('Z') ? " UTC" : "");
    return text;
}

struct Contact {
    std::string name, structured;
};

struct Entry {
    Kind kind = Kind::Event;
    std::string summary, description, when;
    bool changed_occurrence = false;

    std::string text() const
    {
        if (kind == Kind::Note) // what has no summary begins with it
            return summary.empty() ? description : summary;
        return summary + (summary.empty() || when.empty() ? "" : ", ") + when;
    }
};

std::string first_line(std::string_view text)
{
    const auto begin = std::min(text.find_first_not_of("\xef\xbb\xbf \t\r\n"), text.size());
    return to_one_line(text.substr(begin, text.find_first_of("\r\n", begin) - begin));
}

} // namespace

std::string summary(std::string_view data)
{
    if (find_form(data) == Form::PlainText)
        return first_line(data);
    std::vector<std::string> open;
    Contact contact;
    std::vector<Entry> entries;
    LineReader reader([&](const ContentLine& line) -> base::Result<void> {
        if (line.name == "BEGIN") {
            if (const auto kind = find_component(to_upper(line.value())); kind && open.size() == 1)
                entries.push_back({*kind, {}, {}, {}, false});
            open.push_back(to_upper(line.value()));
        } else if (line.name == "END") {
            if (!open.empty())
                open.pop_back();
        } else if (open.size() == 1 && line.name == "FN" && contact.name.empty()) {
            contact.name = text_of(line);
        } else if (open.size() == 1 && line.name == "N" && contact.structured.empty()) {
            auto names = parts(line, ';');
            names.resize(2);
            contact.structured = names[1] + " " + names[0];
        } else if (open.size() == 2 && find_component(open.back())) {
            auto& entry = entries.back();
            if (line.name == "SUMMARY" && entry.summary.empty())
                entry.summary = text_of(line);
            else if (line.name == "DESCRIPTION" && entry.kind == Kind::Note && entry.description.empty())
                entry.description = text_of(line);
            else if (line.name == "DTSTART" && entry.kind == Kind::Event)
                entry.when = readable_time(line.value());
            else if (line.name == "DUE" && entry.kind == Kind::Task)
                entry.when = "due " + readable_time(line.value());
            else if (line.name == "RECURRENCE-ID")
                entry.changed_occurrence = true;
        }
        return {};
    });
    if (reader.feed(data))
        (void)reader.finish(); // as far as it can be read

    if (entries.empty())
        return to_one_line(contact.name.empty() ? contact.structured : contact.name);
    auto entry = std::find_if(entries.begin(), entries.end(), [](const Entry& one) { return !one.changed_occurrence; });
    if (entry == entries.end())
        entry = entries.begin();
    return to_one_line(entry->text());
}

} // namespace item
