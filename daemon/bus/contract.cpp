#include "bus/contract.hpp"

#include <algorithm>

namespace bus {
namespace {

constexpr auto method = Row::Kind::Method;
constexpr auto property = Row::Kind::Property;

constexpr Row rows[] = {
    {method, manager_interface, "Add", Rule::Manage, "a{sv}"},
    {method, manager_interface, "Update", Rule::Manage, "sa{sv}"},
    {method, manager_interface, "Remove", Rule::Manage, "s"},
    {method, manager_interface, "Get", Rule::Own, "s"},
    {method, manager_interface, "GetAll", Rule::Own, ""},
    {method, manager_interface, "GetProfileCount", Rule::Own, ""},
    {method, manager_interface, "StartSync", Rule::Sync, "sa{sv}"},
    {method, manager_interface, "StopSync", Rule::Sync, "s"},
    {method, manager_interface, "GetStatistics", Rule::Own, "s"},
    {method, manager_interface, "GetHistory", Rule::Own, "su"},
    {method, manager_interface, "GetTranscript", Rule::Own, "st"},
    {method, manager_interface, "GetChanges", Rule::Own, "sts"},
    {method, manager_interface, "GetSent", Rule::Own, "sts"},
    {method, manager_interface, "Undo", Rule::Manage, "st"},
    {method, manager_interface, "Explain", Rule::Own, "ss"},
    {method, manager_interface, "GetConflicts", Rule::Own, "st"},
    {method, manager_interface, "ResolveConflict", Rule::Manage, "sts"},
    {method, manager_interface, "GetQuarantine", Rule::Own, "s"},
    {method, manager_interface, "GetDeviceInfo", Rule::Own, "s"},
    {method, manager_interface, "GetPlan", Rule::Own, "s"},
    {method, manager_interface, "GetPlanItems", Rule::Own, "ssbsu"},
    {method, manager_interface, "Release", Rule::Manage, "s"},
    {method, manager_interface, "Reject", Rule::Manage, "s"},
    {method, manager_interface, "DeliverNotification", Rule::Sync, "ay"},
    {property, manager_interface, "MaxProfiles", Rule::Anyone, ""},
    {property, manager_interface, "Version", Rule::Anyone, ""},
    {property, manager_interface, "Notifications", Rule::Own, ""},

    {property, profile_interface, "ProfileId", Rule::Own, ""},
    {property, profile_interface, "ProfileName", Rule::Own, ""},
    {property, profile_interface, "Url", Rule::Own, ""},
    {property, profile_interface, "Mode", Rule::Own, ""},
    {property, profile_interface, "Type", Rule::Own, ""},
    {property, profile_interface, "Interval", Rule::Own, ""},
    {property, profile_interface, "Services", Rule::Own, ""},
    {property, profile_interface, "HasCredentials", Rule::Own, ""},
    {property, profile_interface, "State", Rule::Own, ""},
    {property, profile_interface, "LastSyncTime", Rule::Own, ""},
    {property, profile_interface, "NextSyncTime", Rule::Own, ""},
    {property, profile_interface, "NotBefore", Rule::Own, ""},
    {property, profile_interface, "Attention", Rule::Own, ""},

    {method, store_interface, "List", Rule::Own, ""},
    {method, store_interface, "Get", Rule::Own, "s"},
    {method, store_interface, "Put", Rule::Manage, "ss"},
    {method, store_interface, "Delete", Rule::Manage, "s"},
    {method, store_interface, "Import", Rule::Manage, "ha{sv}"},
    {method, store_interface, "Export", Rule::Own, "ha{sv}"},
    {method, store_interface, "GetCount", Rule::Own, ""},
};

} // namespace

std::span<const Row> contract()
{
    return rows;
}

const Row* find_row(Row::Kind kind, std::string_view interface, std::string_view member)
{
    const auto* const row = std::ranges::find_if(rows, [&](const Row& each) {
        return each.kind == kind && each.interface == interface && each.member == member;
    });
    return row == std::end(rows) ? nullptr : row;
}

bool is_interface(std::string_view interface)
{
    return std::ranges::any_of(rows, [&](const Row& row) { return row.interface == interface; });
}

} // namespace bus
