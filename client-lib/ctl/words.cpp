#include "words.hpp"

#include <algorithm>

namespace ctl {

std::string lower_word(std::string_view word)
{
    std::string result(word);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

std::string upper_word(std::string_view word)
{
    std::string result(word);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return result;
}

} // namespace ctl
