#include "item/item.hpp"

#include "item/object.hpp"
#include "item/text.hpp"

#include <fmt/format.h>

namespace item {
namespace {

/// Whether the components of a calendar are one item.
base::Result<void> check_components(const Object& calendar)
{
    const Object::Component* event = nullptr;
    for (const auto& component : calendar.components()) {
        if (component.name == "VTODO" || component.name == "VJOURNAL" || component.name == "VFREEBUSY")
            return base::fail(base::Errc::InvalidValue,
                              fmt::format("line {}: a {} is no event", component.line, component.name));
        if (component.name != "VEVENT")
            continue;
        if (event != nullptr && (event->uid.empty() || component.uid != event->uid))
            return base::fail(base::Errc::InvalidValue,
                              fmt::format("line {}: a second event, of another UID", component.line));
        event = &component;
    }
    if (event == nullptr)
        return base::fail(base::Errc::InvalidValue, "the calendar holds no event");
    return {};
}

} // namespace

Kind kind(Form form)
{
    return form == Form::VCalendar10 || form == Form::ICalendar20 ? Kind::Event : Kind::Contact;
}

std::string_view media_type(Form form)
{
    switch (form) {
    case Form::VCard21: return "text/x-vcard";
    case Form::VCard30:
    case Form::VCard40: return "text/vcard";
    case Form::VCalendar10: return "text/x-vcalendar";
    case Form::ICalendar20: return "text/calendar";
    }
    return {};
}

std::optional<Form> find_form(std::string_view data)
{
    std::string root;
    std::optional<Form> form;
    std::size_t depth = 0;
    LineReader reader([&](const ContentLine& line) -> base::Result<void> {
        if (line.name == "BEGIN" && depth++ == 0)
            root = to_upper(line.value());
        else if (line.name == "END" && depth > 0)
            --depth;
        else if (line.name == "VERSION" && depth == 1)
            form = find_form(root, line.value());
        // The reader has no other way to be stopped.
        return form ? base::Result<void>(base::fail(base::Errc::Stopped, "")) : base::Result<void>();
    });
    if (reader.feed(data))
        (void)reader.finish();
    return form;
}

base::Result<Item> check(std::string_view data)
{
    if (data.size() > max_bytes)
        return base::fail(base::Errc::InvalidValue, fmt::format("the item is larger than {} MiB", max_bytes >> 20));
    Object object;
    LineReader reader([&](const ContentLine& line) { return object.take(line); });
    if (auto read = reader.feed(data).and_then([&] { return reader.finish(); }); !read)
        return tl::unexpected(read.error());
    if (!object.is_complete())
        return base::fail(base::Errc::InvalidValue,
                          object.is_empty() ? "there is no item" : "the item has no end: its last END is missing");
    if (object.is_calendar()) {
        if (auto checked = check_components(object); !checked)
            return tl::unexpected(checked.error());
    }
    auto properties = object.own_properties();
    for (const auto& component : object.components())
        properties += component.properties;
    if (auto fits = check_extent(object.text(), properties); !fits)
        return tl::unexpected(fits.error());
    return Item{object.form(), object.take_text()};
}

} // namespace item
