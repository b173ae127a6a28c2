#include "plan.hpp"

#include <algorithm>

namespace syncd {
namespace {

PlanCounts parse_counts(const Values& values, const std::string& direction)
{
    return {count(values, direction + "Added"), count(values, direction + "Updated"),
            count(values, direction + "Removed")};
}

PlanChange parse_change(const std::string& word)
{
    return word == "ADD"      ? PlanChange::Add
           : word == "UPDATE" ? PlanChange::Update
           : word == "DELETE" ? PlanChange::Delete
                              : PlanChange::Unknown;
}

} // namespace

ServicePlan parse_service_plan(const Values& values)
{
    const auto held = value(values, "Held", std::vector<std::string>());
    const auto is_held = [&](const char* word) { return std::ranges::find(held, word) != held.end(); };
    return {
        .service_type = from_string<SyncServiceType>(text(values, "ServiceType")),
        .is_held_from_server = is_held("FROM_SERVER"),
        .is_held_to_server = is_held("TO_SERVER"),
        .is_held_for_slow = is_held("SLOW_SYNC"),
        .is_held_for_store = is_held("STORE"),
        .compares = value(values, "Compares", false),
        .from_server = parse_counts(values, "FromServer"),
        .to_server = parse_counts(values, "ToServer"),
    };
}

PlanItem parse_plan_item(const Values& values)
{
    PlanItem item;
    item.luid = text(values, "Luid");
    item.change = parse_change(text(values, "Change"));
    if (values.contains("Before"))
        item.before = text(values, "Before");
    if (values.contains("After"))
        item.after = text(values, "After");
    item.next = text(values, "Next");
    return item;
}

} // namespace syncd
