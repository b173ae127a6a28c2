#pragma once

#include "words.hpp"

#include <string>

namespace ctl {

/// A Command::Check for words of an enumeration.
template <class Enum>
std::string check_word(const std::string& text)
{
    if (parse_word<Enum>(text))
        return {};
    return "not \"" + text + "\" but one of " + all_words<Enum>();
}

} // namespace ctl
