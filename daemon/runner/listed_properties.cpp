#include "runner/listed_properties.hpp"

#include "item/normal_lines.hpp"
#include "item/text.hpp"
#include "runner/device_document.hpp"

#include <algorithm>

namespace runner {

datastore::Losses::Listed listed_properties(const storage::SyncState& state, const kinds::ServiceKind& kind,
                                            std::string_view uri)
{
    // What is remembered of a longer list has lost its end (device_document.hpp).
    constexpr std::size_t too_many = 256;
    const auto info = state.peer_info();
    const auto devinf = info ? find_device_info(info->document) : std::nullopt;
    if (!devinf)
        return std::nullopt;
    item::Rooms names;
    const auto add = [&](const std::vector<syncml::ContentCapability>& capabilities) {
        for (const auto& capability : capabilities) {
            const bool is_ours = std::any_of(kind.forms.begin(), kind.forms.end(), [&](item::Form form) {
                return item::media_type(form) == capability.content.type;
            });
            if (!is_ours || capability.properties.size() >= too_many)
                continue;
            for (const auto& property : capability.properties) {
                item::Property named;
                named.name = item::to_upper(property.name);
                const item::Room room{property.max_size.value_or(0), property.max_occur.value_or(0)};
                names.emplace(item::contact_name(named), room); // of several names for one thing
                names.emplace(std::move(named.name), room);
            }
        }
    };
    if (const auto* store = syncml::find_datastore(*devinf, uri))
        add(store->capabilities);
    if (names.empty())
        add(devinf->capabilities);
    // Without a name or a time it is no list of what is kept.
    const auto is_there = [&](const char* name) { return names.contains(name); };
    const auto essential = {"N", "FN", "DTSTART", "DUE"};
    if (std::none_of(essential.begin(), essential.end(), is_there))
        return std::nullopt;
    return names;
}

} // namespace runner
