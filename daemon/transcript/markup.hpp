#pragma once

#include "base/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The tags around the messages of a transcript. Each stands on a line of its own.
namespace transcript {

using Attributes = std::vector<std::pair<std::string_view, std::string>>;

/// `<name a="…" b="…">`, with `/` before the end when nothing is to follow. An attribute without a value is left out.
std::string open_tag(std::string_view name, const Attributes& attributes, bool is_empty);

struct Tag {
    std::string name;
    std::map<std::string, std::string> attributes;
    bool is_empty = false; ///< `/>`
    bool is_end = false;   ///< `</name>`

    /// Empty when there is none.
    const std::string& text(const std::string& attribute) const;
    /// 0 when there is none.
    std::uint64_t number(const std::string& attribute) const;
    bool flag(const std::string& attribute) const { return text(attribute) == "yes"; }
};

/// Reads what `open_tag` writes. Error: Malformed.
base::Result<Tag> parse_tag(std::string_view line);

} // namespace transcript
