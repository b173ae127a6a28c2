// From text to Document.
#include "item/content_line.hpp"
#include "item/object.hpp"
#include "item/property.hpp"
#include "item/text.hpp"
#include "item/transfer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace item {
namespace {

bool is_encoding(std::string_view upper)
{
    return upper == "QUOTED-PRINTABLE" || upper == "BASE64" || upper == "B" || upper == "8BIT" || upper == "7BIT";
}

/// What a value that vCard 2.1 writes alone is the value of.
std::string name_of_lone(std::string_view upper)
{
    if (is_encoding(upper))
        return "ENCODING";
    constexpr std::string_view places[] = {"INLINE", "URL", "CONTENT-ID", "CID"};
    return std::find(std::begin(places), std::end(places), upper) != std::end(places) ? "VALUE" : "TYPE";
}

/// RFC 6868, which is for vCard 4.0 and iCalendar.
std::string without_carets(std::string_view text)
{
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char next = text[at] == '^' && at + 1 < text.size() ? text[at + 1] : '\0';
        if (next != 'n' && next != '^' && next != '\'') {
            plain += text[at];
            continue;
        }
        plain += next == 'n' ? '\n' : next == '\'' ? '"' : '^';
        ++at;
    }
    return plain;
}

/// Cuts at `separator` outside of quotes. Empty text: nothing.
std::vector<std::string_view> cut(std::string_view text, char separator)
{
    std::vector<std::string_view> pieces;
    std::size_t begin = 0;
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        quoted ^= text[at] == '"';
        if (!quoted && text[at] == separator) {
            pieces.push_back(text.substr(begin, at - begin));
            begin = at + 1;
        }
    }
    if (!text.empty())
        pieces.push_back(text.substr(begin));
    return pieces;
}

std::vector<Parameter> read_parameters(std::string_view text, Form form)
{
    std::vector<Parameter> parameters;
    if (text.empty())
        return parameters;
    for (const auto one : cut(text.substr(1), ';')) {
        const auto equals = one.find('=');
        Parameter parameter;
        parameter.alone = equals == std::string_view::npos;
        if (!parameter.alone)
            parameter.name = to_upper(trim(one.substr(0, equals)));
        for (auto value : cut(trim(one.substr(parameter.alone ? 0 : equals + 1)), ',')) {
            value = trim(value);
            if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
                value = value.substr(1, value.size() - 2);
            const bool has_carets = form == Form::ICalendar20 || form == Form::VCard40;
            parameter.values.push_back(has_carets ? without_carets(value) : std::string(value));
        }
        if (parameter.alone) {
            if (parameter.values.empty())
                continue; // two semicolons in a row
            parameter.name = name_of_lone(to_upper(parameter.values.front()));
        }
        parameters.push_back(std::move(parameter));
    }
    return parameters;
}

/// Takes folds out. vCard 2.1 §2.1.3: a line is folded before a blank, which belongs to the text. A soft line break of
/// quoted-printable is none.
std::string unfold(std::string_view raw, bool keep_blank, bool quoted_printable)
{
    std::string text;
    text.reserve(raw.size());
    char last = '\0'; // that is no blank
    for (std::size_t at = 0; at < raw.size();) {
        const bool fold = raw[at] == '\r' && at + 2 < raw.size() && raw[at + 1] == '\n' &&
                          (raw[at + 2] == ' ' || raw[at + 2] == '\t') && !(quoted_printable && last == '=');
        if (fold) {
            at += keep_blank ? 2 : 3;
            continue;
        }
        if (raw[at] != ' ' && raw[at] != '\t')
            last = raw[at];
        text += raw[at++];
    }
    return text;
}

/// `=3B` is a semicolon of the text, not one between parts.
std::string keep_semicolons(std::string_view text)
{
    std::string kept;
    kept.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const bool encoded = text[at] == '=' && at + 2 < text.size() && text[at + 1] == '3' &&
                             (text[at + 2] == 'B' || text[at + 2] == 'b');
        if (!encoded) {
            kept += text[at++];
            continue;
        }
        const bool escaped = kept.ends_with('\\') || kept.ends_with("=5C") || kept.ends_with("=5c");
        kept += escaped ? ";" : "\\;";
        at += 3;
    }
    return kept;
}

/// Line ends as the escape of vCard 3.0: CR LF, CR and LF are one each.
std::string with_escaped_line_ends(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\r' && text[at] != '\n') {
            result += text[at];
            continue;
        }
        result += "\\n";
        if (text.substr(at, 2) == "\r\n")
            ++at;
    }
    return result;
}

/// The value of an older form, which knows `\;` and nothing else, with the escapes of vCard 3.0. `\\` and `\,` are what
/// peers write all the same.
std::string modernize(std::string_view text, ValueKind kind, Form form)
{
    std::string result;
    result.reserve(text.size() + 16);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const char next = at + 1 < text.size() ? text[at + 1] : '\0';
        if (c == '\\' && (next == '\\' || next == ';' || next == ',')) {
            result += c;
            result += next;
            ++at;
        } else if (c == '\\') {
            result += "\\\\";
        } else if (c == ',' && kind != ValueKind::List) {
            result += "\\,";
        } else if (c == ';' && kind == ValueKind::List && form == Form::VCalendar10) {
            result += ',';
        } else {
            result += c;
        }
    }
    return result;
}

Property read_property(const ContentLine& line, Form form)
{
    Property property;
    property.raw = line.raw;
    if (line.name.empty())
        return property;
    property.name = line.name;
    property.group = line.group;
    property.parameters = read_parameters(line.parameters, form);

    const auto encoding = to_upper(property.parameter("ENCODING"));
    const auto kind = value_kind(property.name);
    if (encoding == "B" || encoding == "BASE64") {
        if (auto octets = decode_base64(line.folded_value)) {
            property.value = std::move(*octets);
            property.is_binary = true;
            return property;
        }
    }
    const bool quoted_printable = encoding == "QUOTED-PRINTABLE";
    auto text = unfold(line.folded_value, is_old(form), quoted_printable);
    if (quoted_printable)
        text = decode_quoted_printable(kind == ValueKind::Structured ? keep_semicolons(text) : text);
    if (const auto charset = property.parameter("CHARSET"); quoted_printable || !charset.empty())
        text = to_utf8(text, charset);
    if (kind == ValueKind::Raw)
        text = trim(text);
    else if (is_old(form))
        text = modernize(text, kind, form);
    property.value = with_escaped_line_ends(text);
    return property;
}

/// Puts lines together. What `check` refuses for other reasons passes.
class Reader {
public:
    explicit Reader(Form form) : form_(form) {}

    base::Result<void> take(const ContentLine& line);
    /// Of a complete one.
    base::Result<Component> finish();

private:
    template <class... Values>
    static auto bad(const ContentLine& line, fmt::format_string<Values...> text, Values&&... values)
    {
        return base::fail(base::Errc::InvalidValue,
                          fmt::format("line {}: {}", line.number, fmt::format(text, std::forward<Values>(values)...)));
    }

    const Form form_;
    std::vector<Component> open_; ///< outermost first
    std::optional<Component> root_;
    std::size_t properties_ = 0;
    std::size_t parameter_values_ = 0;
};

base::Result<void> Reader::take(const ContentLine& line)
{
    if (line.number > max_lines)
        return bad(line, "the item has more than {} lines", max_lines);
    if (line.raw.find('\0') != std::string_view::npos)
        return bad(line, "an octet is NUL");
    if (open_.empty() && line.is_blank())
        return {};
    if (root_)
        return bad(line, "text after the end of the item");
    if (line.name == "BEGIN") {
        if (open_.size() == max_depth)
            return bad(line, "more than {} components one in another", max_depth);
        Component component;
        component.name = to_upper(line.value());
        if (component.name.size() > max_component_name)
            return bad(line, "a component whose name is longer than {} octets", max_component_name);
        component.begin = line.raw;
        if (!open_.empty())
            component.place = open_.back().properties.size();
        open_.push_back(std::move(component));
        return {};
    }
    if (open_.empty())
        return bad(line, "neither BEGIN:VCARD nor BEGIN:VCALENDAR");
    if (line.name == "END") {
        auto component = std::move(open_.back());
        open_.pop_back();
        if (to_upper(line.value()) != component.name)
            return bad(line, "another component's END");
        component.end = line.raw;
        if (open_.empty())
            root_ = std::move(component);
        else
            open_.back().components.push_back(std::move(component));
        return {};
    }
    if (++properties_ > max_properties)
        return bad(line, "the item has more than {} properties", max_properties);
    parameter_values_ += static_cast<std::size_t>(
        std::count_if(line.parameters.begin(), line.parameters.end(), [](char c) { return c == ';' || c == ','; }));
    if (parameter_values_ > max_parameter_values)
        return bad(line, "the item has more than {} parameters", max_parameter_values);
    open_.back().properties.push_back(read_property(line, form_));
    return {};
}

base::Result<Component> Reader::finish()
{
    if (!root_)
        return base::fail(base::Errc::InvalidValue, "the item has no end: its last END is missing");
    return std::move(*root_);
}

Property property_of(std::string_view name, std::string_view text)
{
    Property property;
    property.name = name;
    property.value = escape(text); // which drops CRs
    return property;
}

/// Of plain text; `write` makes the same of it.
base::Result<Component> read_note(std::string_view data)
{
    std::string text;
    LineReader reader([&](const ContentLine& line) -> base::Result<void> {
        if (line.raw.find('\0') != std::string_view::npos)
            return base::fail(base::Errc::InvalidValue, fmt::format("line {}: an octet is NUL", line.number));
        text += line.raw;
        return {};
    });
    if (auto read = reader.feed(data).and_then([&] { return reader.finish(); }); !read)
        return tl::unexpected(read.error());
    if (reader.lines() > max_lines)
        return base::fail(base::Errc::InvalidValue, fmt::format("the item has more than {} lines", max_lines));
    constexpr std::size_t end_length = 2;
    const auto end = text.find("\r\n");
    Component note;
    note.name = component_name(Kind::Note);
    note.properties.push_back(property_of("SUMMARY", std::string_view(text).substr(0, end)));
    if (const auto rest = std::string_view(text).substr(end + end_length); !rest.empty())
        note.properties.push_back(property_of("DESCRIPTION", rest.substr(0, rest.size() - end_length)));
    Component calendar;
    calendar.name = "VCALENDAR";
    calendar.components.push_back(std::move(note));
    return calendar;
}

} // namespace

base::Result<Document> parse(std::string_view data)
{
    if (data.size() > max_bytes)
        return too_large(max_bytes);
    const auto form = find_form(data);
    if (!form)
        return base::fail(base::Errc::InvalidValue, "the item does not say what it is: no VERSION that is known");
    if (*form == Form::PlainText)
        return read_note(data).map([](Component root) { return Document{Form::PlainText, std::move(root)}; });
    Reader reader(*form);
    if (auto read = read_lines(data, [&](const ContentLine& line) { return reader.take(line); }); !read)
        return tl::unexpected(read.error());
    return reader.finish().map([&](Component root) { return Document{*form, std::move(root)}; });
}

} // namespace item
