#include "item/merge.hpp"

#include "item/conversion.hpp"
#include "item/item.hpp"
#include "item/normal_form.hpp"
#include "item/octet_tokens.hpp"
#include "item/statement_merge.hpp"
#include "item/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace item {
namespace {

/// An item taken apart, with what it says.
class Reading {
public:
    explicit Reading(Document document) : document_(std::move(document)), zones_(document_)
    {
        normal_ = normal_form(document_);
        if (is_card(document_.form)) {
            statements_.emplace("", contact_statement(document_));
            return;
        }
        std::map<std::string, std::size_t> numbers;
        for (const auto& component : document_.root.components) {
            if (component.name == "VTIMEZONE")
                continue;
            auto statement = entry_statement(document_, zones_, component);
            auto key = statement.occasion.place;
            if (const auto* occurrence = component.find("RECURRENCE-ID"); key == component.name + "/" && occurrence)
                key += occurrence->value;
            // Of one occurrence a peer may send thousands.
            const auto own = key;
            for (auto& number = numbers[own]; statements_.contains(key); ++number)
                key = fmt::format("{}+{:08}", own, number);
            statements_.emplace(std::move(key), std::move(statement));
        }
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    const Document& document() const { return document_; }
    const Zones& zones() const { return zones_; }
    const NormalForm& normal() const { return normal_; }
    const std::map<std::string, Statement>& statements() const { return statements_; }
    const Statement* find(const std::string& key) const
    {
        const auto found = statements_.find(key);
        return found == statements_.end() ? nullptr : &found->second;
    }

private:
    const Document document_;
    const Zones zones_;
    NormalForm normal_;
    std::map<std::string, Statement> statements_;
};

bool says_the_same(const Statement& one, const Statement& other)
{
    const auto said = [](const Statement& statement) {
        std::map<std::string, std::string> fields;
        for (const auto& [key, field] : statement.fields) {
            if (auto meaning = field.meaning(); !meaning.empty())
                fields.emplace(key, std::move(meaning));
        }
        return fields;
    };
    return said(one) == said(other);
}

/// What the fields of an event are named with: nothing, or the moment of the occurrence.
std::string prefix_of(const Statement& statement)
{
    const auto& place = statement.occasion.place;
    const auto blank = place.find(' ');
    return blank == std::string::npos ? std::string() : place.substr(blank + 1, place.size() - blank - 2) + ' ';
}

void collect_zones(const Component& component, std::set<std::string>& zones)
{
    for (const auto& property : component.properties) {
        if (const auto* tzid = property.find("TZID"); tzid != nullptr && !tzid->values.empty())
            zones.insert(tzid->values.front());
    }
    for (const auto& inner : component.components)
        collect_zones(inner, zones);
}

/// One order of the sides.
class Attempt {
public:
    Attempt(const Reading* base, const Reading& ours, const Reading& theirs, Side preferred)
        : base_(base), ours_(ours), theirs_(theirs), preferred_(preferred),
          wording_(theirs.document(), theirs.zones(), ours.document()), merged_(ours.document())
    {
    }

    Merge run();

private:
    Component merge(const std::string& key, const Statement& ours, const Statement& theirs)
    {
        return StatementMerge(kind(ours_.document()), base_ == nullptr ? nullptr : base_->find(key), ours, theirs,
                              wording_, preferred_, prefix_of(ours), report_)
            .run();
    }
    void add_event(const Statement& theirs, Revision& revision);
    void add_zones();

    const Reading* base_;
    const Reading& ours_;
    const Reading& theirs_;
    const Side preferred_;
    const Wording wording_;
    Document merged_;
    Merge report_;
};

Merge Attempt::run()
{
    if (is_card(ours_.document().form)) {
        merged_.root = merge("", *ours_.find(""), *theirs_.find(""));
        report_.text = write(merged_);
        return std::move(report_);
    }
    Revision revision(ours_.document().root);
    for (const auto& [key, ours] : ours_.statements()) {
        const auto* theirs = theirs_.find(key);
        const auto* base = base_ == nullptr ? nullptr : base_->find(key);
        if (theirs != nullptr) {
            revision.rewrite(ours.component, merge(key, ours, *theirs));
        } else if (base != nullptr && says_the_same(*base, ours)) {
            revision.drop(ours.component);
            report_.taken.push_back({prefix_of(ours), Side::Theirs});
        } else {
            report_.taken.push_back({prefix_of(ours), Side::Ours});
        }
    }
    for (const auto& [key, theirs] : theirs_.statements()) {
        const auto* base = base_ == nullptr ? nullptr : base_->find(key);
        if (ours_.find(key) != nullptr || (base != nullptr && says_the_same(*base, theirs)))
            continue;
        add_event(theirs, revision);
    }
    merged_.root = revision.build();
    add_zones();
    report_.text = write(merged_);
    return std::move(report_);
}

void Attempt::add_event(const Statement& theirs, Revision& revision)
{
    Component event;
    if (theirs_.document().form == ours_.document().form) {
        event = *theirs.component;
    } else {
        event.name = theirs.component->name;
        for (const auto& [key, field] : theirs.fields) {
            auto words = wording_.say(theirs, key, field);
            if (!words) {
                report_.conflicts.push_back({prefix_of(theirs) + key, {}, in_words(field.meaning()), {}});
                return;
            }
            std::move(words->properties.begin(), words->properties.end(), std::back_inserter(event.properties));
            std::move(words->components.begin(), words->components.end(), std::back_inserter(event.components));
        }
        for (auto& inner : event.components)
            inner.place = event.properties.size();
    }
    // An item has one UID.
    for (const auto& [key, ours] : ours_.statements()) {
        const auto* uid = ours.component->find("UID");
        auto known = std::find_if(event.properties.begin(), event.properties.end(),
                                  [](const Property& one) { return one.name == "UID"; });
        if (uid == nullptr)
            continue;
        if (known == event.properties.end())
            event.properties.push_back(*uid);
        else
            *known = *uid;
        break;
    }
    report_.taken.push_back({prefix_of(theirs), Side::Theirs});
    revision.add(std::move(event));
}

/// Definitions of time zones that only they had need of.
void Attempt::add_zones()
{
    if (ours_.document().form != Form::ICalendar20 || theirs_.document().form != Form::ICalendar20)
        return;
    std::set<std::string> wanted;
    collect_zones(merged_.root, wanted);
    const auto tzid_of = [](const Component& zone) {
        const auto* tzid = zone.name == "VTIMEZONE" ? zone.find("TZID") : nullptr;
        return tzid == nullptr ? std::string() : tzid->text();
    };
    for (const auto& zone : merged_.root.components)
        wanted.erase(tzid_of(zone));
    auto& components = merged_.root.components;
    std::vector<Component> added;
    for (const auto& zone : theirs_.document().root.components) {
        if (wanted.erase(tzid_of(zone)) == 0)
            continue;
        added.push_back(zone);
        added.back().place = components.empty() ? merged_.root.properties.size() : components.front().place;
    }
    components.insert(components.begin(), std::make_move_iterator(added.rbegin()),
                      std::make_move_iterator(added.rend()));
}

base::Result<Merge> merge_short(const std::optional<std::string_view>& base, std::string_view ours,
                                std::string_view theirs, Side preferred);

Side other(Side side)
{
    return side == Side::Ours ? Side::Theirs : Side::Ours;
}

bool is_plain(std::string_view data)
{
    return find_form(data) == Form::PlainText;
}

/// A note in plain text as the VJOURNAL that says the same; anything else as it is.
std::string lifted(std::string_view data)
{
    auto journal = is_plain(data) ? convert(data, Form::ICalendar20) : base::fail(base::Errc::NotSupported, "");
    return journal && journal->losses.empty() ? std::move(journal->data) : std::string(data);
}

/// Of notes of which some are in plain text. That has no words for most of what others may say.
base::Result<Merge> merge_lifted(const std::optional<std::string_view>& base, std::string_view ours,
                                 std::string_view theirs, Side preferred)
{
    const auto one = lifted(ours);
    const auto two = lifted(theirs);
    auto old = base ? std::optional(lifted(*base)) : std::nullopt;
    if (is_plain(one) || is_plain(two))
        return base::fail(base::Errc::InvalidValue, "the note cannot be merged, for no VJOURNAL says the same");
    if (old && is_plain(*old))
        old.reset();
    auto merged = merge(old, one, two, preferred);
    // What the other side knows it by is in the VJOURNAL alone.
    if (merged && merged->text == one)
        merged->text = ours;
    return merged;
}

} // namespace

std::optional<std::int64_t> last_change(std::string_view data)
{
    const auto document = parse(data);
    if (!document)
        return std::nullopt;
    std::optional<std::int64_t> last;
    const auto look = [&](const Component& component) {
        for (const auto& property : component.properties) {
            if (property.name != "REV" && property.name != "LAST-MODIFIED")
                continue;
            if (const auto moment = find_moment(property.value); moment && (!last || moment->seconds > *last))
                last = moment->seconds;
        }
    };
    look(document->root);
    for (const auto& component : document->root.components)
        look(component);
    return last;
}

base::Result<Merge> merge(const std::optional<std::string_view>& base, std::string_view ours, std::string_view theirs,
                          Side preferred)
{
    if (ours.size() < OctetTokens::least_item && theirs.size() < OctetTokens::least_item)
        return merge_short(base, ours, theirs, preferred);
    OctetTokens tokens;
    const auto one = tokens.shorten(ours);
    const auto two = tokens.shorten(theirs);
    const auto old = base ? std::optional(tokens.shorten(*base)) : std::nullopt;
    auto merged = merge_short(old ? std::optional<std::string_view>(*old) : std::nullopt, one, two, preferred);
    if (!merged)
        return merged;
    merged->text = tokens.lengthen(std::move(merged->text));
    for (auto& conflict : merged->conflicts) {
        conflict.ours = tokens.reword(std::move(conflict.ours), 0);
        conflict.theirs = tokens.reword(std::move(conflict.theirs), 1);
        if (old)
            conflict.base = tokens.reword(std::move(conflict.base), 2);
    }
    return merged;
}

namespace {

base::Result<Merge> merge_short(const std::optional<std::string_view>& base, std::string_view ours,
                                std::string_view theirs, Side preferred)
{
    auto our_document = parse(ours);
    if (!our_document)
        return tl::unexpected(our_document.error());
    auto their_document = parse(theirs);
    if (!their_document)
        return tl::unexpected(their_document.error());
    if (is_plain(ours) != is_plain(theirs) || (base && is_plain(*base) && !is_plain(ours)))
        return merge_lifted(base, ours, theirs, preferred);
    const auto what = kind(*our_document);
    if (what != kind(*their_document))
        return base::fail(base::Errc::InvalidValue,
                          fmt::format("{} and {} are two things", word(what), word(kind(*their_document))));
    const Reading one(std::move(*our_document));
    const Reading two(std::move(*their_document));
    std::optional<Reading> old;
    if (base) {
        if (auto document = parse(*base); document && kind(*document) == what)
            old.emplace(std::move(*document));
    }
    if (one.normal() == two.normal() || (old && two.normal() == old->normal()))
        return Merge{std::string(ours), {}, {}};

    const auto* known = old ? &*old : nullptr;
    auto merged = Attempt(known, one, two, preferred).run();
    const auto normal = normal_text(merged.text);
    const bool is_good =
        check(merged.text, what) || !check(std::string(ours), what) || !check(std::string(theirs), what);
    if (old && one.normal() == old->normal()) {
        // Nothing here has to be kept that they do not say.
        if (normal == two.normal().text() && is_good && merged.conflicts.empty())
            return merged;
        return Merge{std::string(theirs), {{{}, Side::Theirs}}, {}};
    }
    // What depends on the order was not understood: which of the two is right is not decided here.
    const auto reverse = Attempt(known, two, one, other(preferred)).run();
    if (is_good && normal == normal_text(reverse.text) && merged.conflicts.empty() == reverse.conflicts.empty())
        return merged;
    return Merge{std::string(preferred == Side::Ours ? ours : theirs),
                 {},
                 {{{}, summary(ours), summary(theirs), base ? summary(*base) : std::string()}}};
}

} // namespace

} // namespace item
