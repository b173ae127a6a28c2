#include "item/restoration.hpp"

#include "item/fields.hpp"
#include "item/item.hpp"
#include "item/normal_form.hpp"
#include "item/object.hpp"
#include "item/revision.hpp"
#include "item/text.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

namespace item {
namespace {

/// One contact, or one entry among those of its UID, with what there is of it on both sides.
class Restorer {
public:
    Restorer(Kind kind, const std::set<std::string>& lost, bool same_form)
        : kind_(kind), lost_(lost), same_form_(same_form)
    {
    }

    Component restore(const Component& sent, const Component& came);
    bool did_anything() const { return done_; }

private:
    std::string name_of(const Property& property) const
    {
        return kind_ == Kind::Contact ? std::string(contact_name(property)) : property.name;
    }
    void restore_parameters(const Component& sent, const Component& came, Revision& revision);

    const Kind kind_;
    const std::set<std::string>& lost_;
    const bool same_form_;
    bool done_ = false;
};

Component Restorer::restore(const Component& sent, const Component& came)
{
    Revision revision(came);
    std::set<std::string> there;
    for (const auto& property : came.properties)
        there.insert(name_of(property));
    for (const auto& property : sent.properties) {
        const auto name = name_of(property);
        if (name.empty() || (!lost_.contains(name) && !lost_.contains(property.name)) || there.contains(name))
            continue;
        auto back = property;
        if (!same_form_)
            back.raw.clear();
        revision.add(std::move(back));
        done_ = true;
    }
    for (const auto& component : sent.components) {
        const bool comes = std::any_of(came.components.begin(), came.components.end(),
                                       [&](const Component& one) { return one.name == component.name; });
        if (!lost_.contains(component.name) || comes)
            continue;
        revision.add(component);
        done_ = true;
    }
    restore_parameters(sent, came, revision);
    return revision.build();
}

void Restorer::restore_parameters(const Component& sent, const Component& came, Revision& revision)
{
    const auto has_parameters = std::any_of(
        lost_.begin(), lost_.end(), [](const std::string& name) { return name.find(';') != std::string::npos; });
    if (!has_parameters)
        return;
    std::map<std::pair<std::string, std::string>, const Property*> known;
    for (const auto& property : sent.properties)
        known.emplace(std::pair(name_of(property), property.text()), &property);
    for (const auto& property : came.properties) {
        const auto found = known.find({name_of(property), property.text()});
        if (found == known.end() || property.name.empty())
            continue;
        const auto* equal = found->second;
        auto by = property;
        for (const auto& parameter : equal->parameters) {
            if (lost_.contains(name_of(property) + ';' + parameter.name) && property.find(parameter.name) == nullptr)
                by.parameters.push_back(parameter);
        }
        if (by.parameters.size() == property.parameters.size())
            continue;
        revision.rewrite(&property, std::move(by));
        done_ = true;
    }
}

/// The entries of a calendar, by the moment of the occurrence that they change.
std::map<std::string, const Component*> entries_of(const Document& calendar)
{
    std::map<std::string, const Component*> entries;
    const Zones zones(calendar);
    for (const auto& component : calendar.root.components) {
        if (!find_component(component.name))
            continue;
        const auto* occurrence = component.find("RECURRENCE-ID");
        const auto moment = occurrence == nullptr ? std::nullopt : zones.find(*occurrence, occurrence->value);
        entries.emplace(moment                  ? to_text(*moment)
                        : occurrence != nullptr ? occurrence->value
                                                : std::string(),
                        &component);
    }
    return entries;
}

Component with_uid(const Component& entry, const Component& other)
{
    Revision revision(entry);
    const auto* own = entry.find("UID");
    const auto* uid = other.find("UID");
    if (uid != nullptr && own != nullptr)
        revision.rewrite(own, *uid);
    else if (uid != nullptr)
        revision.add(*uid);
    return revision.build();
}

/// The names that an item says something under.
std::set<std::string> names_of(const Document& document)
{
    // What the item is about, and when: it is another item without that.
    constexpr std::string_view of_all[] = {"N",     "FN",     "SUMMARY", "DTSTART", "DTEND", "DUE",
                                           "RRULE", "EXDATE", "RDATE",   "ZONE",    "",      "PERCENT-COMPLETE"};
    constexpr std::size_t longest = 64;
    std::set<std::string> names;
    for (const auto& line : normal_form(document).lines) {
        std::string_view name = line.name;
        const auto slash = name.rfind('/');
        const auto place = name.substr(0, slash == std::string_view::npos ? 0 : slash);
        if (place.find(' ') != std::string_view::npos)
            names.insert("RECURRENCE-ID");
        name.remove_prefix(slash == std::string_view::npos ? 0 : slash + 1);
        const bool is_inner = is_card(document.form) ? !place.empty() : place.find('/') != place.npos;
        constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
        const bool is_plain = name.find_first_not_of(letters) == name.npos && name.size() <= longest;
        const bool is_of_all = std::find(std::begin(of_all), std::end(of_all), name) != std::end(of_all);
        if (!is_inner && !is_of_all && is_plain)
            names.emplace(name);
    }
    return names;
}

} // namespace

Kept find_kept(std::string_view sent, std::string_view came)
{
    const auto before = parse(sent);
    const auto now = parse(came);
    Kept kept;
    if (!before || !now || kind(*before) != kind(*now))
        return kept;
    const auto there = names_of(*now);
    for (const auto& name : names_of(*before))
        (there.contains(name) ? kept.kept : kept.dropped).insert(name);
    return kept;
}

std::string restore(std::string_view sent, std::string_view came, const std::set<std::string>& lost)
{
    const auto before = parse(sent);
    auto now = parse(came);
    if (!before || !now || lost.empty() || kind(*before) != kind(*now))
        return std::string(came);
    const bool same_form = before->form == now->form;
    Restorer restorer(kind(*now), lost, same_form);
    if (is_card(now->form)) {
        now->root = restorer.restore(before->root, now->root);
        return restorer.did_anything() ? write(*now) : std::string(came);
    }
    if (!same_form)
        return std::string(came);
    const auto old_entries = entries_of(*before);
    const auto new_entries = entries_of(*now);
    if (new_entries.empty())
        return std::string(came);
    Revision revision(now->root);
    bool done = false;
    for (const auto& [occurrence, entry] : new_entries) {
        if (const auto old = old_entries.find(occurrence); old != old_entries.end())
            revision.rewrite(entry, restorer.restore(*old->second, *entry));
    }
    const bool has_occurrences =
        std::any_of(new_entries.begin(), new_entries.end(), [](const auto& entry) { return !entry.first.empty(); });
    if (lost.contains("RECURRENCE-ID") && !has_occurrences) {
        for (const auto& [occurrence, entry] : old_entries) {
            if (occurrence.empty())
                continue;
            revision.add(with_uid(*entry, *new_entries.begin()->second));
            done = true;
        }
    }
    if (!done && !restorer.did_anything())
        return std::string(came);
    now->root = revision.build();
    auto text = write(*now);
    return check(text, kind(*now)) || !check(came, kind(*now)) ? std::move(text) : std::string(came);
}

} // namespace item
