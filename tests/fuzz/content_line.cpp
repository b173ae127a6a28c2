// A stream of content lines, as it is read of items and of files with many of them.
#include "item/content_line.hpp"
#include "target.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace {

using fuzz::require;

struct Line {
    std::string raw, name, group, parameters, value;
    std::size_t number = 0;
    bool operator==(const Line&) const = default;
};

Line line_of(const item::ContentLine& line)
{
    return {std::string(line.raw), line.name, line.group, line.parameters, line.value(), line.number};
}

std::vector<Line> read(std::string_view stream, std::size_t most)
{
    std::vector<Line> lines;
    item::LineReader reader([&lines](const item::ContentLine& line) -> base::Result<void> {
        lines.push_back(line_of(line));
        require(line.raw.ends_with("\r\n"), "a content line ends");
        // Soft line breaks are part of a value in quoted-printable.
        require(line.is_quoted_printable() || lines.back().value.find_first_of("\r\n") == std::string::npos,
                "a value is unfolded");
        require(!line.is_blank() || line.name.empty(), "a blank line is no property");
        require(std::none_of(line.name.begin(), line.name.end(), [](char c) { return c >= 'a' && c <= 'z'; }),
                "a name is in upper case");
        (void)line.parameter("ENCODING");
        (void)line.is_quoted_printable();
        require(line_of(item::parse_line(line.raw, line.number)) == lines.back(), "a line says the same by itself");
        return {};
    });
    base::Result<void> good;
    for (; good && !stream.empty(); stream.remove_prefix(std::min(stream.size(), most)))
        good = reader.feed(stream.substr(0, most));
    if (good)
        good = reader.finish();
    if (!good)
        fuzz::require_for_people(good.error().message);
    return lines;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto stream = fuzz::view(data, size);
    const auto lines = read(stream, size + 1);
    require(read(stream, 1) == lines && read(stream, 7) == lines, "pieces make no difference");
    std::string written;
    for (const auto& line : lines)
        written += line.raw;
    if (written.starts_with("\xef\xbb\xbf"))
        return 0; // what is left of two byte order marks is left out, too
    auto again = read(written, written.size() + 1);
    require(again.size() == lines.size(), "what was read is read again");
    for (std::size_t i = 0; i < again.size(); ++i)
        require(again[i].raw == lines[i].raw && again[i].value == lines[i].value, "each line stays as it is");
    return 0;
}
