#include "item/content_line.hpp"

#include "item/item.hpp"
#include "item/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace item {
namespace {

/// The length of a fold at `at`: CRLF and one blank.
bool is_fold(std::string_view raw, std::size_t at)
{
    return raw.substr(at, 2) == "\r\n" && at + 2 < raw.size() && (raw[at + 2] == ' ' || raw[at + 2] == '\t');
}
constexpr std::size_t fold_length = 3;

std::string unfold(std::string_view raw)
{
    std::string text;
    for (std::size_t at = 0; at < raw.size();) {
        if (is_fold(raw, at)) {
            at += fold_length;
        } else {
            text += raw[at++];
        }
    }
    return text;
}

bool is_soft_break(std::string_view line)
{
    const auto last = line.find_last_not_of(" \t\r\n"); // some peers send blanks after the sign
    return last != std::string_view::npos && line[last] == '=';
}

} // namespace

bool ContentLine::is_blank() const
{
    return raw.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string ContentLine::value() const
{
    const auto text = unfold(folded_value);
    return std::string(trim(text));
}

std::string ContentLine::parameter(std::string_view upper_name) const
{
    std::string_view rest = parameters;
    while (!rest.empty()) {
        rest.remove_prefix(1); // the semicolon
        std::size_t end = 0;
        for (bool quoted = false; end < rest.size() && (quoted || rest[end] != ';'); ++end)
            quoted ^= rest[end] == '"';
        const auto one = rest.substr(0, end);
        rest.remove_prefix(end);
        const auto equals = one.find('=');
        if (equals == std::string_view::npos || to_upper(trim(one.substr(0, equals))) != upper_name)
            continue;
        auto value = trim(one.substr(equals + 1));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        return std::string(value);
    }
    return {};
}

bool ContentLine::is_quoted_printable() const
{
    return to_upper(parameters).find("QUOTED-PRINTABLE") != std::string::npos;
}

ContentLine parse_line(std::string_view raw, std::size_t number)
{
    ContentLine line;
    line.raw = raw;
    line.number = number;
    std::string head;
    std::size_t at = 0;
    bool in_parameters = false; // only they know quotes
    for (bool quoted = false; at < raw.size() && (quoted || raw[at] != ':');) {
        if (is_fold(raw, at)) {
            at += fold_length;
            continue;
        }
        in_parameters |= raw[at] == ';';
        quoted ^= in_parameters && raw[at] == '"';
        head += raw[at++];
    }
    if (at == raw.size())
        return line;
    line.folded_value = raw.substr(at + 1, raw.size() - at - 3); // without the CRLF at the end
    const auto semicolon = std::min(head.find(';'), head.size());
    auto name = trim(std::string_view(head).substr(0, semicolon));
    if (const auto dot = name.rfind('.'); dot != std::string_view::npos) {
        line.group = name.substr(0, dot);
        name.remove_prefix(dot + 1);
    }
    line.name = to_upper(name);
    line.parameters = head.substr(semicolon);
    return line;
}

base::Result<void> LineReader::feed(std::string_view chunk)
{
    while (!chunk.empty()) {
        if (chunk.front() == '\r') {
            ++returns_;
            chunk.remove_prefix(1);
            continue;
        }
        // CRs before a LF belong to it (some peers send CR CR LF), others end a line each.
        const bool line_feed = chunk.front() == '\n';
        for (auto ends = line_feed ? 1 : returns_; ends > 0; --ends) {
            if (auto ended = end_physical(); !ended)
                return ended;
        }
        returns_ = 0;
        if (line_feed) {
            chunk.remove_prefix(1);
            continue;
        }
        // Much faster than find_first_of, and most of an item's cost.
        const auto end = std::find_if(chunk.begin(), chunk.end(), [](char c) { return c == '\r' || c == '\n'; });
        const auto size = static_cast<std::size_t>(end - chunk.begin());
        physical_ += chunk.substr(0, size);
        chunk.remove_prefix(size);
        if (logical_.size() + physical_.size() > max_bytes)
            return base::fail(
                base::Errc::InvalidValue,
                fmt::format("line {}: the line is larger than an item may be ({} MiB)", lines_ + 1, max_bytes >> 20));
    }
    return {};
}

base::Result<void> LineReader::finish()
{
    for (; returns_ > 0; --returns_) {
        if (auto ended = end_physical(); !ended)
            return ended;
    }
    if (!physical_.empty()) {
        if (auto ended = end_physical(); !ended)
            return ended;
    }
    return flush();
}

bool LineReader::is_continuation()
{
    if (logical_.empty())
        return false;
    if (physical_.starts_with(' ') || physical_.starts_with('\t'))
        return true;
    if (!is_soft_break(logical_))
        return false;
    // Asked once per content line: a value may have any number of soft breaks.
    quoted_printable_ = quoted_printable_ || parse_line(logical_, number_).is_quoted_printable();
    if (!quoted_printable_)
        return false;
    // A sign left over at the end of a value must not swallow the end of the item.
    const auto start = to_upper(std::string_view(physical_).substr(0, 6));
    return !start.starts_with("END:") && start != "BEGIN:";
}

base::Result<void> LineReader::end_physical()
{
    ++lines_;
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (lines_ == 1 && physical_.starts_with(byte_order_mark))
        physical_.erase(0, byte_order_mark.size());
    if (!is_continuation()) {
        if (auto flushed = flush(); !flushed)
            return flushed;
        number_ = lines_;
    }
    logical_ += physical_;
    logical_ += "\r\n";
    physical_.clear();
    return {};
}

base::Result<void> LineReader::flush()
{
    if (logical_.empty())
        return {};
    auto taken = sink_(parse_line(logical_, number_));
    logical_.clear();
    quoted_printable_ = false;
    return taken;
}

} // namespace item
