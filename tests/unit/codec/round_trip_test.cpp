#include "decoding.hpp"
#include "generator.hpp"

using codec::Encoding;
using namespace syncml;

TEST_CASE("any message is the same after encoding and decoding", "[codec][round-trip]")
{
    Generator generator(20260401);
    for (int i = 0; i < 2000; ++i) {
        INFO("message " << i);
        const auto message = generator.message();
        for (const auto encoding : {Encoding::Xml, Encoding::Wbxml}) {
            const auto document = encoded(message, encoding);
            const auto again = decoded(document, no_limits, encoding);
            REQUIRE(again == message);
            REQUIRE(encoded(again, encoding) == document);
            REQUIRE(codec::find_encoding(document) == encoding);
        }
    }
}

TEST_CASE("the size of a message is that of its header and its commands", "[codec][round-trip]")
{
    const auto encoding = GENERATE(Encoding::Xml, Encoding::Wbxml);
    const std::size_t final_flag = encoding == Encoding::Xml ? 8 : 1; // <Final/>
    int less = 0;
    Generator generator(20260402);
    for (int i = 0; i < 400; ++i) {
        INFO("message " << i);
        const auto message = generator.message();
        auto expected = codec::encoded_size(message.header, encoding) - (message.final ? 0 : final_flag);
        for (const auto& command : message.body)
            expected += codec::encoded_size(command, encoding);
        const auto size = encoded(message, encoding).size();
        if (encoding == Encoding::Wbxml && !message.final && size + 2 == expected)
            ++less; // nothing that follows turns the page back
        else
            REQUIRE(size == expected);
    }
    CHECK(less < 40);
}

TEST_CASE("the size of a Sync or a group is that of the empty one and the commands in it", "[codec][round-trip]")
{
    const auto encoding = GENERATE(Encoding::Xml, Encoding::Wbxml);
    Generator generator(20260403);
    int containers = 0;
    for (int i = 0; i < 400; ++i) {
        const auto message = generator.message();
        const auto check = [&](auto container, std::size_t whole) {
            auto sum = std::size_t{0};
            for (const auto& command : container.commands)
                sum += codec::encoded_size(command, encoding);
            container.commands.clear();
            REQUIRE(whole == sum + codec::encoded_size(Command(container), encoding));
            ++containers;
        };
        for (const auto& command : message.body) {
            if (const auto* sync = std::get_if<Sync>(&command))
                check(*sync, codec::encoded_size(command, encoding));
            else if (const auto* group = std::get_if<Group>(&command))
                check(*group, codec::encoded_size(command, encoding));
        }
    }
    CHECK(containers > 100);
}

TEST_CASE("a cut or damaged message is refused or read, never worse", "[codec][round-trip]")
{
    const auto encoding = GENERATE(Encoding::Xml, Encoding::Wbxml);
    Generator generator(20260404);
    std::mt19937 random(20260405);
    for (int i = 0; i < 600; ++i) {
        auto document = encoded(generator.message(), encoding);
        for (auto damages = 1 + random() % 3; damages > 0; --damages)
            document[random() % document.size()] = static_cast<char>(random() % 256);
        const auto message = codec::decode(document, encoding, no_limits);
        if (!message)
            CHECK_FALSE(message.error().message.empty());
        else
            CHECK_FALSE(encoded(*message, encoding).empty());
    }
}
