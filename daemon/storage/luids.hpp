#pragma once

#include "storage/item_row.hpp"

#include <bitset>
#include <cstddef>
#include <functional>
#include <map>
#include <string_view>

namespace storage {

/// A set of items by their LUIDs. Ids are given one after the other: of 100,000 items it takes some kilobytes, for a
/// session may have to remember all that there are. What is no LUID of this store is in none.
class Luids {
public:
    void insert(std::string_view luid);
    bool contains(std::string_view luid) const;
    bool contains(ItemId id) const;
    bool empty() const { return blocks_.empty(); }
    /// In id order, until `visit` says false.
    void each(const std::function<bool(ItemId)>& visit) const;

private:
    static constexpr ItemId block_size = 2048;

    std::map<ItemId, std::bitset<block_size>> blocks_; ///< none is empty
};

} // namespace storage
