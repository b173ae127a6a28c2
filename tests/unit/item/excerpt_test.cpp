#include "item/excerpt.hpp"

#include "item/item.hpp"

#include <catch2/catch.hpp>

namespace {

std::string card(const std::string& body)
{
    return "BEGIN:VCARD\r\nVERSION:3.0\r\n" + body + "END:VCARD\r\n";
}

} // namespace

TEST_CASE("what is small enough is shown as it is", "[item][excerpt]")
{
    const auto whole = card("NOTE:" + std::string(5000, 'n') + "\r\n");
    CHECK(item::excerpt(whole, whole.size()) == whole);
}

TEST_CASE("of what is larger the long lines are cut, and tell what they were", "[item][excerpt]")
{
    const auto shown = [](char which) {
        return item::excerpt(card("FN:a\r\nNOTE:" + std::string(5000, which) + "\r\n"), 2000);
    };
    CHECK(shown('n').starts_with("BEGIN:VCARD\r\nVERSION:3.0\r\nFN:a\r\nNOTE:" + std::string(95, 'n') +
                                 "… 5007 octets "));
    CHECK(shown('n').ends_with("\r\nEND:VCARD\r\n"));
    CHECK(shown('n') != shown('o'));
    CHECK(shown('n').size() < 250);
    // No character is cut in two, and folds are not shown.
    CHECK(item::excerpt(card("NOTE:" + std::string(94, 'n') + "€" + std::string(5000, 'n') + "\r\n"), 2000)
              .find("n… 5") != std::string::npos);
    CHECK(item::excerpt(card("PHOTO;ENCODING=b:\r\n " + std::string(5000, 'A') + "\r\n"), 2000)
              .find("\r\nPHOTO;ENCODING=b:… ") != std::string::npos);
    // Whatever it is.
    std::string many;
    for (int i = 0; i < 10'000; ++i)
        many += "X:" + std::string(200, 'x') + "\r\n";
    CHECK(item::excerpt(card(many), 2000).size() < 2500);
    CHECK(item::excerpt(std::string(5000, '\xff'), 2000).size() < 250);
}
