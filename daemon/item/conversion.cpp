#include "item/conversion.hpp"

#include "base/utf8.hpp"
#include "item/conversion_parts.hpp"
#include "item/fields.hpp"
#include "item/normal_lines.hpp"
#include "item/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace item {
namespace {

/// Somebody else's text for people: not at any length.
std::string shown(std::string_view text)
{
    constexpr std::size_t most = 100;
    if (text.size() <= most)
        return base::legible(text);
    auto size = most;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    return base::legible(text.substr(0, size)) + "…";
}

/// `VEVENT 20260105T090000Z/RRULE`: the field as people call it.
std::string field_of(std::string_view name)
{
    const auto slash = name.find('/');
    const auto place = name.substr(0, slash == std::string_view::npos ? 0 : slash);
    const auto blank = place.find(' ');
    std::string occurrence(blank == std::string_view::npos ? std::string_view() : place.substr(blank + 1));
    const auto field = name.substr(slash == std::string_view::npos ? 0 : slash + 1);
    return (occurrence.empty() ? occurrence : occurrence + ' ') +
           (field.empty() ? "a line that is no property" : std::string(field));
}

/// A name that follows from another says nothing, and is written all the same.
bool is_written(const NormalForm::Line& line, const Component& card)
{
    const auto* name = line.name == "FN" ? card.find("FN") : nullptr;
    return name != nullptr && line.value == normal_words(name->text());
}

/// Quoted-printable brings characters in that no item may hold as they are.
void leave_out_forbidden(std::string& text)
{
    for (std::size_t from = 0;;) {
        const auto at = find_forbidden(std::string_view(text).substr(from));
        if (!at)
            return;
        from += *at;
        const auto size = base::utf8_size(std::string_view(text).substr(from));
        text.replace(from, std::max<std::size_t>(size, 1), 1, ' ');
    }
}

std::vector<Loss> losses(const NormalForm& before, const NormalForm& after, const Component& root)
{
    std::vector<NormalForm::Line> lost;
    std::set_difference(before.lines.begin(), before.lines.end(), after.lines.begin(), after.lines.end(),
                        std::back_inserter(lost));
    std::vector<Loss> losses;
    losses.reserve(lost.size());
    for (const auto& line : lost) {
        if (is_written(line, root))
            continue;
        const auto field = field_of(line.name);
        losses.push_back(
            {field.empty() ? "a line" : shown(field), shown(in_words(line.value))}); // which is no property
    }
    return losses;
}

} // namespace

base::Result<Conversion> convert(std::string_view data, Form to)
{
    auto document = parse(data);
    if (!document)
        return tl::unexpected(document.error());
    if (document->form == to)
        return Conversion{std::string(data), {}};
    const auto what = kind(*document);
    if (!holds(to, what))
        return base::fail(is_card(to) == is_card(document->form) ? base::Errc::NotSupported : base::Errc::InvalidValue,
                          fmt::format("{} {} knows no {}s", media_type(to), version(to), word(what)));
    auto text = write(is_card(to)             ? converted_contact(*document, to)
                      : to == Form::PlainText ? plain_note(*document)
                                              : converted_calendar(*document, to));
    leave_out_forbidden(text);
    if (find_form(text) != to)
        return base::fail(base::Errc::NotSupported, "in plain text the note would be nothing, or another thing");
    // What it says is what its reader will find in it.
    const auto again = parse(text);
    if (!again)
        return tl::unexpected(again.error());
    auto lost = losses(normal_form(*document), normal_form(*again), again->root);
    return Conversion{std::move(text), std::move(lost)};
}

} // namespace item
