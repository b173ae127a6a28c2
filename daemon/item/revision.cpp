#include "item/revision.hpp"

#include <optional>
#include <string_view>

namespace item {

void Revision::rewrite(const Property* property, Property by)
{
    by.raw.clear();
    rewritten_[property] = std::move(by);
}

void Revision::rewrite(const Component* component, Component by)
{
    rewritten_components_[component] = std::move(by);
}

void Revision::add(Property property)
{
    added_.push_back(std::move(property));
}

void Revision::add(Component component)
{
    added_components_.push_back(std::move(component));
}

Component Revision::build() const
{
    const auto& properties = old_.properties;
    struct Place {
        std::optional<std::size_t> dropped;
        std::size_t behind = 0;
    };
    std::map<std::string_view, Place> known;
    for (std::size_t i = 0; i < properties.size(); ++i) {
        auto& place = known[properties[i].name];
        if (!place.dropped && dropped_.contains(&properties[i]))
            place.dropped = i;
        place.behind = i + 1;
    }
    // Before which of the old properties each new one goes.
    std::multimap<std::size_t, const Property*> places;
    for (const auto& added : added_) {
        const auto found = known.find(added.name);
        const auto at = found == known.end() ? properties.size() : found->second.dropped.value_or(found->second.behind);
        places.emplace(at, &added);
    }

    Component component;
    component.name = old_.name;
    component.begin = old_.begin;
    component.end = old_.end;
    component.place = old_.place;
    auto next = old_.components.begin();
    for (std::size_t i = 0; i <= properties.size(); ++i) {
        const auto [begin, end] = places.equal_range(i);
        for (auto one = begin; one != end; ++one)
            component.properties.push_back(*one->second);
        for (; next != old_.components.end() && (next->place <= i || i == properties.size()); ++next) {
            if (dropped_.contains(&*next))
                continue;
            const auto by = rewritten_components_.find(&*next);
            component.components.push_back(by == rewritten_components_.end() ? *next : by->second);
            component.components.back().place = component.properties.size();
        }
        if (i == properties.size() || dropped_.contains(&properties[i]))
            continue;
        const auto by = rewritten_.find(&properties[i]);
        component.properties.push_back(by == rewritten_.end() ? properties[i] : by->second);
    }
    for (const auto& added : added_components_) {
        component.components.push_back(added);
        component.components.back().place = component.properties.size();
    }
    return component;
}

} // namespace item
