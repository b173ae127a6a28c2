#pragma once

#include "values.hpp"

#include <syncd/plan.hpp>

namespace syncd {

ServicePlan parse_service_plan(const Values& values);
PlanItem parse_plan_item(const Values& values);

} // namespace syncd
