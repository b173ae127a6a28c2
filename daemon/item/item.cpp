#include "item/item.hpp"

#include "item/object.hpp"
#include "item/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace item {
namespace {

constexpr std::array all_kinds{Kind::Contact, Kind::Event, Kind::Task, Kind::Note};

std::string with_article(std::string_view noun)
{
    return fmt::format("{} {}", noun.starts_with('e') ? "an" : "a", noun);
}

auto bad(std::string text)
{
    return base::fail(base::Errc::InvalidValue, std::move(text));
}

/// Whether the components of a calendar are one item of the kind.
base::Result<void> check_components(const Object& calendar, Kind wanted)
{
    const Object::Component* entry = nullptr;
    for (const auto& component : calendar.components()) {
        if (component.name != component_name(wanted)) {
            if (find_component(component.name) || component.name == "VFREEBUSY")
                return bad(fmt::format("line {}: a {} is no {}", component.line, component.name, word(wanted)));
            continue;
        }
        if (entry != nullptr && (entry->uid.empty() || component.uid != entry->uid))
            return bad(fmt::format("line {}: a second {}, of another UID", component.line, word(wanted)));
        entry = &component;
    }
    if (entry == nullptr)
        return bad(fmt::format("the calendar holds no {}", word(wanted)));
    return {};
}

base::Result<void> check_kind(const Object& object, std::string_view data, Kind wanted)
{
    if (object.is_calendar() && wanted != Kind::Contact)
        return check_components(object, wanted);
    return check_kind(object.is_calendar() ? find_kind(data).value_or(Kind::Event) : Kind::Contact, wanted);
}

/// `data` have normal line ends.
base::Result<Item> check_object(std::string data, Kind wanted, std::size_t most)
{
    Object object(most, Object::Text::Counted);
    std::size_t begin = 0;
    const auto take = [&](const ContentLine& line) {
        if (object.is_empty())
            begin = static_cast<std::size_t>(line.raw.data() - data.data());
        return object.take(line);
    };
    if (data.empty())
        return bad("there is no item");
    if (auto read = read_lines(data, take); !read)
        return tl::unexpected(read.error());
    if (!object.is_complete())
        return bad(object.is_empty() ? "there is no item" : "the item has no end: its last END is missing");
    if (auto checked = check_kind(object, data, wanted); !checked)
        return tl::unexpected(checked.error());
    auto properties = object.own_properties();
    for (const auto& component : object.components())
        properties += component.properties;
    // Nothing but blank lines stands around it.
    data.erase(begin + object.size());
    data.erase(0, begin);
    if (auto fits = check_extent(data, properties, most); !fits)
        return tl::unexpected(fits.error());
    return Item{object.form(), std::move(data)};
}

/// `data` have normal line ends.
base::Result<Item> check_text(std::string data, std::size_t most)
{
    if (!data.empty()) {
        if (auto read = read_lines(data, check_characters); !read)
            return tl::unexpected(read.error());
    }
    if (auto fits = check_extent(data, 0, most); !fits)
        return tl::unexpected(fits.error());
    return Item{Form::PlainText, std::move(data)};
}

struct Look {
    std::optional<Form> form;
    std::optional<Kind> kind;
};

/// As far as must be to know what is wanted.
Look look(std::string_view data, bool wants_kind)
{
    Look found;
    bool has_begun = false;
    std::string root;
    std::size_t depth = 0;
    (void)read_lines(data, [&](const ContentLine& line) -> base::Result<void> {
        // The reader has no other way to be stopped.
        const auto stop = [] { return base::fail(base::Errc::Stopped, ""); };
        if (!has_begun && !line.is_blank()) {
            has_begun = true;
            if (!begins_object(line)) {
                found = {Form::PlainText, Kind::Note};
                return stop();
            }
        }
        if (line.name == "BEGIN") {
            const auto name = to_upper(line.value());
            if (depth == 1 && root == "VCALENDAR" && !found.kind)
                found.kind = find_component(name);
            if (depth++ == 0)
                root = name;
        } else if (line.name == "END" && depth > 0) {
            --depth;
        } else if (line.name == "VERSION" && depth == 1 && !found.form) {
            found.form = find_form(root, line.value());
            if (found.form && is_card(*found.form))
                found.kind = Kind::Contact;
        }
        if (found.form && (found.kind || !wants_kind))
            return stop();
        return {};
    });
    return found;
}

} // namespace

std::string in_octets(std::size_t size)
{
    constexpr std::size_t mebi = 1 << 20, kibi = 1 << 10;
    return size >= mebi && size % mebi == 0   ? fmt::format("{} MiB", size / mebi)
           : size >= kibi && size % kibi == 0 ? fmt::format("{} KiB", size / kibi)
                                              : fmt::format("{} octets", size);
}

std::string_view media_type(Form form)
{
    switch (form) {
    case Form::VCard21: return "text/x-vcard";
    case Form::VCard30:
    case Form::VCard40: return "text/vcard";
    case Form::VCalendar10: return "text/x-vcalendar";
    case Form::ICalendar20: return "text/calendar";
    case Form::PlainText: return "text/plain";
    }
    return {};
}

std::string_view version(Form form)
{
    switch (form) {
    case Form::VCard21: return "2.1";
    case Form::VCard30: return "3.0";
    case Form::VCard40: return "4.0";
    case Form::ICalendar20: return "2.0";
    case Form::VCalendar10:
    case Form::PlainText: return "1.0";
    }
    return {};
}

std::string_view word(Kind kind)
{
    switch (kind) {
    case Kind::Contact: return "contact";
    case Kind::Event: return "event";
    case Kind::Task: return "task";
    case Kind::Note: return "note";
    }
    return {};
}

std::string_view component_name(Kind kind)
{
    switch (kind) {
    case Kind::Contact: break;
    case Kind::Event: return "VEVENT";
    case Kind::Task: return "VTODO";
    case Kind::Note: return "VJOURNAL";
    }
    return {};
}

std::optional<Kind> find_component(std::string_view upper_name)
{
    const auto found = std::find_if(all_kinds.begin(), all_kinds.end(), [&](Kind kind) {
        return kind != Kind::Contact && component_name(kind) == upper_name;
    });
    return found == all_kinds.end() ? std::nullopt : std::optional(*found);
}

base::Result<void> check_kind(Kind found, Kind wanted)
{
    if (found == wanted)
        return {};
    return bad(fmt::format("this is {}, not {}", with_article(word(found)), with_article(word(wanted))));
}

std::optional<Form> find_form(std::string_view data)
{
    return look(data, false).form;
}

std::optional<Kind> find_kind(std::string_view data)
{
    return look(data, true).kind;
}

base::Result<Item> check(std::string data, Kind wanted, std::size_t most)
{
    if (data.size() > most)
        return too_large(most);
    make_line_ends_normal(data);
    const bool is_text = wanted == Kind::Note && find_form(data) == Form::PlainText;
    return is_text ? check_text(std::move(data), most) : check_object(std::move(data), wanted, most);
}

base::Result<Item> check(std::string data, std::size_t most)
{
    const auto kind = find_kind(data).value_or(Kind::Event);
    return check(std::move(data), kind, most);
}

} // namespace item
