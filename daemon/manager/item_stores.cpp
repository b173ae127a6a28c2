#include "manager/item_stores.hpp"

#include <algorithm>

namespace manager {
namespace {

constexpr std::size_t keep_open = 4;

} // namespace

base::Result<storage::ItemStore*> ItemStores::open(Uid owner)
{
    const auto found =
        std::find_if(open_.begin(), open_.end(), [owner](const auto& each) { return each.first == owner; });
    if (found != open_.end()) {
        open_.splice(open_.begin(), open_, found);
        return open_.front().second.get();
    }
    files_.make_items_directory(owner);
    auto store = storage::ItemStore::open(files_.items_db(owner));
    if (!store)
        return tl::unexpected(std::move(store.error()));
    open_.emplace_front(owner, std::move(*store));
    if (open_.size() > keep_open)
        open_.pop_back();
    return open_.front().second.get();
}

} // namespace manager
