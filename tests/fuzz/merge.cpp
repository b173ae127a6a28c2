// Three texts, with a NUL between them: what two items were made of, and what became of it on two sides. Merged, and
// whatever else is done with two items.
#include "item/merge.hpp"
#include "item/item.hpp"
#include "item/normal_form.hpp"
#include "item/property.hpp"
#include "item/restoration.hpp"
#include "item/similarity.hpp"
#include "target.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace {

using fuzz::require;
using item::normal_text;

void try_merge(const std::optional<std::string_view>& base, std::string_view ours, std::string_view theirs)
{
    const auto one = item::merge(base, ours, theirs);
    const auto other = item::merge(base, theirs, ours);
    require(one.has_value() == other.has_value(), "both orders can be merged, or none");
    if (!one)
        return fuzz::require_for_people(one.error().message);
    const auto mine = normal_text(one->text);
    require(one->conflicts.empty() == other->conflicts.empty(), "both orders have conflicts, or none");
    require(!one->conflicts.empty() || mine == normal_text(other->text), "both orders end with the same");
    require(item::check(one->text) || !item::check(std::string(ours)) || !item::check(std::string(theirs)),
            "a merge of items is one");
    require(normal_text(item::merge(base, ours, theirs, item::Side::Theirs)->text) == normal_text(other->text),
            "whose way it goes in a conflict does not depend on the order");
    require(item::merge(base, ours, ours)->text == ours, "an item merged with itself stays as it is");
    require(item::merge(ours, ours, theirs)->conflicts.empty() &&
                normal_text(item::merge(ours, ours, theirs)->text) == normal_text(theirs),
            "the one side that has changed has its way");
    require(normal_text(item::merge(theirs, ours, theirs)->text) == normal_text(ours),
            "the one side that has changed has its way here, too");
}

/// A peer that sends back less than it was sent.
void try_restore(std::string_view sent, std::string_view came)
{
    const auto [kept, dropped] = item::find_kept(sent, came);
    for (const auto& name : dropped)
        require(!kept.contains(name), "what is kept is not dropped");
    const auto restored = item::restore(sent, came, dropped);
    require(!item::check(std::string(sent)) || !item::check(std::string(came)) || item::check(restored),
            "what was restored is an item");
    require(!dropped.empty() || restored == came, "where nothing was lost nothing comes back");
}

void compare(std::string_view ours, std::string_view theirs)
{
    const auto one = item::parse(ours);
    const auto other = item::parse(theirs);
    if (!one || !other)
        return;
    const item::Sketch here(*one), there(*other);
    const auto similarity = here.compare(there);
    require(here.normal().lines.empty() || here.compare(here).likeness == item::Likeness::Same,
            "an item that says something is the same as itself");
    require(similarity.likeness == there.compare(here).likeness, "likeness does not depend on the order");
    require(similarity.score >= 0 && similarity.score <= 1, "a score is a part of one");
    for (const auto& reason : similarity.reasons)
        fuzz::require_for_people(reason);
    require(similarity.likeness != item::Likeness::Similar ||
                std::any_of(here.keys().begin(), here.keys().end(),
                            [&](const auto& key) {
                                return std::find(there.keys().begin(), there.keys().end(), key) != there.keys().end();
                            }),
            "what is similar has a key in common");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    auto rest = fuzz::view(data, size);
    const auto next = [&] {
        const auto end = std::min(rest.find('\0'), rest.size());
        const auto text = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        return text;
    };
    const auto base = next();
    const auto ours = next();
    const auto theirs = next();
    try_merge(base, ours, theirs);
    try_merge(std::nullopt, ours, theirs);
    try_restore(ours, theirs);
    compare(ours, theirs);
    return 0;
}
