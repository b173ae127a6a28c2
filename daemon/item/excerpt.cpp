#include "item/excerpt.hpp"

#include "item/content_line.hpp"
#include "item/normal_lines.hpp"
#include "item/text.hpp"

#include <fmt/format.h>

namespace item {
namespace {

constexpr std::size_t longest_line = 300;
constexpr std::size_t shown = 100; ///< octets of a line that is longer

std::string cut(std::string_view line)
{
    auto size = shown;
    while (size > 0 && (static_cast<unsigned char>(line[size]) & 0xc0) == 0x80)
        --size;
    const auto beginning = line.substr(0, size);
    return fmt::format("{}… {}\r\n", beginning.substr(0, beginning.find('\r')), normal_octets(line));
}

} // namespace

std::string excerpt(std::string_view data, std::size_t most)
{
    if (data.size() <= most)
        return std::string(data);
    std::string text;
    (void)read_lines(data, [&](const ContentLine& line) -> base::Result<void> {
        if (text.size() > most) {
            text += "…\r\n";
            return base::fail(base::Errc::Stopped, ""); // there is no other way to stop
        }
        text += line.raw.size() > longest_line ? cut(line.raw) : std::string(line.raw);
        return {};
    });
    return text;
}

} // namespace item
