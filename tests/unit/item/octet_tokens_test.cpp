// Items with photos are merged and restored without carrying them along.
#include "item/octet_tokens.hpp"

#include "item/item.hpp"
#include "item/merge.hpp"
#include "item/normal_form.hpp"
#include "item/restoration.hpp"
#include "item/transfer.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace {

std::string card(const std::string& body, const std::string& version = "3.0")
{
    return "BEGIN:VCARD\r\nVERSION:" + version + "\r\n" + body + "END:VCARD\r\n";
}

std::string digits(char which, std::size_t line)
{
    const auto text = item::encode_base64(std::string(300'000, which));
    std::string folded;
    for (std::size_t at = 0; at < text.size(); at += line)
        folded += "\r\n " + text.substr(at, line);
    return folded;
}
std::string photo(char which, std::size_t line = 74)
{
    return "PHOTO;ENCODING=b;TYPE=JPEG:" + digits(which, line) + "\r\n";
}
std::string old_photo(char which)
{
    return "PHOTO;TYPE=JPEG;BASE64:" + digits(which, 60) + "\r\n\r\n";
}
const std::string name = "N:Smith;Ann;;;\r\nFN:Ann Smith\r\n";

} // namespace

TEST_CASE("large octets are short ones for a while, the same for the same", "[item][octets]")
{
    item::OctetTokens tokens;
    const auto one = card(name + photo('a') + "NOTE:n\r\n"), other = card(name + photo('a', 60)),
               different = card(name + photo('b')), old = card(name + old_photo('b'), "2.1");
    const auto short_one = tokens.shorten(one);
    CHECK(short_one.size() < 300);
    CHECK(item::check(short_one));
    CHECK(tokens.lengthen(short_one) == one);
    CHECK(item::normal_text(tokens.shorten(other)) == item::normal_text(tokens.shorten(card(name + photo('a')))));
    CHECK(item::normal_text(tokens.shorten(other)) != item::normal_text(tokens.shorten(different)));
    CHECK(tokens.lengthen(tokens.shorten(different)) == different);
    // As they were folded at first.
    CHECK(tokens.lengthen(tokens.shorten(old)) ==
          card(name + "PHOTO;TYPE=JPEG;BASE64:" + digits('b', 74) + "\r\n\r\n", "2.1"));
}

TEST_CASE("what has no large octets, or is no text of ours, stays as it is", "[item][octets]")
{
    item::OctetTokens tokens;
    auto bare = card(name + photo('a'));
    bare.erase(std::remove(bare.begin(), bare.end(), '\r'), bare.end());
    for (const auto& text : {card(name + "NOTE:n\r\n"), card(name + "NOTE:" + std::string(500'000, 'x') + "\r\n"),
                             card(name + "PHOTO;ENCODING=b:" + std::string(500'000, '!') + "\r\n"),
                             std::string(500'000, '\xff'), std::string()}) {
        CHECK(tokens.shorten(text) == text);
        CHECK(tokens.lengthen(text) == text);
    }
    const auto put_together = tokens.shorten(bare);
    CHECK(item::normal_text(tokens.lengthen(put_together)) == item::normal_text(bare));
}

TEST_CASE("items with photos are merged like others", "[item][octets][merge]")
{
    const auto base = card(name + photo('a') + "NOTE:n\r\n");
    const auto ours = card(name + photo('a') + "NOTE:m\r\n");
    const auto theirs = card(name + photo('b', 60) + "NOTE:n\r\nTITLE:t\r\n");
    const auto merge = item::merge(base, ours, theirs);
    REQUIRE(merge);
    CHECK(merge->conflicts.empty());
    CHECK(item::normal_text(merge->text) == item::normal_text(card(name + photo('b') + "NOTE:m\r\nTITLE:t\r\n")));
    // Untouched octets keep their folds.
    const auto kept = item::merge(base, ours, card(name + photo('a', 60) + "NOTE:n\r\nTITLE:t\r\n"));
    REQUIRE(kept);
    CHECK(kept->text == card(name + photo('a') + "NOTE:m\r\nTITLE:t\r\n"));
    // In another form.
    const auto old = item::merge(base, ours, card(name + old_photo('b') + "NOTE:n\r\n", "2.1"));
    REQUIRE(old);
    CHECK(old->conflicts.empty());
    CHECK(item::normal_text(old->text) == item::normal_text(card(name + photo('b') + "NOTE:m\r\n")));
    CHECK(item::check(old->text));
    // Two different ones.
    const auto both = item::merge(base, card(name + photo('c')), theirs);
    REQUIRE(both);
    REQUIRE(both->conflicts.size() == 1);
    CHECK(both->conflicts[0].field == "PHOTO");
    CHECK(both->conflicts[0].ours == "300000 octets");
    CHECK(both->conflicts[0].theirs == "300000 octets");
    CHECK(both->conflicts[0].base == "300000 octets");
}

TEST_CASE("a photo that a peer does not keep is put back", "[item][octets][restore]")
{
    const auto sent = card(name + photo('a') + "NOTE:n\r\n");
    CHECK(item::restore(sent, card(name + "NOTE:m\r\n"), {"PHOTO"}) == card(name + "NOTE:m\r\n" + photo('a')));
    CHECK(item::restore(sent, card(name + photo('b')), {"PHOTO"}) == card(name + photo('b')));
    CHECK(item::find_kept(sent, card(name + "NOTE:m\r\n")).dropped == std::set<std::string>{"PHOTO"});
}
