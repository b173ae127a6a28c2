// What it costs to read, write, convert and compare items, beside libical doing the same; and to find each contact of a
// server's address book in ours, half of which are the same in other words (see near_duplicates.hpp), with how many
// were found and how many wrongly. Prints one JSON object.

#include "cpu_time.hpp"

#include "../unit/item/forgotten_lines.hpp"
#include "../unit/item/look_alikes.hpp"
#include "../unit/item/near_duplicates.hpp"

#include "item/conversion.hpp"
#include "item/normal_form.hpp"
#include "item/property.hpp"

#include <libical/ical.h>
#include <libical/vcc.h>
#include <libical/vobject.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t count = 10'000;

/// One kind of work on all items, and what libical spends on it, if it does it.
struct Row {
    std::string what;
    std::size_t octets = 0;
    double seconds = 0;
    std::optional<double> libical;
};

template <class Each>
double each(const std::vector<std::string>& texts, const Each& work)
{
    return cpu_seconds([&] {
        for (const auto& text : texts)
            work(text);
    });
}

template <class Thing>
Thing* must(Thing* thing)
{
    if (thing == nullptr)
        throw std::runtime_error("libical does not read an item");
    return thing;
}

std::vector<Row> measure(const std::string& name, const std::vector<std::string>& texts, item::Form older)
{
    std::size_t octets = 0, written = 0, converted = 0, normal = 0;
    std::vector<item::Document> documents;
    const auto reading = each(texts, [&](const std::string& text) {
        octets += text.size();
        documents.push_back(item::parse(text).value());
    });
    for (auto& document : documents)
        forget_lines(document.root);
    const auto writing = cpu_seconds([&] {
        for (const auto& document : documents)
            written += item::write(document).size();
    });
    const auto converting =
        each(texts, [&](const std::string& text) { converted += item::convert(text, older).value().data.size(); });
    const auto comparing = each(texts, [&](const std::string& text) { normal += item::normal_text(text).size(); });
    return {{name + " read", octets, reading, {}},
            {name + " written anew", written, writing, {}},
            {name + " converted to the older form", converted, converting, {}},
            {name + " brought to their normal form", normal, comparing, {}}};
}

void beside_libical(std::vector<Row>& contacts, std::vector<Row>& events, const std::vector<std::string>& cards,
                    const std::vector<std::string>& calendars)
{
    std::vector<VObject*> objects;
    contacts[0].libical =
        each(cards, [&](const std::string& text) { objects.push_back(must(Parse_MIME(text.data(), text.size()))); });
    contacts[1].libical = cpu_seconds([&] {
        for (auto* object : objects)
            std::free(must(writeMemVObject(nullptr, nullptr, object)));
    });
    for (auto* object : objects)
        cleanVObject(object);
    std::vector<icalcomponent*> components;
    events[0].libical = each(
        calendars, [&](const std::string& text) { components.push_back(must(icalparser_parse_string(text.c_str()))); });
    events[1].libical = cpu_seconds([&] {
        for (auto* component : components)
            std::free(must(icalcomponent_as_ical_string_r(component)));
    });
    for (auto* component : components)
        icalcomponent_free(component);
}

} // namespace

int main()
{
    const auto corpus = near_duplicates::Author(20261129).make(count);
    const auto calendars = look_alikes::Author(20261129).events(count).ours;
    auto contacts = measure("contacts", corpus.ours, item::Form::VCard21);
    auto events = measure("events", calendars, item::Form::VCalendar10);
    beside_libical(contacts, events, corpus.ours, calendars);

    std::size_t found = 0, rightly = 0, same = 0;
    const auto matching = cpu_seconds([&] {
        std::unordered_map<std::string, std::size_t> ours;
        for (std::size_t i = 0; i < corpus.ours.size(); ++i)
            ours.emplace(item::normal_text(corpus.ours[i]), i);
        for (const auto& theirs : corpus.theirs) {
            const auto is_same = theirs.truth == near_duplicates::Truth::Same;
            same += is_same;
            const auto match = ours.find(item::normal_text(theirs.text));
            found += match != ours.end();
            rightly += match != ours.end() && is_same && match->second == theirs.ours;
        }
    });
    std::cout << "{\"count\": " << count << ", \"rows\": [";
    const char* comma = "";
    for (const auto* rows : {&contacts, &events})
        for (const auto& row : *rows) {
            std::cout << std::exchange(comma, ", ") << "{\"what\": \"" << row.what << "\", \"octets\": " << row.octets
                      << ", \"seconds\": " << row.seconds;
            if (row.libical)
                std::cout << ", \"libical\": " << *row.libical;
            std::cout << "}";
        }
    std::cout << "], \"matching\": " << matching << ", \"same\": " << same << ", \"found\": " << found
              << ", \"rightly\": " << rightly << "}\n";
}
