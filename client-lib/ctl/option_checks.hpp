#pragma once

#include "words.hpp"

#include <string>

namespace ctl {

/// For CLI11's check(): empty, or what is wrong.
template <class Enum>
std::string check_word(const std::string& text)
{
    if (parse_word<Enum>(text))
        return {};
    return "not \"" + text + "\" but one of " + all_words<Enum>();
}

} // namespace ctl
