#include "item/splitter.hpp"

#include "item/object.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <vector>

namespace item {
namespace {

/// A calendar's properties and zones are repeated in each of its items; a small file must not grow without end.
constexpr std::size_t max_split_bytes = 4 * max_calendar_bytes;

using Component = Object::Component;
using Group = std::vector<std::size_t>; ///< indexes of components

/// The events that are one item each, in the order of their first.
std::vector<Group> group_events(const std::vector<Component>& components)
{
    std::vector<Group> groups;
    std::unordered_map<std::string_view, std::size_t> by_uid;
    for (std::size_t i = 0; i < components.size(); ++i) {
        if (components[i].name != "VEVENT")
            continue;
        const auto& uid = components[i].uid;
        const auto known = uid.empty() ? by_uid.end() : by_uid.find(uid);
        if (known != by_uid.end()) {
            groups[known->second].push_back(i);
            continue;
        }
        if (!uid.empty())
            by_uid.emplace(uid, groups.size());
        groups.push_back({i});
    }
    return groups;
}

} // namespace

class Splitter::Impl {
public:
    explicit Impl(Sink given) : sink(std::move(given)), reader([this](const ContentLine& line) { return take(line); })
    {
    }

    base::Result<void> take(const ContentLine& line);
    base::Result<void> split_calendar();
    /// `error` with the item it happened in, when there is one.
    tl::unexpected<base::Error> placed(base::Error error) const;

    Sink sink;
    LineReader reader;
    Object object;
    std::size_t begun = 0; ///< items, of a calendar: events
    std::size_t skipped = 0;
};

base::Result<void> Splitter::Impl::take(const ContentLine& line)
{
    const bool had_begun = !object.is_empty();
    const auto* component = object.open_component();
    if (auto taken = object.take(line); !taken)
        return placed(taken.error());
    const bool card_begins = !had_begun && !object.is_empty() && !object.is_calendar();
    const bool event_begins =
        component == nullptr && object.open_component() != nullptr && object.open_component()->name == "VEVENT";
    if (card_begins || event_begins)
        ++begun;
    if (!object.is_complete())
        return {};

    if (!object.is_calendar()) {
        if (auto fits = check_extent(object.text(), object.own_properties()); !fits)
            return placed(fits.error());
    }
    auto passed = object.is_calendar() ? split_calendar() : sink({object.form(), object.take_text()});
    object = Object();
    return passed;
}

base::Result<void> Splitter::Impl::split_calendar()
{
    const auto& components = object.components();
    std::unordered_map<std::string_view, std::size_t> zones;
    std::size_t events = 0;
    for (std::size_t i = 0; i < components.size(); ++i) {
        if (components[i].name == "VTIMEZONE")
            zones.emplace(components[i].tzid, i);
        else if (components[i].name == "VEVENT")
            ++events;
        else
            ++skipped;
    }

    std::size_t written = 0;
    for (auto& group : group_events(components)) {
        const auto first = group.front();
        for (const auto event : Group(group)) {
            for (const auto& zone : components[event].zones) {
                if (const auto known = zones.find(zone); known != zones.end())
                    group.push_back(known->second);
            }
        }
        std::sort(group.begin(), group.end());
        group.erase(std::unique(group.begin(), group.end()), group.end());

        Item item{object.form(), "BEGIN:VCALENDAR\r\n" + object.properties()};
        auto properties = object.own_properties();
        for (const auto i : group) {
            item.data.append(object.text(), components[i].begin, components[i].end - components[i].begin);
            properties += components[i].properties;
        }
        item.data += "END:VCALENDAR\r\n";
        written += item.data.size();
        auto fits = item.data.size() > max_bytes || written > max_split_bytes
                        ? base::fail(base::Errc::InvalidValue, "with its time zones the event is too large")
                        : check_extent(item.data, properties);
        if (!fits) {
            const auto number = begun - events + 1 +
                                static_cast<std::size_t>(std::count_if(
                                    components.begin(), components.begin() + static_cast<std::ptrdiff_t>(first),
                                    [](const Component& one) { return one.name == "VEVENT"; }));
            return base::fail(fits.error().code, fmt::format("item {}, line {}: {}", number, components[first].line,
                                                             fits.error().message));
        }
        if (auto passed = sink(std::move(item)); !passed)
            return passed;
    }
    return {};
}

tl::unexpected<base::Error> Splitter::Impl::placed(base::Error error) const
{
    const auto* component = object.open_component();
    const bool in_event = component != nullptr && component->name == "VEVENT";
    const bool in_card = !object.is_empty() && !object.is_calendar();
    if (in_event || in_card)
        error.message = fmt::format("item {}, {}", begun, error.message);
    return tl::unexpected<base::Error>(std::move(error));
}

Splitter::Splitter(Sink sink) : impl_(std::make_unique<Impl>(std::move(sink))) {}
Splitter::~Splitter() = default;

base::Result<void> Splitter::feed(std::string_view chunk)
{
    return impl_->reader.feed(chunk);
}

base::Result<void> Splitter::finish()
{
    if (auto read = impl_->reader.finish(); !read)
        return read;
    if (!impl_->object.is_empty())
        return impl_->placed({base::Errc::InvalidValue,
                              fmt::format("line {}: the stream ends before the item does", impl_->reader.lines())});
    return {};
}

std::size_t Splitter::skipped() const
{
    return impl_->skipped;
}

} // namespace item
