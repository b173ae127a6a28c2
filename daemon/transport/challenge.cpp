#include "transport/challenge.hpp"

#include "base/ascii.hpp"

#include <algorithm>

namespace transport {

namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view separators = ", \t";

/// Takes what stands before the first of `ends` off the text.
std::string_view take_until(std::string_view& text, std::string_view ends)
{
    const auto part = text.substr(0, text.find_first_of(ends));
    text.remove_prefix(part.size());
    return part;
}

void skip(std::string_view& text, std::string_view characters)
{
    text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

std::string take_value(std::string_view& text)
{
    if (!text.starts_with('"'))
        return std::string(take_until(text, separators));
    std::string value;
    for (text.remove_prefix(1); !text.empty() && text.front() != '"'; text.remove_prefix(1)) {
        if (text.front() == '\\' && text.size() > 1)
            text.remove_prefix(1);
        value += text.front();
    }
    if (!text.empty())
        text.remove_prefix(1);
    return value;
}

} // namespace

std::string_view Challenge::parameter(std::string_view name) const
{
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<Challenge> parse_challenges(std::string_view text)
{
    std::vector<Challenge> challenges;
    for (skip(text, separators); !text.empty(); skip(text, separators)) {
        const auto word = base::lower(take_until(text, "=, \t"));
        skip(text, blanks);
        if (!text.starts_with('=')) {
            challenges.push_back({word, {}});
            continue;
        }
        text.remove_prefix(1);
        skip(text, blanks);
        auto value = take_value(text);
        // The first of a name counts: whoever adds to a header does so at its end.
        if (!challenges.empty())
            challenges.back().parameters.try_emplace(word, std::move(value));
    }
    return challenges;
}

} // namespace transport
