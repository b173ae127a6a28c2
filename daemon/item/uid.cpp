#include "item/uid.hpp"

#include "item/property.hpp"

namespace item {

std::string uid(std::string_view data)
{
    const auto document = parse(data);
    if (!document)
        return {};
    const auto* uid = document->root.find("UID");
    for (const auto& component : document->root.components)
        if (uid == nullptr && component.name != "VTIMEZONE")
            uid = component.find("UID");
    return uid == nullptr ? std::string() : uid->text();
}

} // namespace item
