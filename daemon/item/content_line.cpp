#include "item/content_line.hpp"

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

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

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

/// Whether LineReader would hand on just what stands there.
bool is_normal(std::string_view text)
{
    if (!text.ends_with("\r\n") || text.starts_with(byte_order_mark))
        return false;
    std::size_t ends = 0;
    for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1), ++ends)
        if (at == 0 || text[at - 1] != '\r')
            return false;
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\r')) == ends;
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

void Continuation::begin(std::string_view line)
{
    quoted_printable_ = soft_break_ = false;
    note_end(line);
}

void Continuation::note_end(std::string_view line)
{
    // Some peers send blanks after the sign.
    if (const auto last = line.find_last_not_of(" \t"); last != std::string_view::npos)
        soft_break_ = line[last] == '=';
}

bool Continuation::continues(std::string_view before, std::string_view line)
{
    const bool is_folded = line.starts_with(' ') || line.starts_with('\t');
    if (!is_folded) {
        if (!soft_break_)
            return false;
        // Asked once per content line: a value may have any number of soft breaks.
        quoted_printable_ = quoted_printable_ || parse_line(before, 0).is_quoted_printable();
        // A sign left over at the end of a value must not swallow the end of the item.
        const auto start = to_upper(line.substr(0, 6));
        if (!quoted_printable_ || start.starts_with("END:") || start == "BEGIN:")
            return false;
    }
    note_end(line);
    return true;
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
        if (logical_.size() + physical_.size() > most_)
            return base::fail(
                base::Errc::InvalidValue,
                fmt::format("line {}: the line is larger than an item may be ({})", lines_ + 1, in_octets(most_)));
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

base::Result<void> LineReader::end_physical()
{
    ++lines_;
    if (lines_ == 1) {
        std::size_t marks = 0; // one would be left for the next reader
        while (physical_.compare(marks, byte_order_mark.size(), byte_order_mark) == 0)
            marks += byte_order_mark.size();
        physical_.erase(0, marks);
    }
    if (logical_.empty() || !continuation_.continues(logical_, physical_)) {
        if (auto flushed = flush(); !flushed)
            return flushed;
        number_ = lines_;
        continuation_.begin(physical_);
        std::swap(logical_, physical_); // what may be large is not copied
    } else {
        logical_ += physical_;
    }
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
    return taken;
}

void make_line_ends_normal(std::string& text)
{
    if (text.empty() || is_normal(text))
        return;
    // To LF first, which never takes more room; then there is nothing left to decide, and it can grow from its end on.
    std::size_t from = 0, to = 0, ends = 0;
    while (text.compare(from, byte_order_mark.size(), byte_order_mark) == 0)
        from += byte_order_mark.size();
    while (from < text.size()) {
        std::size_t ended = 0;
        for (; from < text.size() && text[from] == '\r'; ++from)
            ++ended;
        if (from < text.size() && text[from] == '\n') {
            ended = 1; // CRs before a LF belong to it
            ++from;
        }
        if (ended == 0) {
            text[to++] = text[from++];
            continue;
        }
        for (ends += ended; ended > 0; --ended)
            text[to++] = '\n';
    }
    text.resize(to);
    if (!text.ends_with('\n')) {
        text += '\n';
        ++ends;
    }
    from = text.size();
    to = from + ends;
    text.resize(to);
    while (from != to) {
        text[--to] = text[--from];
        if (text[to] == '\n')
            text[--to] = '\r';
    }
}

base::Result<void> read_lines(std::string_view text, const LineReader::Sink& sink)
{
    if (!is_normal(text)) {
        LineReader reader(sink);
        return reader.feed(text).and_then([&] { return reader.finish(); });
    }
    Continuation continuation;
    std::size_t begin = 0, number = 1, lines = 0;
    for (std::size_t at = 0; at < text.size(); ++lines) {
        const auto end = text.find('\n', at) + 1;
        const auto line = text.substr(at, end - at - 2);
        if (at == 0 || !continuation.continues(text.substr(begin, at - begin), line)) {
            if (at > 0) {
                if (auto taken = sink(parse_line(text.substr(begin, at - begin), number)); !taken)
                    return taken;
            }
            begin = at;
            number = lines + 1;
            continuation.begin(line);
        }
        at = end;
    }
    return sink(parse_line(text.substr(begin), number));
}

} // namespace item
