#include "bus/peers.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <string>
#include <vector>

namespace {

using Names = std::vector<std::string>;

/// A bus daemon that answers when the test says so.
class FakeDriver : public bus::Driver {
public:
    void find_uid(const std::string& name, std::function<void(std::optional<manager::Uid>)> found) override
    {
        asked.push_back(name);
        CHECK(gone); // watching begins before the question
        found_[name] = std::move(found);
    }
    void watch(std::function<void(std::string_view)> on_gone) override { gone = std::move(on_gone); }
    void unwatch() override { gone = nullptr; }

    void answer(const std::string& name, std::optional<manager::Uid> uid) { found_.at(name)(uid); }

    Names asked;
    std::function<void(std::string_view)> gone;

private:
    std::map<std::string, std::function<void(std::optional<manager::Uid>)>> found_;
};

struct Fixture {
    FakeDriver driver;
    bus::Peers peers{driver, {.connections_per_uid = 2, .waiting_per_connection = 2, .unknown_connections = 2}};
    Names log;

    void identify(const std::string& name, const std::string& label = "")
    {
        peers.identify(name, [this, label](tl::expected<manager::Uid, bus::Peers::Refusal> uid) {
            log.push_back(label + (uid                                        ? std::to_string(*uid)
                                   : uid.error() == bus::Peers::Refusal::Gone ? "gone"
                                                                              : "too many"));
        });
    }
};

} // namespace

TEST_CASE("the bus daemon is asked once for each connection", "[peers]")
{
    Fixture f;
    f.identify(":1.1", "a ");
    f.identify(":1.1", "b ");
    CHECK(f.log.empty());
    f.driver.answer(":1.1", 1000);
    f.identify(":1.1", "c ");

    CHECK(f.driver.asked == Names{":1.1"});
    CHECK(f.log == Names{"a 1000", "b 1000", "c 1000"});
    CHECK(f.peers.of(1000) == Names{":1.1"});
    CHECK(f.peers.of(1001).empty());
}

TEST_CASE("a connection is forgotten when it leaves the bus", "[peers]")
{
    Fixture f;
    f.identify(":1.1");
    f.driver.answer(":1.1", 1000);
    f.driver.gone("org.example.Other"); // a well-known name, of no concern
    CHECK(f.peers.size() == 1);
    f.driver.gone(":1.1");

    CHECK(f.peers.size() == 0);
    CHECK(f.peers.of(1000).empty());
    CHECK_FALSE(f.driver.gone); // an idle service is not woken by what others do
}

TEST_CASE("a connection that leaves before it is known is told so, once", "[peers]")
{
    Fixture f;
    f.identify(":1.1");
    f.driver.gone(":1.1");
    f.driver.answer(":1.1", 1000); // crossed the news
    CHECK(f.log == Names{"gone"});
    CHECK(f.peers.size() == 0);

    f.identify(":1.2");
    f.driver.answer(":1.2", std::nullopt);
    CHECK(f.log == Names{"gone", "gone"});
    CHECK(f.peers.size() == 0);
}

TEST_CASE("one user cannot hold more connections than the limit", "[peers]")
{
    Fixture f;
    for (const auto* name : {":1.1", ":1.2", ":1.3"}) {
        f.identify(name);
        f.driver.answer(name, 1000);
    }
    CHECK(f.log == Names{"1000", "1000", "too many"});

    f.identify(":1.4");
    f.driver.answer(":1.4", 1001); // another user is not concerned
    CHECK(f.log.back() == "1001");

    f.driver.gone(":1.1");
    f.identify(":1.3");
    f.driver.answer(":1.3", 1000);
    CHECK(f.log.back() == "1000");
}

TEST_CASE("who is not known yet cannot pile up work", "[peers]")
{
    Fixture f;
    f.identify(":1.1");
    f.identify(":1.1");
    f.identify(":1.1");
    CHECK(f.log == Names{"too many"});
    f.identify(":1.2");
    f.identify(":1.3");
    CHECK(f.log == Names{"too many", "too many"});
    CHECK(f.driver.asked == Names{":1.1", ":1.2"});

    f.driver.answer(":1.1", 1000);
    f.identify(":1.3");
    CHECK(f.driver.asked == Names{":1.1", ":1.2", ":1.3"});
}

TEST_CASE("an answer that comes after the end goes nowhere", "[peers]")
{
    FakeDriver driver;
    bool told = false;
    {
        bus::Peers peers(driver, {});
        peers.identify(":1.1", [&](auto) { told = true; });
    }
    driver.answer(":1.1", 1000);
    CHECK_FALSE(told);
    CHECK_FALSE(driver.gone);
}
