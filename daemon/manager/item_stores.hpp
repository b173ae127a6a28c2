#pragma once

#include "base/result.hpp"
#include "manager/user_files.hpp"
#include "storage/item_store.hpp"

#include <cstddef>
#include <list>
#include <memory>
#include <utility>

namespace manager {

/// The users' embedded stores, a few of them kept open.
class ItemStores {
public:
    explicit ItemStores(const UserFiles& files) : files_(files) {}

    /// Made when it is missing. Valid until the next call.
    base::Result<storage::ItemStore*> open(Uid owner);

private:
    const UserFiles& files_;
    std::list<std::pair<Uid, std::unique_ptr<storage::ItemStore>>> open_; ///< last used first
};

} // namespace manager
