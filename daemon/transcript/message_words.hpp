#pragma once

#include "syncml/message.hpp"

#include <string>
#include <vector>

namespace transcript {

/// What a message says, in a line per thing said; never more than some dozens, each fit for people. Answers that are
/// alike are counted. `sent`: by us.
std::vector<std::string> message_words(const syncml::Message& message, bool sent);

/// `two-way`, as people write TWO_WAY.
std::string type_words(std::string_view name);

} // namespace transcript
