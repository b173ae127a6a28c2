#pragma once

#include <syncd/enums.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The API's words as people write and read them: `two-way` for TWO_WAY.
namespace ctl {

/// `TWO_WAY` → `two-way`.
std::string lower_word(std::string_view word);
/// `two-way`, `Two_Way` → `TWO_WAY`.
std::string upper_word(std::string_view word);

template <class Enum>
std::string word(Enum value)
{
    return lower_word(to_string(value));
}

/// The value of a word in either spelling; nothing when there is none.
template <class Enum>
std::optional<Enum> parse_word(std::string_view text)
{
    const Enum value = syncd::from_string<Enum>(upper_word(text));
    return value == Enum::Unknown ? std::nullopt : std::optional(value);
}

/// All values but Unknown of an enumeration that has it first and no gap.
template <class Enum>
std::vector<Enum> all_values()
{
    std::vector<Enum> values;
    for (int number = 1;; ++number) {
        const auto value = static_cast<Enum>(number);
        if (to_string(value) == to_string(Enum::Unknown))
            return values;
        values.push_back(value);
    }
}

/// Their words, for help and errors: `two-way, slow, …`.
template <class Enum>
std::string all_words()
{
    std::string words;
    for (const auto value : all_values<Enum>())
        words += (words.empty() ? "" : ", ") + word(value);
    return words;
}

} // namespace ctl
