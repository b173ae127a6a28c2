#include "bus/dictionary.hpp"

#include "message.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

TEST_CASE("a dictionary is read key by key", "[dictionary]")
{
    const ReadableMessage from("a{sv}s", 3, "Text", "s", "grüße", "Secret", "s", "hunter2", "Flag", "b", 1, "after");
    bus::Dictionary dictionary(from.raw(), {});
    std::string text;
    base::Secret secret;
    bool flag = false;
    dictionary.each([&](std::string_view key) {
        if (key == "Text")
            text = dictionary.text();
        else if (key == "Secret")
            secret = dictionary.secret();
        else
            flag = dictionary.flag();
        return true;
    });

    CHECK(text == "grüße");
    CHECK(secret.reveal() == "hunter2");
    CHECK(flag);
    CHECK(dictionary.complaint().empty());
    const char* after = nullptr;
    REQUIRE(sd_bus_message_read(from.raw(), "s", &after) > 0);
    CHECK(std::string(after) == "after"); // nothing was left unread
}

TEST_CASE("an unknown key is complained about by name, and the rest is read", "[dictionary]")
{
    const ReadableMessage from("a{sv}", 3, "Aaa", "u", 7, "Bbb", "as", 1, "x", "Text", "s", "t");
    bus::Dictionary dictionary(from.raw(), "option ");
    std::string text;
    dictionary.each([&](std::string_view key) {
        if (key != "Text")
            return false;
        text = dictionary.text();
        return true;
    });
    CHECK(text == "t");
    CHECK(dictionary.complaint() == "option Aaa is no key of this dictionary");
}

TEST_CASE("a value of another type is InvalidArgs and names its key", "[dictionary]")
{
    const ReadableMessage from("a{sv}", 1, "Text", "i", 1);
    bus::Dictionary dictionary(from.raw(), {});
    try {
        dictionary.each([&](std::string_view) { return dictionary.text(), true; });
        FAIL("it was read");
    } catch (const sdbus::Error& error) {
        CHECK(error.getName() == "org.freedesktop.DBus.Error.InvalidArgs");
        CHECK(error.getMessage() == "Text has type 'i', must have 's'");
    }
}

TEST_CASE("a key given twice is complained about", "[dictionary]")
{
    const ReadableMessage from("a{sv}", 2, "Text", "s", "one", "Text", "s", "two");
    bus::Dictionary dictionary(from.raw(), {});
    std::string text;
    dictionary.each([&](std::string_view) { return text = dictionary.text(), true; });
    CHECK(text == "one");
    CHECK(dictionary.complaint() == "Text is given twice");
}

TEST_CASE("a list of dictionaries is read, and complaints name the place", "[dictionary]")
{
    const ReadableMessage from("a{sv}", 1, "List", "aa{sv}", 2, 1, "Name", "s", "a", 1, "Nmae", "s", "b");
    bus::Dictionary dictionary(from.raw(), {});
    std::vector<std::string> names;
    dictionary.each([&](std::string_view) {
        dictionary.list([&](bus::Dictionary& item) {
            item.each([&](std::string_view key) {
                if (key != "Name")
                    return false;
                names.push_back(item.text());
                return true;
            });
        });
        return true;
    });
    CHECK(names == std::vector<std::string>{"a"});
    CHECK(dictionary.complaint() == "List 2: Nmae is no key of this dictionary");
}
