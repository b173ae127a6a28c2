#include "item/revision.hpp"

#include <algorithm>
#include <optional>

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
    // Before which of the old properties each new one goes.
    std::multimap<std::size_t, const Property*> places;
    for (const auto& added : added_) {
        std::optional<std::size_t> dropped, last;
        for (std::size_t i = 0; i < properties.size(); ++i) {
            if (properties[i].name != added.name)
                continue;
            if (!dropped && dropped_.contains(&properties[i]))
                dropped = i;
            last = i + 1;
        }
        places.emplace(dropped ? *dropped : last.value_or(properties.size()), &added);
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
