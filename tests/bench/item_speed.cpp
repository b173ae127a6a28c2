// What it costs to read items, to write them anew, and to find each contact of a server's address book in ours, half of
// which are the same in other words (see near_duplicates.hpp); and how many were found and how many wrongly. Beside it,
// what libical spends on reading the same contacts. Prints one JSON object.

#include "cpu_time.hpp"

#include "../unit/item/forgotten_lines.hpp"
#include "../unit/item/near_duplicates.hpp"

#include "item/normal_form.hpp"
#include "item/property.hpp"

#include <libical/vcc.h>
#include <libical/vobject.h>

#include <iostream>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <utility>

namespace {

constexpr std::size_t Contacts = 10'000;

} // namespace

int main()
{
    const auto corpus = near_duplicates::Author(20261129).make(Contacts);
    std::size_t octets = 0;
    for (const auto& text : corpus.ours)
        octets += text.size();

    std::vector<item::Document> documents;
    const auto reading = cpu_seconds([&] {
        for (const auto& text : corpus.ours)
            documents.push_back(item::parse(text).value());
    });
    for (auto& document : documents)
        forget_lines(document.root);
    std::size_t written = 0;
    const auto writing = cpu_seconds([&] {
        for (const auto& document : documents)
            written += item::write(document).size();
    });
    const auto reading_libical = cpu_seconds([&] {
        for (const auto& text : corpus.ours) {
            auto* card = Parse_MIME(text.data(), text.size());
            if (card == nullptr)
                throw std::runtime_error("libical does not read a contact");
            cleanVObject(card);
        }
    });

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
    std::cout << "{\"contacts\": " << Contacts << ", \"octets\": " << octets << ", \"written\": " << written
              << ", \"reading\": " << reading << ", \"writing\": " << writing
              << ", \"reading_libical\": " << reading_libical << ", \"matching\": " << matching
              << ", \"same\": " << same << ", \"found\": " << found << ", \"rightly\": " << rightly << "}\n";
}
