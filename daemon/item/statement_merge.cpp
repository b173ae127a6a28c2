#include "item/statement_merge.hpp"

#include "item/number.hpp"
#include "item/text.hpp"

#include <algorithm>
#include <utility>

namespace item {
namespace {

const Field& field_of(const Statement& statement, const std::string& key)
{
    static const Field none;
    const auto found = statement.fields.find(key);
    return found == statement.fields.end() ? none : found->second;
}

std::set<std::string> details_of(const FieldValue& value)
{
    std::set<std::string> details;
    auto rest = std::string_view(value.meaning).substr(std::min(value.bare.size(), value.meaning.size()));
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const auto end = std::min(rest.find(detail_separator), rest.size());
        details.emplace(rest.substr(0, end));
        rest.remove_prefix(end);
    }
    return details;
}

/// The same number, of which `less` says less: a server that knows no types.
bool says_less(const FieldValue& less, const FieldValue& more)
{
    if (less.is_element || less.property == nullptr || more.property == nullptr || less.bare != more.bare ||
        !less.meaning.starts_with(less.bare))
        return false;
    const auto few = details_of(less);
    const auto many = details_of(more);
    return few.size() < many.size() && std::includes(many.begin(), many.end(), few.begin(), few.end());
}

/// What the values of a field say, to be asked often.
class Meanings {
public:
    explicit Meanings(const Field& field)
    {
        for (const auto& value : field.values) {
            all_.insert(value.meaning);
            by_bare_.emplace(value.bare, &value);
        }
    }
    bool say(const FieldValue& value) const { return all_.contains(value.meaning); }
    /// Whether there is one that differs in no more than parameters, and is so.
    template <class Is>
    bool any_like(const FieldValue& value, Is is) const
    {
        const auto [begin, end] = by_bare_.equal_range(value.bare);
        constexpr int most = 100;
        int looked = 0;
        return std::any_of(begin, end, [&](const auto& entry) { return ++looked <= most && is(*entry.second); });
    }

private:
    std::set<std::string_view> all_;
    std::multimap<std::string_view, const FieldValue*> by_bare_;
};

bool is_travel(const Parameter& parameter)
{
    return parameter.name == "ENCODING" || parameter.name == "CHARSET";
}

/// Its name and its parameters, but for how the value travels.
std::string head_of(const Property& property)
{
    auto head = property.name;
    for (const auto& parameter : property.parameters) {
        if (is_travel(parameter))
            continue;
        head += '\n' + parameter.name;
        for (const auto& value : parameter.values)
            head += '\0' + value;
    }
    return head;
}

} // namespace

StatementMerge::StatementMerge(Kind kind, const Statement* base, const Statement& ours, const Statement& theirs,
                               const Wording& wording, Side preferred, std::string prefix, Merge& report)
    : kind_(kind), base_(base), ours_(ours), theirs_(theirs), wording_(wording), preferred_(preferred),
      prefix_(std::move(prefix)), report_(report), revision_(*ours.component)
{
}

const Field& StatementMerge::base_field(const std::string& key) const
{
    static const Field none;
    return base_ == nullptr ? none : field_of(*base_, key);
}

void StatementMerge::note(const std::string& key, Side side)
{
    Merge::Taken taken{prefix_ + key, side};
    if (std::find(report_.taken.begin(), report_.taken.end(), taken) == report_.taken.end())
        report_.taken.push_back(std::move(taken));
}

Component StatementMerge::run()
{
    std::set<std::string> keys;
    for (const auto& [key, field] : ours_.fields)
        keys.insert(key);
    for (const auto& [key, field] : theirs_.fields)
        keys.insert(key);
    for (const auto& key : keys) {
        const auto& one = field_of(ours_, key);
        const auto& other = field_of(theirs_, key);
        if (one.values.empty() && other.values.empty())
            continue;
        const bool once = one.values.size() <= 1 && other.values.size() <= 1 && base_field(key).values.size() <= 1;
        if (once && is_single(kind_, key))
            merge_single(key);
        else
            merge_many(key);
    }
    write_elements();
    if (kind_ == Kind::Contact) {
        follow("FN", "N");
        drop_lone_labels();
    } else {
        follow("DESCRIPTION", "SUMMARY");
        settle_alarms();
    }
    for (const auto* name : {"REV", "LAST-MODIFIED", "DTSTAMP", "SEQUENCE"})
        take_later(name);
    return revision_.build();
}

void StatementMerge::merge_single(const std::string& key)
{
    const auto ours = field_of(ours_, key).meaning();
    const auto theirs = field_of(theirs_, key).meaning();
    const auto base = base_field(key).meaning();
    auto& decision = decisions_[key];
    decision.meaning = ours;
    if (ours == theirs)
        return;
    if (base_ != nullptr && theirs == base)
        return note(key, Side::Ours);
    const bool yields = (base_ != nullptr && ours == base) || ours.empty();
    if (!yields && theirs.empty())
        return note(key, Side::Ours);
    const bool conflicts = !yields;
    if (!conflicts || preferred_ == Side::Theirs) {
        // What our form has no words for cannot be taken over.
        if (theirs.empty() || wording_.say(theirs_, key, field_of(theirs_, key))) {
            decision = {true, theirs};
            take(key);
            if (!conflicts)
                return note(key, Side::Theirs);
        } else if (!conflicts) {
            report_.conflicts.push_back({prefix_ + key, in_words(ours), in_words(theirs), in_words(base)});
            return;
        }
    }
    report_.conflicts.push_back({prefix_ + key, in_words(ours), in_words(theirs), in_words(base)});
}

void StatementMerge::take(const std::string& key)
{
    const auto& ours = field_of(ours_, key);
    for (const auto* property : ours.properties)
        revision_.drop(property);
    for (const auto* component : ours.components)
        revision_.drop(component);
    const auto& theirs = field_of(theirs_, key);
    if (theirs.values.empty() && (key == "FN" || key == "DESCRIPTION"))
        return; // it repeats another field; see `follow`
    auto words = wording_.say(theirs_, key, theirs);
    if (!words)
        return;
    for (auto& property : words->properties) {
        if (key == "SUMMARY" && property.name == "DESCRIPTION") { // it stands for one there
            property.name = key;
            property.raw.clear();
        }
        add(std::move(property));
    }
    for (auto& component : words->components)
        revision_.add(std::move(component));
}

void StatementMerge::merge_many(const std::string& key)
{
    // A peer may send thousands.
    const Meanings ours(field_of(ours_, key));
    const Meanings theirs(field_of(theirs_, key));
    const Meanings base(base_field(key));
    for (const auto& value : field_of(ours_, key).values) {
        if (theirs.say(value))
            continue;
        const bool fuller = !base.say(value) && theirs.any_like(value, [&](const FieldValue& one) {
            return !base.say(one) && !ours.say(one) && says_less(value, one);
        });
        if (base.say(value) || fuller) {
            remove_value(value);
            note(key, Side::Theirs);
        } else {
            note(key, Side::Ours);
        }
    }
    std::set<std::string> added;
    for (const auto& value : field_of(theirs_, key).values) {
        if (ours.say(value))
            continue;
        if (base.say(value)) {
            note(key, Side::Ours); // has deleted it
            continue;
        }
        const bool poorer = ours.any_like(
            value, [&](const FieldValue& one) { return !base.say(one) && !theirs.say(one) && says_less(value, one); });
        if (!poorer && added.insert(value.meaning).second)
            add_value(key, value);
    }
}

void StatementMerge::remove_value(const FieldValue& value)
{
    if (value.component != nullptr)
        return revision_.drop(value.component);
    if (!value.is_element)
        return revision_.drop(value.property);
    auto [entry, is_new] = elements_.try_emplace(value.property);
    if (is_new) {
        if (own_elements_.empty()) {
            for (const auto& [key, field] : ours_.fields) {
                for (const auto& one : field.values) {
                    if (one.is_element)
                        own_elements_[one.property].push_back(one.element);
                }
            }
        }
        entry->second = own_elements_[value.property];
    }
    auto& left = entry->second;
    left.erase(std::remove(left.begin(), left.end(), value.element), left.end());
}

void StatementMerge::add_value(const std::string& key, const FieldValue& value)
{
    auto words = wording_.say(theirs_, key, value);
    if (!words) {
        report_.conflicts.push_back({prefix_ + key, {}, in_words(value.meaning), {}});
        return;
    }
    note(key, Side::Theirs);
    if (key == "VALARM") {
        alarms_.push_back({value, std::move(*words)});
        return;
    }
    for (auto& property : words->properties) {
        if (value.is_element && value_kind(property.name) == ValueKind::List)
            add_element(value, std::move(property));
        else
            add(std::move(property));
    }
    for (auto& component : words->components)
        revision_.add(std::move(component));
}

/// To a list that is there, where many programs read but the first.
void StatementMerge::add_element(const FieldValue& value, Property property)
{
    if (own_lists_.empty()) {
        own_lists_.emplace("", nullptr); // looked for
        for (const auto& one : ours_.component->properties) {
            if (value_kind(one.name) == ValueKind::List)
                own_lists_.emplace(head_of(one), &one);
        }
    }
    const auto head = head_of(property);
    if (const auto own = own_lists_.find(head); own != own_lists_.end() && !revision_.drops(own->second)) {
        auto [entry, is_new] = elements_.try_emplace(own->second);
        if (is_new)
            entry->second = own->second->parts(',');
        entry->second.push_back(value.element);
        return;
    }
    const auto [list, is_new] = lists_.try_emplace(head, property);
    if (!is_new)
        list->second.value += ',' + property.value;
}

void StatementMerge::write_elements()
{
    for (const auto& [property, elements] : elements_) {
        std::string value;
        const bool is_raw = value_kind(property->name) == ValueKind::Raw;
        for (const auto& element : elements) {
            if (!element.empty())
                value += (value.empty() ? "" : ",") + (is_raw ? element : escape(element));
        }
        if (value.empty()) {
            revision_.drop(property);
            continue;
        }
        // vCalendar 1.0 has semicolons between dates.
        const bool semicolons = is_raw && property->value.find(';') != std::string::npos;
        if (semicolons)
            std::replace(value.begin(), value.end(), ',', ';');
        auto by = *property;
        by.value = std::move(value);
        revision_.rewrite(property, std::move(by));
    }
    for (auto& [head, list] : lists_)
        add(std::move(list));
}

void StatementMerge::take_later(std::string_view name)
{
    const auto* ours = ours_.component->find(name);
    const auto* theirs = theirs_.component->find(name);
    if (ours == nullptr || theirs == nullptr)
        return;
    bool later = false;
    if (name == "SEQUENCE") {
        later = number(trim(theirs->value)).value_or(0) > number(trim(ours->value)).value_or(0);
    } else {
        const auto one = find_moment(ours->value);
        const auto other = find_moment(theirs->value);
        later = one && other && other->seconds > one->seconds;
    }
    if (!later)
        return;
    auto by = *ours;
    by.value = theirs->value;
    revision_.rewrite(ours, std::move(by));
}

} // namespace item
