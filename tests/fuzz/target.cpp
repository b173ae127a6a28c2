#include "target.hpp"

#include "base/utf8.hpp"

#include <cstdio>
#include <cstdlib>

namespace fuzz {

void require(bool holds, std::string_view what)
{
    if (holds)
        return;
    std::fprintf(stderr, "not true: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
}

void require_for_people(std::string_view text)
{
    require(!text.empty() && text == base::legible(text), "a text for people is a short line of UTF-8");
}

} // namespace fuzz
