#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace transport {

/// One way to log in that a server offers (RFC 9110 §11.3).
struct Challenge {
    std::string scheme;                                         ///< lower case
    std::map<std::string, std::string, std::less<>> parameters; ///< names in lower case, values unquoted

    /// Empty when there is none.
    std::string_view parameter(std::string_view name) const;
};

/// The challenges of a WWW-Authenticate header; several headers are joined by commas.
/// Of a text that breaks the grammar as much as can be made out.
std::vector<Challenge> parse_challenges(std::string_view header);

} // namespace transport
