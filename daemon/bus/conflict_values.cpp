#include "bus/conflict_values.hpp"

#include "bus/values.hpp"
#include "item/excerpt.hpp"
#include "kinds/service_kind.hpp"

#include <cstdint>
#include <string>

namespace bus {
namespace {

using storage::ItemConflict;
using Way = ItemConflict::Way;

std::string word(Way way)
{
    switch (way) {
    case Way::Ours: return "OURS";
    case Way::Theirs: return "THEIRS";
    case Way::Both: return "BOTH";
    }
    return {};
}

} // namespace

std::vector<Values> conflicts(const std::vector<ItemConflict>& conflicts)
{
    std::vector<Values> list;
    for (const auto& conflict : conflicts) {
        std::vector<Values> fields;
        for (const auto& field : conflict.fields)
            fields.push_back(
                {{"Name", field.name}, {"Ours", field.ours}, {"Theirs", field.theirs}, {"Base", field.base}});
        list.push_back({
            {"Number", conflict.number},
            {"ServiceType", std::string(kinds::of(conflict.kind).name)},
            {"ItemId", conflict.luid},
            {"CopyId", conflict.copy},
            {"Time", static_cast<std::uint64_t>(conflict.time)},
            {"Way", word(conflict.way)},
            {"Theirs", item::excerpt(conflict.theirs, max_content)},
            {"Fields", fields},
        });
    }
    return list;
}

std::optional<Way> find_way(std::string_view word)
{
    if (word == "OURS")
        return Way::Ours;
    if (word == "THEIRS")
        return Way::Theirs;
    return word == "BOTH" ? std::optional(Way::Both) : std::nullopt;
}

} // namespace bus
