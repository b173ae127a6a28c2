// The text of an item, as a server sends it and as an application imports it.
#include "item/item.hpp"
#include "../unit/item/forgotten_lines.hpp"
#include "item/conversion.hpp"
#include "item/normal_form.hpp"
#include "item/property.hpp"
#include "item/splitter.hpp"
#include "target.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace {

using fuzz::require;

/// The items of a stream that is fed in pieces of `most` octets; nothing after an error.
std::vector<std::string> split(item::Kind kind, std::string_view stream, std::size_t most)
{
    std::vector<std::string> items;
    item::Splitter splitter(kind, [&items, kind](item::Item item) -> base::Result<void> {
        const auto checked = item::check(item.data, kind);
        require(checked && checked->data == item.data && checked->form == item.form, "what is split off is an item");
        items.push_back(std::move(item.data));
        return {};
    });
    base::Result<void> good;
    for (; good && !stream.empty(); stream.remove_prefix(std::min(stream.size(), most)))
        good = splitter.feed(stream.substr(0, most));
    if (good)
        good = splitter.finish();
    if (!good)
        fuzz::require_for_people(good.error().message);
    return items;
}

/// In every other form of its kind.
void convert_to_all(std::string_view text, item::Kind kind)
{
    using item::Form;
    const bool is_good = item::check(std::string(text)).has_value();
    for (const auto to :
         {Form::VCard21, Form::VCard30, Form::VCard40, Form::VCalendar10, Form::ICalendar20, Form::PlainText}) {
        const auto conversion = item::convert(text, to);
        if (!conversion) {
            fuzz::require_for_people(conversion.error().message);
            continue;
        }
        if (to == item::find_form(text))
            require(conversion->data == text, "what is in the form stays as it is");
        else
            require(item::holds(to, kind), "a contact is no event");
        require(item::find_form(conversion->data) == to, "what was converted is in the form");
        require(item::convert(text, to)->data == conversion->data, "the same item is written the same");
        require(!is_good || to == Form::VCard40 || item::check(conversion->data), "what was an item is one");
        for (const auto& loss : conversion->losses) {
            fuzz::require_for_people(loss.field);
            fuzz::require_for_people(loss.value);
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto text = fuzz::view(data, size);
    const auto name = item::summary(text);
    if (!name.empty())
        fuzz::require_for_people(name);
    if (const auto checked = item::check(std::string(text))) {
        require(item::find_form(text) == checked->form, "the form of an item is the one that it shows");
        const auto again = item::check(checked->data);
        require(again && again->data == checked->data && again->form == checked->form,
                "an item that was checked stays as it is");
        require(item::summary(checked->data) == name, "an item keeps its name");
        if (const auto document = item::parse(checked->data))
            require(item::write(*document) == checked->data, "an item that was not changed is written as it was");
    } else {
        fuzz::require_for_people(checked.error().message);
    }
    // Whether or not it may be stored.
    if (auto document = item::parse(text)) {
        const auto normal = item::normal_form(*document).text();
        require(normal == item::normal_text(text), "the normal form depends on the item alone");
        require(item::normal_text(item::write(*document)) == normal, "what was written says the same");
        forget_lines(document->root);
        (void)item::write(*document);
        convert_to_all(text, kind(*document));
    } else {
        fuzz::require_for_people(document.error().message);
    }
    for (const auto kind : {item::Kind::Contact, item::Kind::Event, item::Kind::Task, item::Kind::Note})
        require(split(kind, text, size + 1) == split(kind, text, 7), "pieces make no difference");
    return 0;
}
