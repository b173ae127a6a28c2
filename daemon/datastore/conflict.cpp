#include "datastore/conflict.hpp"

#include <vector>

namespace datastore {

storage::ItemConflict describe_conflict(std::string_view ours, std::string_view theirs,
                                        std::optional<std::string_view> base, ConflictPolicy policy)
{
    const auto merge = item::merge(base, ours, theirs);
    const auto other = item::merge(base, ours, theirs, item::Side::Theirs);
    storage::ItemConflict conflict;
    conflict.theirs = theirs;
    conflict.with_ours = merge ? merge->text : ours;
    conflict.with_theirs = other ? other->text : theirs;
    conflict.way = way_of(policy, ours, theirs);
    if (merge)
        for (const auto& field : merge->conflicts)
            conflict.fields.push_back({field.field, field.ours, field.theirs, field.base});
    return conflict;
}

} // namespace datastore
