#include "item/octet_tokens.hpp"

#include "item/content_line.hpp"
#include "item/fields.hpp"
#include "item/normal_lines.hpp"
#include "item/text.hpp"
#include "item/transfer.hpp"

#include <optional>
#include <utility>

namespace item {
namespace {

constexpr std::size_t least_octets = 64 * 1024;

/// The octets of a property in base64; nothing for others.
std::optional<std::string> octets_of(const ContentLine& line)
{
    const auto parameters = to_upper(line.parameters);
    const bool is_base64 = parameters.find("BASE64") != parameters.npos || parameters.ends_with("ENCODING=B") ||
                           parameters.find("ENCODING=B;") != parameters.npos;
    return is_base64 ? decode_base64(line.folded_value) : std::nullopt;
}

/// Everything before the value.
std::string_view head_of(const ContentLine& line)
{
    return line.raw.substr(0, line.raw.size() - line.folded_value.size() - 2);
}

} // namespace

std::string OctetTokens::shorten(std::string_view data)
{
    auto& told = words_.emplace_back();
    if (data.size() < least_item)
        return std::string(data);
    std::string text;
    bool found = false;
    const auto read = read_lines(data, [&](const ContentLine& line) -> base::Result<void> {
        // What had to be put together is no part of `data`, and gone afterwards.
        const bool stays = data.data() <= line.raw.data() && line.raw.data() < data.data() + data.size();
        const auto octets = line.raw.size() < least_octets || !stays ? std::nullopt : octets_of(line);
        if (!octets || octets->size() < least_octets) {
            text += line.raw;
            return {};
        }
        const auto token = normal_octets(*octets);
        if (!std::exchange(found, true))
            told = {in_words(normal_octets(token)), in_words(token)};
        tokens_.emplace(token, line.folded_value);
        text += head_of(line);
        text += encode_base64(token);
        text += "\r\n";
        return {};
    });
    return read && found ? text : std::string(data);
}

std::string OctetTokens::lengthen(std::string text) const
{
    if (tokens_.empty())
        return text;
    std::string whole;
    bool found = false;
    const auto read = read_lines(text, [&](const ContentLine& line) -> base::Result<void> {
        const auto octets = line.raw.size() < least_octets ? octets_of(line) : std::nullopt;
        const auto token = octets ? tokens_.find(*octets) : tokens_.end();
        if (token == tokens_.end()) {
            whole += line.raw;
            return {};
        }
        found = true;
        whole.reserve(whole.size() + token->second.size() + text.size());
        whole += head_of(line);
        whole += token->second;
        whole += "\r\n";
        return {};
    });
    return read && found ? whole : text;
}

std::string OctetTokens::reword(std::string words, std::size_t item) const
{
    const auto& [of_token, of_octets] = words_.at(item);
    if (const auto at = of_token.empty() ? words.npos : words.find(of_token); at != words.npos)
        words.replace(at, of_token.size(), of_octets);
    return words;
}

} // namespace item
