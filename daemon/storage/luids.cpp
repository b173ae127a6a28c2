#include "storage/luids.hpp"

#include "storage/item_table.hpp"

namespace storage {

void Luids::insert(std::string_view luid)
{
    if (const auto id = parse_luid(luid))
        blocks_[*id / block_size].set(static_cast<std::size_t>(*id % block_size));
}

bool Luids::contains(std::string_view luid) const
{
    const auto id = parse_luid(luid);
    return id && contains(*id);
}

bool Luids::contains(ItemId id) const
{
    const auto block = blocks_.find(id / block_size);
    return block != blocks_.end() && block->second.test(static_cast<std::size_t>(id % block_size));
}

void Luids::each(const std::function<bool(ItemId)>& visit) const
{
    for (const auto& [number, block] : blocks_)
        for (ItemId at = 0; at < block_size; ++at)
            if (block.test(static_cast<std::size_t>(at)) && !visit(number * block_size + at))
                return;
}

} // namespace storage
