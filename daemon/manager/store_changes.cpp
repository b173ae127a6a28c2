#include "manager/store_changes.hpp"

#include "kinds/service_kind.hpp"

#include <exception>

namespace manager {

void StoreChanges::tell(Uid owner, std::uint64_t since)
{
    try {
        const auto store = stores_.open(owner);
        if (!store)
            return spdlog::warn("what was changed in the store of user {} cannot be told: {}", owner,
                                store.error().message);
        for (const auto& kind : kinds::all()) {
            const auto ids = (*store)->changed_since(kind.items, since);
            if (!ids.added.empty() || !ids.updated.empty() || !ids.removed.empty())
                announcer_.tell(&Observer::on_store_changed, owner, kind.items, ids);
        }
    } catch (const std::exception& error) {
        spdlog::warn("what was changed in the store of user {} cannot be told: {}", owner, error.what());
    }
}

void StoreChanges::tell_later(Uid owner, std::uint64_t since)
{
    timer_.defer([this, alive = std::weak_ptr(alive_), owner, since] {
        if (!alive.expired())
            tell(owner, since);
    });
}

} // namespace manager
