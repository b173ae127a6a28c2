// The worker's side of a store in Evolution Data Server, against a keeper that says what a test wants.
#include "evolution/source.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <future>
#include <system_error>

using evolution::Frame;

namespace {

struct Keeper {
    Keeper()
    {
        int pair[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
        ours = base::Descriptor(pair[0]);
        source = std::make_unique<evolution::Source>(
            base::Descriptor(pair[1]), evolution::Source::Setup{"work", "/", std::chrono::milliseconds(500)});
    }
    /// The next request, which gets this answer.
    std::future<Frame> answer(Frame with)
    {
        return std::async(std::launch::async, [this, with] {
            auto request = evolution::receive(ours.get(), std::chrono::minutes(1)).value_or(Frame{});
            evolution::send(ours.get(), with);
            return request;
        });
    }

    base::Descriptor ours;
    std::unique_ptr<evolution::Source> source;
};

} // namespace

TEST_CASE("a look is one question")
{
    Keeper keeper;
    auto asked = keeper.answer({"done", "ann", "1 -2 3", "bea", "4 5 6"});
    const auto listing = keeper.source->list();
    CHECK(asked.get() == Frame{"list"});
    CHECK(listing->find("ann")->stamp == storage::FileStamp{1, 3, -2, 1});
    CHECK(listing->find("bea")->is_item);
    CHECK_FALSE(listing->find("cid"));
}

TEST_CASE("what the server has its items in is told when it is opened")
{
    Keeper keeper;
    auto asked = keeper.answer({"done", "work 1 2.3"});
    keeper.source->clean_up();
    CHECK(asked.get() == Frame{"open"});
    CHECK(keeper.source->mark() == "work 1 2.3");
}

TEST_CASE("an item that cannot be had, or is too large, is one that is left alone")
{
    Keeper keeper;
    auto asked = keeper.answer({"refused", "it is too large"});
    const auto read = keeper.source->read("ann", 100);
    asked.get();
    REQUIRE_FALSE(read);
    CHECK(read.error().code == base::Errc::InvalidValue);
    asked = keeper.answer({"done", "1 2 3", std::string(101, 'x')});
    CHECK(keeper.source->read("ann", 100).error().code == base::Errc::InvalidValue);
    asked.get();
}

TEST_CASE("an item is written if it is still the one that was looked at, in a form that the desktop reads")
{
    Keeper keeper;
    auto asked = keeper.answer({"done", "7 8 9", "as kept"});
    const auto made =
        keeper.source->replace("ann", {1, 3, -2, 1}, "BEGIN:VCARD\r\nVERSION:2.1\r\nN:A\r\nFN:A\r\nEND:VCARD\r\n");
    const auto request = asked.get();
    CHECK(Frame(request.begin(), request.begin() + 3) == Frame{"replace", "ann", "1 -2 3"});
    CHECK(request[3].find("VERSION:3.0") != std::string::npos);
    REQUIRE(made);
    CHECK(made->data == "as kept");
    CHECK(made->stamp == storage::FileStamp{7, 9, 8, 1});

    asked = keeper.answer({"none"});
    CHECK_FALSE(keeper.source->replace("ann", {}, "x"));
    asked.get();
    asked = keeper.answer({"refused", "not that one"});
    CHECK_THROWS_AS(keeper.source->add("1", "x"), datastore::Collection::Refused);
    asked.get();
}

TEST_CASE("whatever a keeper does, the failure names the store")
{
    Keeper keeper;
    const auto ask = [&](Frame with) {
        auto asked = keeper.answer(std::move(with));
        std::string what;
        try {
            keeper.source->read("ann", 100);
        } catch (const std::system_error& error) {
            what = error.what();
        }
        asked.get();
        CHECK(what.starts_with("eds:work: "));
    };
    ask({"failed", "the factory has crashed"});
    ask({"something else"});
    ask({"done"});

    CHECK_THROWS_AS(keeper.source->list(), std::system_error); // no answer in time
    keeper.ours = {};
    CHECK_THROWS_AS(keeper.source->list(), std::system_error); // nobody there
}

TEST_CASE("what is no frame is not taken for one")
{
    int pair[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    const base::Descriptor one(pair[0]), other(pair[1]);
    const auto patience = std::chrono::minutes(1);
    const Frame frame{"word", std::string("a\0b", 3), ""};
    evolution::send(one.get(), frame);
    CHECK(evolution::receive(other.get(), patience) == frame);
    const std::string octets = GENERATE(std::string("\xff\xff\xff\xff", 4), std::string("\0\0\0\0", 4),
                                        std::string("\1\0\0\0x", 5), std::string("\5\0\0\0\2\0\0\0x", 9));
    REQUIRE(::write(one.get(), octets.data(), octets.size()) == static_cast<ssize_t>(octets.size()));
    CHECK_THROWS_AS(evolution::receive(other.get(), patience), std::system_error);
}
