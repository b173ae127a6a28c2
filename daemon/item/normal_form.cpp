#include "item/normal_form.hpp"

#include "item/normal_lines.hpp"
#include "item/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace item {
namespace {

/// How a value travels, which of several is preferred or belongs together, and what programs note for themselves.
bool means_nothing(std::string_view name)
{
    constexpr std::string_view names[] = {"ALTID", "CHARSET", "ENCODING", "FMTTYPE", "INDEX", "MEDIATYPE",
                                          "PID",   "PREF",    "TYPE",     "TZID",    "VALUE", "X-ABLABEL"};
    return name.starts_with("X-EVOLUTION-") || name.starts_with("X-SYNCEVOLUTION-") || name.starts_with("X-LIC-") ||
           std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_control(char c)
{
    return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
}

} // namespace

void NormalLines::add(std::string name, std::string value, std::vector<std::string> details)
{
    if (value.empty())
        return;
    // Quoted-printable brings any octet in: none may pass for a separator.
    for (char& c : value)
        c = is_control(c) && c != value_separator ? ' ' : c;
    for (auto& detail : details)
        std::replace_if(detail.begin(), detail.end(), is_control, ' ');
    std::sort(details.begin(), details.end());
    details.erase(std::unique(details.begin(), details.end()), details.end());
    const auto bare = value.size();
    for (const auto& detail : details)
        value += detail_separator + detail;
    lines_.push_back({{std::move(name), std::move(value)}, bare, source_, element_});
}

std::vector<NormalForm::Line> NormalLines::take()
{
    std::vector<NormalForm::Line> lines;
    lines.reserve(lines_.size());
    for (auto& said : std::exchange(lines_, {}))
        lines.push_back(std::move(said.line));
    std::sort(lines.begin(), lines.end());
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    return lines;
}

std::string normal_words(std::string_view text)
{
    std::string words;
    words.reserve(text.size());
    for (const char c : text) {
        if (c == '\n') {
            words.resize(words.find_last_not_of(' ') + 1); // npos + 1: nothing is left
            words += c;
        } else if (c != '\r') {
            words += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
        }
    }
    const auto first = words.find_first_not_of(" \n");
    if (first == std::string::npos)
        return {};
    words.resize(words.find_last_not_of(" \n") + 1);
    words.erase(0, first);
    return words;
}

std::string normal_parts(std::vector<std::string> parts)
{
    for (auto& part : parts)
        part = normal_words(part);
    while (!parts.empty() && parts.back().empty())
        parts.pop_back();
    std::string text;
    for (std::size_t i = 0; i < parts.size(); ++i)
        text += (i == 0 ? "" : std::string(1, value_separator)) + parts[i];
    return text;
}

std::string_view without_summary(std::string_view description, std::string_view summary)
{
    if (summary.empty() || !description.starts_with(summary))
        return description;
    const auto rest = description.substr(summary.size());
    return rest.empty() ? rest : rest.starts_with('\n') ? rest.substr(1) : description;
}

std::string normal_list(std::vector<std::string> members)
{
    std::sort(members.begin(), members.end());
    members.erase(std::unique(members.begin(), members.end()), members.end());
    members.erase(std::remove(members.begin(), members.end(), std::string()), members.end());
    return normal_parts(std::move(members));
}

std::string normal_octets(std::string_view octets)
{
    if (octets.empty())
        return {};
    // FNV-1a, and its companion without the xor of the octet first, so that 128 bits have to agree.
    std::uint64_t one = 14695981039346656037u;
    std::uint64_t two = one;
    for (const char c : octets) {
        const auto octet = static_cast<unsigned char>(c);
        one = (one ^ octet) * 1099511628211u;
        two = (two * 1099511628211u) ^ octet;
    }
    return fmt::format("{} octets {:016x}{:016x}", octets.size(), one, two);
}

std::string short_text(std::string text)
{
    constexpr std::size_t most = 100;
    return text.size() > most ? normal_octets(text) : std::move(text);
}

std::vector<std::string> normal_parameters(const Property& property)
{
    std::vector<std::string> details;
    for (const auto& parameter : property.parameters) {
        if (means_nothing(parameter.name))
            continue;
        for (const auto& value : parameter.values) {
            if (!value.empty())
                details.push_back(parameter.name + '=' + normal_words(value));
        }
    }
    return details;
}

std::string NormalForm::text() const
{
    std::string text;
    for (const auto& line : lines) {
        text += line.name;
        text += value_separator;
        text += line.value;
        text += '\x1d';
    }
    return text;
}

NormalForm normal_form(const Document& document)
{
    return is_card(document.form) ? normal_contact(document) : normal_calendar(document);
}

std::string normal_text(std::string_view data)
{
    const auto document = parse(data);
    return document ? normal_form(*document).text() : std::string();
}

} // namespace item
