#pragma once

#include "item/property.hpp"

/// Has an item written anew: without the lines that it was read from.
inline void forget_lines(item::Component& component)
{
    component.begin.clear();
    component.end.clear();
    for (auto& property : component.properties)
        property.raw.clear();
    for (auto& inner : component.components)
        forget_lines(inner);
}
