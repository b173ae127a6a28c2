#include "session/chunk.hpp"

#include <algorithm>

namespace session {
namespace {

// How far back a better end is looked for. Folded lines have 75 octets.
constexpr std::size_t max_step_back = 256;

bool is_within_character(char octet)
{
    return (static_cast<unsigned char>(octet) & 0xC0) == 0x80;
}

bool is_white(char octet)
{
    return octet == ' ' || octet == '\t' || octet == '\r' || octet == '\n';
}

} // namespace

void make_line_ends_plain(std::string& text)
{
    auto to = text.begin();
    for (auto from = text.begin(); from != text.end(); ++from) {
        const bool is_return = *from == '\r';
        if (is_return && from + 1 != text.end() && from[1] == '\n')
            continue;
        *to++ = is_return ? '\n' : *from;
    }
    text.erase(to, text.end());
}

std::size_t text_chunk(std::string_view rest, std::size_t most)
{
    if (most >= rest.size())
        return rest.size();
    auto end = most;
    while (end > 0 && is_within_character(rest[end]))
        --end;
    const auto first = end - std::min(end, max_step_back);
    for (auto better = end; better > first; --better) {
        if (!is_within_character(rest[better]) && !is_white(rest[better]) && !is_white(rest[better - 1]))
            return better;
    }
    return end;
}

std::size_t base64_chunk(std::string_view rest, std::size_t most)
{
    return most >= rest.size() ? rest.size() : most / 4 * 4;
}

} // namespace session
