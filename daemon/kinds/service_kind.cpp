#include "kinds/service_kind.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace kinds {
namespace {

using item::Form;

constexpr std::array card_forms{Form::VCard30, Form::VCard21};
constexpr std::array calendar_forms{Form::ICalendar20, Form::VCalendar10};
constexpr std::array note_forms{Form::ICalendar20, Form::PlainText};

constexpr std::array table{
    ServiceKind{"CONTACT", item::Kind::Contact, storage::ItemKind::Contact, "contacts", ".vcf", card_forms},
    ServiceKind{"EVENT", item::Kind::Event, storage::ItemKind::Event, "calendar", ".ics", calendar_forms},
    ServiceKind{"TASK", item::Kind::Task, storage::ItemKind::Task, "tasks", ".ics", calendar_forms},
    ServiceKind{"NOTE", item::Kind::Note, storage::ItemKind::Note, "notes", ".ics", note_forms},
};

} // namespace

std::span<const ServiceKind> all()
{
    return table;
}

const ServiceKind* find(std::string_view name)
{
    const auto* const found = std::ranges::find(table, name, &ServiceKind::name);
    return found == table.end() ? nullptr : found;
}

const ServiceKind& of(storage::ItemKind items)
{
    const auto* const found = std::ranges::find(table, content_of(items), &ServiceKind::items);
    assert(found != table.end());
    return *found;
}

std::string all_names()
{
    std::string names;
    for (const auto& kind : table) {
        if (!names.empty())
            names += &kind == &table.back() ? " or " : ", ";
        names += kind.name;
    }
    return names;
}

} // namespace kinds
