#include "bus/visibility.hpp"

#include <utility>

namespace bus {

void Visibility::resolve(const Authorizer::Subject& caller, const Call& call, const std::string& id,
                         std::function<void(manager::Caller)> use)
{
    const manager::Caller own{.uid = caller.uid, .all = false};
    if (manager_.get(own, id))
        return use(own);
    authorizer_.may_name_others(caller, [uid = caller.uid, call, use = std::move(use)](bool all) {
        guarded(call, [&] { use({.uid = uid, .all = all}); });
    });
}

} // namespace bus
