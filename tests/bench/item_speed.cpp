// What it costs to read items, to write them anew, and to find each contact of a server's address book in ours, half of
// which are the same in other words (see near_duplicates.hpp); and how many were found and how many wrongly. Beside it,
// what libical spends on reading the same contacts, and on reading and writing events. And what it costs to merge
// contacts and events that both sides have changed, and to find similar contacts by their keys. Prints one JSON object.

#include "../unit/item/authored_events.hpp"
#include "../unit/item/forgotten_lines.hpp"
#include "../unit/item/near_duplicates.hpp"

#include "item/merge.hpp"
#include "item/normal_form.hpp"
#include "item/property.hpp"
#include "item/similarity.hpp"

#include <libical/ical.h>
#include <libical/vcc.h>
#include <libical/vobject.h>

#include <ctime>
#include <iostream>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

constexpr std::size_t Contacts = 10'000;
constexpr std::size_t Events = 5'000;

/// CPU seconds of this process that `work` takes.
template <class Work>
double seconds(const Work& work)
{
    const auto begin = std::clock();
    work();
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

/// Contacts that both address books have, without what they were made of; and those with a similar one in the other
/// among as many, looked for by their keys.
struct Similar {
    double merging = 0, finding = 0;
    std::size_t merged = 0, found = 0, near = 0;
};

Similar measure_similar(const near_duplicates::Corpus& corpus)
{
    Similar result;
    result.merging = seconds([&] {
        for (const auto& theirs : corpus.theirs)
            result.merged += item::merge(std::nullopt, corpus.ours[theirs.ours], theirs.text)->conflicts.empty();
    });
    result.finding = seconds([&] {
        std::vector<item::Sketch> ours;
        std::unordered_multimap<std::string, std::size_t> index;
        for (std::size_t i = 0; i < corpus.ours.size(); ++i) {
            ours.emplace_back(item::parse(corpus.ours[i]).value());
            for (const auto& key : ours.back().keys())
                index.emplace(key, i);
        }
        for (const auto& theirs : corpus.theirs) {
            const item::Sketch sketch(item::parse(theirs.text).value());
            const bool is_near = theirs.truth != near_duplicates::Truth::Stranger;
            result.near += is_near;
            bool found = false;
            for (const auto& key : sketch.keys()) {
                constexpr int most = 50; // with one name, say: more tell nothing
                auto [at, end] = index.equal_range(key);
                for (int looked = 0; at != end && looked < most && !found; ++at, ++looked)
                    found = at->second == theirs.ours &&
                            sketch.compare(ours[at->second]).likeness != item::Likeness::Different;
            }
            result.found += is_near && found;
        }
    });
    return result;
}

/// Events, and libical on the same ones.
struct OfEvents {
    std::size_t octets = 0, written = 0, merged = 0;
    double reading = 0, writing = 0, reading_libical = 0, writing_libical = 0, merging = 0;
};

OfEvents measure_events()
{
    authored::Author author(20261129);
    std::vector<std::string> base, ours, theirs;
    OfEvents result;
    for (std::size_t i = 0; i < Events; ++i) {
        const auto event = author.make();
        base.push_back(author.modern(event));
        ours.push_back(author.modern(author.change(event)));
        theirs.push_back(author.rewritten(author.change(event)));
        result.octets += base.back().size();
    }
    std::vector<item::Document> documents;
    result.reading = seconds([&] {
        for (const auto& text : base)
            documents.push_back(item::parse(text).value());
    });
    for (auto& document : documents)
        forget_lines(document.root);
    result.writing = seconds([&] {
        for (const auto& document : documents)
            result.written += item::write(document).size();
    });
    std::vector<icalcomponent*> calendars;
    result.reading_libical = seconds([&] {
        for (const auto& text : base) {
            calendars.push_back(icalparser_parse_string(text.c_str()));
            if (calendars.back() == nullptr)
                throw std::runtime_error("libical does not read an event");
        }
    });
    result.writing_libical = seconds([&] {
        for (auto* calendar : calendars)
            icalmemory_free_buffer(icalcomponent_as_ical_string_r(calendar));
    });
    for (auto* calendar : calendars)
        icalcomponent_free(calendar);
    result.merging = seconds([&] {
        for (std::size_t i = 0; i < Events; ++i)
            result.merged += item::merge(base[i], ours[i], theirs[i])->conflicts.empty();
    });
    return result;
}

} // namespace

int main()
{
    const auto corpus = near_duplicates::Author(20261129).make(Contacts);
    std::size_t octets = 0;
    for (const auto& text : corpus.ours)
        octets += text.size();

    std::vector<item::Document> documents;
    const auto reading = seconds([&] {
        for (const auto& text : corpus.ours)
            documents.push_back(item::parse(text).value());
    });
    for (auto& document : documents)
        forget_lines(document.root);
    std::size_t written = 0;
    const auto writing = seconds([&] {
        for (const auto& document : documents)
            written += item::write(document).size();
    });
    const auto reading_libical = seconds([&] {
        for (const auto& text : corpus.ours) {
            auto* card = Parse_MIME(text.data(), text.size());
            if (card == nullptr)
                throw std::runtime_error("libical does not read a contact");
            cleanVObject(card);
        }
    });

    std::size_t found = 0, rightly = 0, same = 0;
    const auto matching = seconds([&] {
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
    const auto similar = measure_similar(corpus);
    const auto events = measure_events();
    std::cout << "{\"contacts\": " << Contacts << ", \"octets\": " << octets << ", \"written\": " << written
              << ", \"reading\": " << reading << ", \"writing\": " << writing
              << ", \"reading_libical\": " << reading_libical << ", \"matching\": " << matching
              << ", \"same\": " << same << ", \"found\": " << found << ", \"rightly\": " << rightly
              << ", \"merging\": " << similar.merging << ", \"merged\": " << similar.merged
              << ", \"finding\": " << similar.finding << ", \"near\": " << similar.near
              << ", \"near_found\": " << similar.found << ", \"events\": " << Events
              << ", \"event_octets\": " << events.octets << ", \"event_written\": " << events.written
              << ", \"event_reading\": " << events.reading << ", \"event_writing\": " << events.writing
              << ", \"event_reading_libical\": " << events.reading_libical
              << ", \"event_writing_libical\": " << events.writing_libical << ", \"event_merging\": " << events.merging
              << ", \"event_merged\": " << events.merged << "}\n";
}
