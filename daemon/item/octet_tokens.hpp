#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace item {

/// Short octets in place of the large ones of items, the same for the same: what compares, merges and restores items
/// need not carry photos through all that.
class OctetTokens {
public:
    /// Smaller items are left as they are.
    static constexpr std::size_t least_item = 256 * 1024;

    /// The item with tokens. `data` outlives this.
    std::string shorten(std::string_view data);
    /// What was made of such items, with the octets again: folded as in the first item that had them.
    std::string lengthen(std::string text) const;
    /// `in_words` of such an item, the one that came as number `item`, with the size of its octets.
    std::string reword(std::string words, std::size_t item) const;

private:
    std::map<std::string, std::string_view> tokens_; ///< the value of its property, as it was folded
    struct Words {
        std::string of_token, of_octets;
    };
    std::vector<Words> words_; ///< of each item, for its first large octets
};

} // namespace item
