#include "item_name.hpp"

#include <algorithm>
#include <optional>

namespace ctl {
namespace {

std::string upper_case(std::string text)
{
    std::ranges::transform(text, text.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return text;
}

/// One content line in its parts.
struct Line {
    std::string name;       ///< upper case, without a group
    std::string parameters; ///< upper case, as they stand
    std::string value;

    bool is_quoted_printable() const { return parameters.find("QUOTED-PRINTABLE") != std::string::npos; }
};

/// The lines of a vCard or calendar object, unfolded.
class Lines {
public:
    explicit Lines(std::string_view data) : rest_(data) {}

    std::optional<Line> next()
    {
        while (!rest_.empty()) {
            std::string text = take();
            while (rest_.starts_with(' ') || rest_.starts_with('\t'))
                text += take().substr(1);
            if (auto line = parse(text)) {
                // vCard 2.1 folds these its own way.
                while (line->is_quoted_printable() && line->value.ends_with('=')) {
                    line->value.pop_back();
                    line->value += take();
                }
                return line;
            }
        }
        return std::nullopt;
    }

private:
    std::string take()
    {
        const auto end = rest_.find('\n');
        std::string text(rest_.substr(0, end));
        rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
        if (text.ends_with('\r'))
            text.pop_back();
        return text;
    }

    static std::optional<Line> parse(const std::string& text)
    {
        bool quoted = false;
        for (std::size_t i = 0; i < text.size(); ++i) {
            quoted ^= text[i] == '"';
            if (text[i] != ':' || quoted)
                continue;
            std::string head = upper_case(text.substr(0, i));
            const auto parameters = head.find(';');
            std::string name = head.substr(0, parameters);
            if (const auto group = name.rfind('.'); group != std::string::npos)
                name.erase(0, group + 1);
            return Line{name, parameters == std::string::npos ? "" : head.substr(parameters), text.substr(i + 1)};
        }
        return std::nullopt;
    }

    std::string_view rest_;
};

int hex(char digit)
{
    return digit >= '0' && digit <= '9'   ? digit - '0'
           : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
           : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                                          : -1;
}

std::string from_quoted_printable(const std::string& text)
{
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape = text[i] == '=' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
        decoded += is_escape ? static_cast<char>(hex(text[i + 1]) << 4 | hex(text[i + 2])) : text[i];
        if (is_escape)
            i += 2;
    }
    return decoded;
}

std::string unescape(const std::string& text)
{
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_escape = text[i] == '\\' && i + 1 < text.size();
        if (is_escape)
            ++i;
        plain += is_escape && (text[i] == 'n' || text[i] == 'N') ? ' ' : text[i];
    }
    return plain;
}

/// `Family;Given;…` → `Given Family`.
std::string from_structured_name(const std::string& value)
{
    const auto family_end = value.find(';');
    const std::string family = value.substr(0, family_end);
    if (family_end == std::string::npos)
        return unescape(family);
    const std::string given = value.substr(family_end + 1, value.find(';', family_end + 1) - family_end - 1);
    return unescape(given + (given.empty() || family.empty() ? "" : " ") + family);
}

} // namespace

bool is_plain_text(std::string_view data)
{
    const auto begin = std::min(data.find_first_not_of(" \t\r\n"), data.size());
    return !upper_case(std::string(data.substr(begin, 7))).starts_with("BEGIN:V");
}

std::string item_name(std::string_view data)
{
    if (is_plain_text(data)) {
        data.remove_prefix(std::min(data.find_first_not_of(" \t\r\n"), data.size()));
        return std::string(data.substr(0, data.find_first_of("\r\n")));
    }
    Lines lines(data);
    std::string structured;
    while (const auto line = lines.next()) {
        if (line->name != "FN" && line->name != "SUMMARY" && line->name != "N")
            continue;
        const std::string value = line->is_quoted_printable() ? from_quoted_printable(line->value) : line->value;
        if (line->name == "N")
            structured = from_structured_name(value);
        else if (!value.empty())
            return unescape(value);
    }
    return structured;
}

} // namespace ctl
