#include "decoding.hpp"
#include "generator.hpp"

using codec::Encoding;
using namespace syncml;

namespace {

std::size_t size_of(const auto& part)
{
    return codec::encoded_size(part, Encoding::Xml);
}

} // namespace

TEST_CASE("any message is the same after encoding and decoding", "[codec][round-trip]")
{
    Generator generator(20260401);
    for (int i = 0; i < 400; ++i) {
        INFO("message " << i);
        const auto message = generator.message();
        const auto document = encoded(message);
        const auto again = decoded(document);
        REQUIRE(again == message);
        REQUIRE(encoded(again) == document);
    }
}

TEST_CASE("the size of a message is that of its header and its commands", "[codec][round-trip]")
{
    constexpr std::size_t final_flag = 8; // <Final/>
    Generator generator(20260402);
    for (int i = 0; i < 400; ++i) {
        INFO("message " << i);
        const auto message = generator.message();
        auto expected = size_of(message.header) - (message.final ? 0 : final_flag);
        for (const auto& command : message.body)
            expected += size_of(command);
        REQUIRE(encoded(message).size() == expected);
    }
}

TEST_CASE("the size of a Sync or a group is that of the empty one and the commands in it", "[codec][round-trip]")
{
    Generator generator(20260403);
    int containers = 0;
    for (int i = 0; i < 400; ++i) {
        const auto message = generator.message();
        const auto check = [&](auto container, std::size_t whole) {
            auto sum = std::size_t{0};
            for (const auto& command : container.commands)
                sum += size_of(command);
            container.commands.clear();
            REQUIRE(whole == sum + size_of(Command(container)));
            ++containers;
        };
        for (const auto& command : message.body) {
            if (const auto* sync = std::get_if<Sync>(&command))
                check(*sync, size_of(command));
            else if (const auto* group = std::get_if<Group>(&command))
                check(*group, size_of(command));
        }
    }
    CHECK(containers > 100);
}

TEST_CASE("a cut or damaged message is refused or read, never worse", "[codec][round-trip]")
{
    Generator generator(20260404);
    std::mt19937 random(20260405);
    for (int i = 0; i < 300; ++i) {
        auto document = encoded(generator.message());
        for (auto damages = 1 + random() % 3; damages > 0; --damages)
            document[random() % document.size()] = static_cast<char>(random() % 256);
        const auto message = codec::decode(document, Encoding::Xml, no_limits);
        if (!message)
            CHECK_FALSE(message.error().message.empty());
    }
}
