// Three texts, with a NUL between them: what two items were made of, and what became of it on two sides.
#include "item/merge.hpp"
#include "item/item.hpp"
#include "item/normal_form.hpp"
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
    require(item::check(one->text) || !item::check(ours) || !item::check(theirs), "a merge of items is one");
    require(normal_text(item::merge(base, ours, theirs, item::Side::Theirs)->text) == normal_text(other->text),
            "whose way it goes in a conflict does not depend on the order");
    require(item::merge(base, ours, ours)->text == ours, "an item merged with itself stays as it is");
    require(item::merge(ours, ours, theirs)->conflicts.empty() &&
                normal_text(item::merge(ours, ours, theirs)->text) == normal_text(theirs),
            "the one side that has changed has its way");
    require(normal_text(item::merge(theirs, ours, theirs)->text) == normal_text(ours),
            "the one side that has changed has its way here, too");
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
    return 0;
}
