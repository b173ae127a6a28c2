// What goes with other fields, which may have come from the other side.
#include "item/normal_lines.hpp"
#include "item/statement_merge.hpp"
#include "item/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace item {
namespace {

const Field* find(const Statement& statement, const std::string& key)
{
    const auto found = statement.fields.find(key);
    return found == statement.fields.end() ? nullptr : &found->second;
}

std::string relative(std::int64_t offset)
{
    return fmt::format("{}PT{}S", offset < 0 ? "-" : "", offset < 0 ? -offset : offset);
}

/// Whether it repeats the summary of the event that it is in.
bool repeats(std::string_view text, const Occasion& own, const Occasion& now)
{
    return !own.summary.empty() && own.summary != now.summary && normal_words(text) == own.summary;
}

bool is_label(const Property& property)
{
    return property.name == "X-ABLABEL" && !property.group.empty();
}

} // namespace

void StatementMerge::look_at_groups()
{
    if (!used_groups_.empty())
        return;
    for (const auto& one : ours_.component->properties)
        used_groups_.insert(to_upper(one.group)); // the empty one too
    used_groups_.insert("");
    for (const auto& one : theirs_.component->properties) {
        if (is_label(one))
            labels_[to_upper(one.group)].push_back(&one);
    }
}

void StatementMerge::add(Property property)
{
    if (property.group.empty() || kind_ != Kind::Contact)
        return revision_.add(std::move(property));
    auto [entry, is_new] = groups_.try_emplace(property.group);
    if (is_new) {
        look_at_groups();
        entry->second = property.group;
        next_group_ = std::max(next_group_, groups_.size());
        for (; used_groups_.contains(to_upper(entry->second)); ++next_group_)
            entry->second = fmt::format("item{}", next_group_);
        used_groups_.insert(to_upper(entry->second));
        for (const auto* one : labels_[to_upper(property.group)]) {
            auto label = *one;
            if (label.group != entry->second)
                label.raw.clear();
            label.group = entry->second;
            revision_.add(std::move(label));
        }
    }
    if (entry->second != property.group)
        property.raw.clear();
    property.group = entry->second;
    revision_.add(std::move(property));
}

void StatementMerge::drop_lone_labels()
{
    std::set<std::string> before, after;
    for (const auto& one : ours_.component->properties) {
        if (one.group.empty() || is_label(one))
            continue;
        before.insert(to_upper(one.group));
        if (!revision_.drops(&one))
            after.insert(to_upper(one.group));
    }
    for (const auto& one : ours_.component->properties) {
        const auto group = to_upper(one.group);
        if (is_label(one) && before.contains(group) && !after.contains(group))
            revision_.drop(&one);
    }
}

void StatementMerge::follow(const std::string& key, const std::string& leader)
{
    const auto led = decisions_.find(leader);
    const bool from_theirs = led != decisions_.end() && led->second.take_theirs;
    const auto decided = decisions_.find(key);
    const bool taken = decided != decisions_.end() && decided->second.take_theirs;
    const auto* ours = find(ours_, key);
    const auto* theirs = find(theirs_, key);
    const bool says_nothing =
        decided == decisions_.end() ? (ours == nullptr || ours->values.empty()) : decided->second.meaning.empty();
    if (!says_nothing) {
        // A description that stood for the summary is one from now on.
        const auto* summary = leader == "SUMMARY" && !from_theirs ? find(ours_, leader) : nullptr;
        for (const auto* property : summary == nullptr ? std::vector<const Property*>() : summary->properties) {
            if (property->name != "DESCRIPTION")
                continue;
            auto by = *property;
            by.name = leader;
            revision_.rewrite(property, std::move(by));
        }
        return;
    }
    if (!from_theirs && !taken)
        return; // it is with what it repeats already
    const auto* source = from_theirs ? theirs : ours;
    for (const auto* property : ours == nullptr ? std::vector<const Property*>() : ours->properties)
        revision_.drop(property);
    if (source != nullptr && source->values.empty() && !source->properties.empty()) {
        if (const auto words = wording_.say(from_theirs ? theirs_ : ours_, key, *source); words && from_theirs) {
            for (const auto& property : words->properties)
                revision_.add(property);
        } else if (!from_theirs) {
            for (const auto* property : source->properties)
                revision_.add(*property);
        }
        return;
    }
    const auto* n = key == "FN" ? (from_theirs ? theirs_ : ours_).component->find("N") : nullptr;
    if (n == nullptr || (ours == nullptr && theirs == nullptr))
        return;
    Property formatted;
    formatted.name = key;
    formatted.value = escape(formatted_name(*n));
    if (!formatted.value.empty())
        revision_.add(std::move(formatted));
}

void StatementMerge::settle_alarms()
{
    if (const auto* alarms = find(ours_, "VALARM")) {
        for (const auto& value : alarms->values) {
            if (value.component != nullptr && !revision_.drops(value.component)) {
                auto by = *value.component;
                if (settle(by, ours_.occasion, value))
                    revision_.rewrite(value.component, std::move(by));
            } else if (value.property != nullptr && !revision_.drops(value.property)) {
                auto by = *value.property;
                if (settle(by, ours_.occasion, value))
                    revision_.rewrite(value.property, std::move(by));
            }
        }
    }
    for (auto& [value, words] : alarms_) {
        for (auto& component : words.components) {
            settle(component, theirs_.occasion, value);
            revision_.add(std::move(component));
        }
        for (auto& property : words.properties) {
            if (settle(property, theirs_.occasion, value))
                property.raw.clear();
            revision_.add(std::move(property));
        }
    }
}

Occasion StatementMerge::occasion() const
{
    const auto is_theirs = [&](const char* key) {
        const auto found = decisions_.find(key);
        return found != decisions_.end() && found->second.take_theirs;
    };
    auto occasion = is_theirs("DTSTART") ? theirs_.occasion : ours_.occasion;
    occasion.summary = (is_theirs("SUMMARY") ? theirs_ : ours_).occasion.summary;
    return occasion;
}

bool StatementMerge::settle(Component& alarm, const Occasion& own, const FieldValue& value) const
{
    const auto now = occasion();
    const auto offset = alarm_offset(value.bare);
    bool changed = false;
    for (auto& property : alarm.properties) {
        if (property.name == "TRIGGER" && offset && (own.begin != now.begin || own.end != now.end) &&
            (find_moment(property.value) || to_upper(property.parameter("RELATED")) == "END")) {
            property = Property{{}, "TRIGGER", {}, relative(*offset), false, {}};
            changed = true;
        } else if (property.name == "DESCRIPTION" && repeats(property.text(), own, now)) {
            property.value = escape(now.summary);
            property.raw.clear();
            changed = true;
        }
    }
    return changed;
}

bool StatementMerge::settle(Property& alarm, const Occasion& own, const FieldValue& value) const
{
    const auto now = occasion();
    const auto offset = alarm_offset(value.bare);
    auto parts = alarm.parts(';');
    bool changed = false;
    if (offset && own.begin != now.begin && now.begin) {
        auto at = *now.begin;
        at.seconds += *offset;
        at.is_date = false;
        parts.front() = to_text(at);
        changed = true;
    }
    if (parts.size() > 3 && repeats(parts[3], own, now)) {
        parts[3] = now.summary;
        changed = true;
    }
    if (!changed)
        return false;
    alarm.value.clear();
    for (std::size_t i = 0; i < parts.size(); ++i)
        alarm.value += (i == 0 ? "" : ";") + escape(parts[i]);
    return true;
}

} // namespace item
