#pragma once

#include "storage/database.hpp"
#include "storage/item_row.hpp"
#include "storage/large_blob.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace storage {

/// What live items hold: the table `content`. However large an item is, it is in memory only once: as what is given
/// here, or as what is asked for. Writing calls need an open Transaction.
class ItemContents {
public:
    explicit ItemContents(Database& database) : database_(database) {}

    /// Of an item that holds nothing.
    void insert(ItemId id, std::string_view data);
    /// Of one that does.
    void update(ItemId id, std::string_view data);
    void remove(ItemId id);

    /// Nothing: it holds nothing.
    std::optional<std::string> find(ItemId id) const;
    std::size_t size(ItemId id) const;
    bool equals(ItemId id, std::string_view data) const;
    /// What a query finds that goes through many items; see `octets_at`.
    std::string at(const Query& rows, int column, ItemId id) const;
    LargeBlob open(ItemId id) const;

private:
    Database& database_;
};

} // namespace storage
