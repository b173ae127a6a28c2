#include "item/object.hpp"

#include "base/utf8.hpp"
#include "item/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace item {
namespace {

template <class... Values>
auto bad(std::size_t line, fmt::format_string<Values...> text, Values&&... values)
{
    return base::fail(base::Errc::InvalidValue,
                      fmt::format("line {}: {}", line, fmt::format(text, std::forward<Values>(values)...)));
}

/// Somebody else's text in a message: not at any length, and without tabs and other controls.
std::string shown(std::string_view text)
{
    constexpr std::size_t most = 40;
    if (text.size() <= most)
        return base::legible(text);
    auto size = most;
    while ((static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    return base::legible(text.substr(0, size)) + "…";
}

} // namespace

std::optional<Form> find_form(std::string_view root, std::string_view version)
{
    if (root == "VCARD")
        return version == "2.1"   ? std::optional(Form::VCard21)
               : version == "3.0" ? std::optional(Form::VCard30)
               : version == "4.0" ? std::optional(Form::VCard40)
                                  : std::nullopt;
    if (root == "VCALENDAR")
        return version == "1.0"   ? std::optional(Form::VCalendar10)
               : version == "2.0" ? std::optional(Form::ICalendar20)
                                  : std::nullopt;
    return std::nullopt;
}

tl::unexpected<base::Error> too_large(std::size_t most)
{
    return base::fail(base::Errc::InvalidValue, fmt::format("the item is larger than {}", in_octets(most)));
}

base::Result<void> check_extent(std::string_view text, std::size_t properties, std::size_t most)
{
    if (text.size() > most)
        return too_large(most);
    if (properties > max_properties)
        return base::fail(base::Errc::InvalidValue,
                          fmt::format("the item has more than {} properties", max_properties));
    if (static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) > max_lines)
        return base::fail(base::Errc::InvalidValue, fmt::format("the item has more than {} lines", max_lines));
    return {};
}

base::Result<void> check_characters(const ContentLine& line)
{
    const auto at = find_forbidden(line.raw);
    if (!at)
        return {};
    const auto before = line.raw.substr(0, *at);
    return bad(line.number + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')),
               "the octet 0x{:02x} is not UTF-8 text or is a control character",
               static_cast<unsigned char>(line.raw[*at]));
}

bool begins_object(const ContentLine& line)
{
    if (line.name != "BEGIN")
        return false;
    const auto value = to_upper(line.value());
    return value.starts_with('V') &&
           std::all_of(value.begin(), value.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

base::Result<void> Object::take(const ContentLine& line)
{
    if (auto good = check_characters(line); !good)
        return good;
    if (is_complete() || is_empty()) {
        if (line.is_blank())
            return {};
        if (is_complete())
            return bad(line.number, "text after the end of the item: {}",
                       shown(trim(line.raw.substr(0, line.raw.find('\r')))));
    }
    if (const auto most = is_calendar() ? max_calendar_bytes : most_; size_ + line.raw.size() > most)
        return bad(line.number, "{}", too_large(most).value().message);
    if (line.name == "BEGIN")
        return begin(line);
    if (is_empty())
        return bad(line.number, "neither BEGIN:VCARD nor BEGIN:VCALENDAR: {}",
                   shown(trim(line.raw.substr(0, line.raw.find('\r')))));
    return line.name == "END" ? end(line) : property(line);
}

base::Result<void> Object::begin(const ContentLine& line)
{
    auto name = to_upper(line.value());
    if (is_empty()) {
        if (name != "VCARD" && name != "VCALENDAR")
            return bad(line.number, "neither BEGIN:VCARD nor BEGIN:VCALENDAR but BEGIN:{}", shown(name));
        root_ = name;
    } else if (open_.size() == max_depth) {
        return bad(line.number, "more than {} components one in another", max_depth);
    } else if (open_.size() == 1 && is_calendar()) {
        components_.push_back({name, size_, 0, line.number, 0, {}, {}, {}});
    }
    open_.push_back(std::move(name));
    keep(line.raw);
    return {};
}

base::Result<void> Object::end(const ContentLine& line)
{
    const auto name = to_upper(line.value());
    if (name != open_.back())
        return bad(line.number, "END:{} where END:{} is due", shown(name), shown(open_.back()));
    if (open_.size() == 1 && !form_)
        return bad(line.number, "{} without VERSION", root_);
    open_.pop_back();
    keep(line.raw);
    if (open_.size() == 1 && is_calendar())
        components_.back().end = size_;
    return {};
}

base::Result<void> Object::property(const ContentLine& line)
{
    ++(open_.size() == 1 || !is_calendar() ? own_properties_ : components_.back().properties);
    if (open_.size() == 1) {
        if (line.name == "VERSION" && !form_) {
            const auto version = line.value();
            form_ = find_form(root_, version);
            if (!form_)
                return bad(line.number, "{} of unknown version {}", root_, shown(version));
        }
        if (is_calendar() && !line.is_blank())
            properties_ += line.raw;
    } else if (is_calendar()) {
        auto& component = components_.back();
        if (open_.size() == 2 && line.name == "UID" && component.uid.empty())
            component.uid = line.value();
        if (open_.size() == 2 && line.name == "TZID" && component.tzid.empty())
            component.tzid = line.value();
        if (auto zone = line.parameter("TZID"); !zone.empty())
            component.zones.insert(std::move(zone));
    }
    keep(line.raw);
    return {};
}

void Object::keep(std::string_view raw)
{
    size_ += raw.size();
    if (keeps_text_)
        text_ += raw;
}

} // namespace item
