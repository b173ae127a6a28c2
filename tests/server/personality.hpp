#pragma once

#include "options.hpp"

#include "syncml/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace testserver {

/// In what one kind of server differs from a correct one. The kinds are those that
/// clients have met, and each thing alone that a client has to put up with.
struct Personality {
    std::string_view name;
    void (*set_up)(Options&) = nullptr;                 ///< what it can and how it decides
    std::vector<void (*)(syncml::Message&)> messages{}; ///< what becomes of its answers
    std::vector<void (*)(std::string&)> documents{};    ///< and of their XML
};

const Personality* find_personality(std::string_view name);
std::vector<std::string_view> personalities();

} // namespace testserver
