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

/// The entries that are one item each, in the order of their first.
std::vector<Group> group_entries(const std::vector<Component>& components, std::string_view name)
{
    std::vector<Group> groups;
    std::unordered_map<std::string_view, std::size_t> by_uid;
    for (std::size_t i = 0; i < components.size(); ++i) {
        if (components[i].name != name)
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
    Impl(Kind kind, Sink given, std::size_t limit)
        : wanted(kind), entry(component_name(kind)), sink(std::move(given)), most(limit),
          reader([this](const ContentLine& line) { return take(line); }, limit)
    {
    }

    base::Result<void> take(const ContentLine& line);
    base::Result<void> take_text(const ContentLine& line);
    base::Result<void> split_calendar();
    base::Result<void> check_object() const;
    base::Result<void> pass(Item item);
    bool is_wanted(const Component& component) const { return !entry.empty() && component.name == entry; }
    /// `error` with the item it happened in, when there is one.
    tl::unexpected<base::Error> placed(base::Error error) const;

    const Kind wanted;
    const std::string_view entry; ///< what an item is in a calendar
    const Sink sink;
    const std::size_t most; ///< octets of an item
    LineReader reader;
    Object object{most};
    std::string text;        ///< of a note, or the blank lines before the first item
    bool is_text = false;    ///< the stream is a note in plain text
    bool is_objects = false; ///< it has begun and is none
    std::size_t begun = 0;   ///< items, of a calendar: entries
    std::size_t passed = 0;
    std::size_t skipped = 0;
};

base::Result<void> Splitter::Impl::take(const ContentLine& line)
{
    if (wanted == Kind::Note && !is_objects) {
        is_objects = !is_text && begins_object(line);
        is_text = is_text || (!is_objects && !line.is_blank());
        if (!is_objects)
            return take_text(line);
    }
    const bool had_begun = !object.is_empty();
    const auto* component = object.open_component();
    if (auto taken = object.take(line); !taken)
        return placed(taken.error());
    const bool card_begins = !had_begun && !object.is_empty() && !object.is_calendar();
    const bool entry_begins =
        component == nullptr && object.open_component() != nullptr && is_wanted(*object.open_component());
    if (card_begins || entry_begins)
        ++begun;
    if (!object.is_complete())
        return {};

    if (auto checked = check_object(); !checked)
        return checked;
    if (!object.is_calendar()) {
        if (auto fits = check_extent(object.text(), object.own_properties(), most); !fits)
            return placed(fits.error());
    }
    auto done = object.is_calendar() ? split_calendar() : pass({object.form(), object.take_text()});
    object = Object(most);
    return done;
}

base::Result<void> Splitter::Impl::take_text(const ContentLine& line)
{
    if (auto good = check_characters(line); !good)
        return base::fail(good.error().code, "item 1, " + good.error().message);
    if (text.size() + line.raw.size() > most)
        return base::fail(base::Errc::InvalidValue,
                          fmt::format("item 1, line {}: the item is larger than {}", line.number, in_octets(most)));
    text += line.raw;
    return {};
}

/// Whether there can be items of the kind in it.
base::Result<void> Splitter::Impl::check_object() const
{
    if (object.is_calendar() == (wanted != Kind::Contact))
        return {};
    auto found = Kind::Contact;
    for (const auto& component : object.components()) {
        if (const auto kind = find_component(component.name); kind && found == Kind::Contact)
            found = *kind;
    }
    if (found == wanted) // a calendar of nothing
        return {};
    return check_kind(found, wanted).map_error([&](base::Error error) {
        error.message = fmt::format("item {}: {}", passed + 1, error.message);
        return error;
    });
}

base::Result<void> Splitter::Impl::pass(Item item)
{
    ++passed;
    return sink(std::move(item));
}

base::Result<void> Splitter::Impl::split_calendar()
{
    const auto& components = object.components();
    std::unordered_map<std::string_view, std::size_t> zones;
    std::size_t entries = 0;
    for (std::size_t i = 0; i < components.size(); ++i) {
        if (components[i].name == "VTIMEZONE")
            zones.emplace(components[i].tzid, i);
        else if (is_wanted(components[i]))
            ++entries;
        else
            ++skipped;
    }

    std::size_t written = 0;
    for (auto& group : group_entries(components, entry)) {
        const auto first = group.front();
        for (const auto member : Group(group)) {
            for (const auto& zone : components[member].zones) {
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
        auto fits = item.data.size() > most || written > max_split_bytes
                        ? base::fail(base::Errc::InvalidValue,
                                     fmt::format("with its time zones the {} is too large", word(wanted)))
                        : check_extent(item.data, properties, most);
        if (!fits) {
            const auto number = begun - entries + 1 +
                                static_cast<std::size_t>(std::count_if(
                                    components.begin(), components.begin() + static_cast<std::ptrdiff_t>(first),
                                    [&](const Component& one) { return is_wanted(one); }));
            return base::fail(fits.error().code, fmt::format("item {}, line {}: {}", number, components[first].line,
                                                             fits.error().message));
        }
        if (auto done = pass(std::move(item)); !done)
            return done;
    }
    return {};
}

tl::unexpected<base::Error> Splitter::Impl::placed(base::Error error) const
{
    const auto* component = object.open_component();
    const bool in_entry = component != nullptr && is_wanted(*component);
    const bool in_card = !object.is_empty() && !object.is_calendar();
    if (in_entry || in_card)
        error.message = fmt::format("item {}, {}", begun, error.message);
    return tl::unexpected<base::Error>(std::move(error));
}

Splitter::Splitter(Kind wanted, Sink sink, std::size_t most)
    : impl_(std::make_unique<Impl>(wanted, std::move(sink), most))
{
}
Splitter::~Splitter() = default;

base::Result<void> Splitter::feed(std::string_view chunk)
{
    return impl_->reader.feed(chunk);
}

base::Result<void> Splitter::finish()
{
    if (auto read = impl_->reader.finish(); !read)
        return read;
    if (impl_->is_text) {
        if (auto fits = check_extent(impl_->text, 0, impl_->most); !fits)
            return base::fail(fits.error().code, "item 1, " + fits.error().message);
        return impl_->pass({Form::PlainText, std::move(impl_->text)});
    }
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
