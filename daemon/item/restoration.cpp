#include "item/restoration.hpp"

#include "item/fields.hpp"
#include "item/item.hpp"
#include "item/normal_form.hpp"
#include "item/object.hpp"
#include "item/octet_tokens.hpp"
#include "item/revision.hpp"
#include "item/text.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace item {
namespace {

/// One contact, or one entry among those of its UID, with what there is of it on both sides.
class Restorer {
public:
    Restorer(Kind kind, const std::set<std::string>& lost, const Rooms& rooms, bool same_form)
        : kind_(kind), lost_(lost), rooms_(rooms), same_form_(same_form)
    {
    }

    Component restore(const Component& sent, const Component& came);
    bool did_anything() const { return done_; }

private:
    std::string name_of(const Property& property) const
    {
        return kind_ == Kind::Contact ? std::string(contact_name(property)) : property.name;
    }
    bool is_lost(const Property& property, const std::string& name) const;
    void put_back(const Property& property, Revision& revision);
    void restore_values(const std::string& name, const Room& room, const Component& sent, const Component& came,
                        Revision& revision);
    void restore_parameters(const Component& sent, const Component& came, Revision& revision);

    const Kind kind_;
    const std::set<std::string>& lost_;
    const Rooms& rooms_;
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
        if (!name.empty() && !there.contains(name) && is_lost(property, name))
            put_back(property, revision);
    }
    std::set<std::string_view> inner;
    for (const auto& component : came.components)
        inner.insert(component.name);
    for (const auto& component : sent.components) {
        if (!lost_.contains(component.name) || inner.contains(component.name))
            continue;
        revision.add(component);
        done_ = true;
    }
    for (const auto& [name, room] : rooms_)
        if (there.contains(name))
            restore_values(name, room, sent, came, revision);
    restore_parameters(sent, came, revision);
    return revision.build();
}

bool Restorer::is_lost(const Property& property, const std::string& name) const
{
    if (lost_.contains(name) || lost_.contains(property.name))
        return true;
    const auto room = rooms_.find(name);
    return room != rooms_.end() && room->second.size > 0 && property.text().size() > room->second.size;
}

void Restorer::put_back(const Property& property, Revision& revision)
{
    auto back = property;
    if (!same_form_)
        back.raw.clear();
    revision.add(std::move(back));
    done_ = true;
}

/// Whether a peer with so much room has made `came` of `sent`. Some count octets and some characters, of which they
/// leave no half.
bool is_cut(std::string_view sent, std::string_view came, std::size_t room)
{
    constexpr std::size_t most_octets = 4; // of a character
    if (room == 0 || came.size() >= sent.size() || !sent.starts_with(came))
        return false;
    const auto characters = static_cast<std::size_t>(
        std::count_if(came.begin(), came.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
    return characters == room || (came.size() <= room && came.size() + most_octets > room);
}

void Restorer::restore_values(const std::string& name, const Room& room, const Component& sent, const Component& came,
                              Revision& revision)
{
    struct Value {
        const Property* property;
        std::string text;
        bool is_there = false;
    };
    constexpr std::size_t most = 100; // that are compared with each other
    const auto values_of = [&](const Component& component) {
        std::vector<Value> values;
        for (const auto& property : component.properties)
            if (name_of(property) == name && values.size() <= most)
                values.push_back({&property, property.text()});
        return values;
    };
    auto whole = values_of(sent);
    const auto kept = values_of(came);
    if (whole.size() > most || kept.size() > most)
        return;
    std::size_t known = 0; // of those that came
    for (const auto& value : kept) {
        const auto found = std::find_if(whole.begin(), whole.end(), [&](const Value& one) {
            return !one.is_there && (one.text == value.text || is_cut(one.text, value.text, room.size));
        });
        if (found == whole.end())
            continue;
        found->is_there = true;
        ++known;
        if (found->text == value.text)
            continue;
        auto by = *value.property;
        by.value = found->property->value;
        by.is_binary = found->property->is_binary;
        revision.rewrite(value.property, std::move(by));
        done_ = true;
    }
    if (room.count == 0 || kept.size() != room.count || known != room.count)
        return;
    for (const auto& value : whole)
        if (!value.is_there)
            put_back(*value.property, revision);
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

bool has_uid(const Document& document)
{
    const auto& root = document.root;
    return is_card(document.form) ? root.find("UID") != nullptr
                                  : std::any_of(root.components.begin(), root.components.end(), [](const auto& one) {
                                        return find_component(one.name) && one.find("UID") != nullptr;
                                    });
}

bool lacks_parts_of_name(const Component& sent, const Component& came)
{
    const auto* before = sent.find("FN");
    const auto* now = came.find("FN");
    return came.find("N") == nullptr && sent.find("N") != nullptr && before != nullptr && now != nullptr &&
           before->text() == now->text();
}

std::string restore_short(std::string_view sent, std::string_view came, const std::set<std::string>& lost,
                          const Rooms& rooms);

} // namespace

Kept find_kept(std::string_view sent, std::string_view came)
{
    OctetTokens tokens;
    const auto before = parse(tokens.shorten(sent));
    const auto now = parse(tokens.shorten(came));
    Kept kept;
    if (!before || !now || kind(*before) != kind(*now))
        return kept;
    const auto there = names_of(*now);
    for (const auto& name : names_of(*before))
        (there.contains(name) ? kept.kept : kept.dropped).insert(name);
    if (is_card(now->form) && lacks_parts_of_name(before->root, now->root))
        kept.dropped.insert("N");
    if (has_uid(*before) && !has_uid(*now))
        kept.dropped.insert("UID");
    return kept;
}

std::string restore(std::string_view sent, std::string_view came, const std::set<std::string>& lost, const Rooms& rooms)
{
    if (!rooms.empty() || (sent.size() < OctetTokens::least_item && came.size() < OctetTokens::least_item))
        return restore_short(sent, came, lost, rooms); // whose sizes count
    OctetTokens tokens;
    const auto short_came = tokens.shorten(came);
    auto restored = restore_short(tokens.shorten(sent), short_came, lost, rooms);
    return restored == short_came ? std::string(came) : tokens.lengthen(std::move(restored));
}

namespace {

std::string restore_short(std::string_view sent, std::string_view came, const std::set<std::string>& lost,
                          const Rooms& rooms)
{
    const auto before = parse(sent);
    auto now = parse(came);
    if (!before || !now || (lost.empty() && rooms.empty()) || kind(*before) != kind(*now))
        return std::string(came);
    const bool same_form = before->form == now->form;
    Restorer restorer(kind(*now), lost, rooms, same_form);
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
    return check(text, kind(*now)) || !check(std::string(came), kind(*now)) ? std::move(text) : std::string(came);
}

} // namespace

} // namespace item
