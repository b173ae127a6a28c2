#pragma once

#include "item/property.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace item {

/// Changes to a component, which stays as it is until `build`. What is not changed keeps its place and its octets.
class Revision {
public:
    /// `old` must outlive it.
    explicit Revision(const Component& old) : old_(old) {}

    void drop(const Property* property) { dropped_.insert(property); }
    void drop(const Component* component) { dropped_.insert(component); }
    bool drops(const void* part) const { return dropped_.contains(part); }
    /// Has it written anew, with this value and name.
    void rewrite(const Property* property, Property by);
    void rewrite(const Component* component, Component by);
    /// Takes the place of the first of those dropped before with the same name, else of that behind others of its name,
    /// else the end.
    void add(Property property);
    void add(Component component);

    Component build() const;

private:
    const Component& old_;
    std::set<const void*> dropped_;
    std::map<const Property*, Property> rewritten_;
    std::map<const Component*, Component> rewritten_components_;
    std::vector<Property> added_;
    std::vector<Component> added_components_;
};

} // namespace item
