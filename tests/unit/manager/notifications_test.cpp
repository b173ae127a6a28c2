// What comes of a notification once a worker has read it; tests/bus has it with a worker.
#include "fixture.hpp"

using manager::JobState;
using namespace std::chrono_literals;

namespace {

using Counts = std::map<std::string, std::uint64_t>;

manager::ProfileInput push(std::string name = "home")
{
    auto input = profile(std::move(name));
    input.mode = "PUSH";
    input.server_id = "srv1";
    input.server_password = base::Secret("pushsecret");
    return input;
}

/// For the first account, and proved.
channel::Verdict verdict(std::vector<channel::AskedSync> syncs = {}, std::string session = "")
{
    channel::Verdict verdict;
    verdict.matches = {{0, true}};
    verdict.session = std::move(session);
    verdict.alerts.syncs = std::move(syncs);
    return verdict;
}

channel::Verdict hint(std::vector<channel::AskedSync> syncs = {})
{
    auto unproved = verdict(std::move(syncs));
    unproved.matches = {{0, false}};
    return unproved;
}

channel::Verdict refusal(std::string why)
{
    channel::Verdict verdict;
    verdict.refusal = std::move(why);
    return verdict;
}

struct Pushed : Fixture {
    using Answer = base::Result<std::vector<std::string>>;

    void hand_in(manager::Caller caller = anna)
    {
        manager->deliver(caller.uid, base::Secret("octets"),
                         [this](const Answer& answer) { answers.push_back(answer); });
    }
    /// A notification that a worker judges so.
    Words deliver(const base::Result<channel::Verdict>& verdict)
    {
        hand_in();
        pool.judge(verdict);
        timer.run();
        REQUIRE(answers.size() == 1);
        const auto answer = std::exchange(answers, {}).front();
        REQUIRE(answer);
        return *answer;
    }
    Counts counts() const { return manager->notification_counts(anna.uid); }
    /// `CONTACT TWO_WAY`, … of the only worker.
    Words services()
    {
        Words words;
        for (const auto& service : pool.only().plan.services)
            words.push_back(service.service + " " + service.type);
        return words;
    }
    std::vector<Answer> answers;
};

} // namespace

TEST_CASE("a worker is given the octets and the accounts that they may be for", "[manager][notification]")
{
    Pushed fixture;
    fixture.add(push("one"));
    auto by_url = push("two");
    by_url.server_id.reset();
    by_url.server_password.reset();
    by_url.mode = "PERIODIC";
    by_url.interval = "1_DAY";
    fixture.add(by_url);
    auto manual = push("three");
    manual.mode = "MANUAL";
    fixture.add(manual);
    auto disabled = push("four");
    for (auto& service : disabled.services)
        service.enabled = false;
    fixture.add(disabled);
    fixture.add(push("five"), bert);

    fixture.hand_in();
    REQUIRE(fixture.pool.readings.size() == 1);
    const auto& reading = fixture.pool.readings.front().reading;
    CHECK(reading.octets == base::Secret("octets"));
    REQUIRE(reading.accounts.size() == 2);
    const bool first = reading.accounts[0].server_id == "srv1";
    const auto& named = reading.accounts[first ? 0 : 1];
    const auto& unnamed = reading.accounts[first ? 1 : 0];
    CHECK(named.server_id == "srv1");
    CHECK(named.shares_password);
    CHECK(named.password == base::Secret("pushsecret"));
    CHECK(unnamed.server_id == "https://sync.example.org/ds");
    CHECK_FALSE(unnamed.shares_password);
}

TEST_CASE("a notification starts what it names, in the way that it names", "[manager][notification]")
{
    Pushed fixture;
    auto input = push();
    input.services[1].uri = "./cal";
    const auto id = fixture.add(input);
    const auto ask = [&](const channel::Verdict& what) {
        CHECK(fixture.deliver(what) == Words{id});
        auto ran = fixture.services();
        fixture.pool.complete(fixture.pool.sessions().front());
        fixture.clock.time += 1min;
        return ran;
    };
    CHECK(ask(verdict()) == Words{"CONTACT TWO_WAY", "EVENT TWO_WAY"});
    CHECK(ask(verdict({{"ONE_WAY_FROM_SERVER", "./card", "", 0, ""}})) == Words{"CONTACT ONE_WAY_FROM_SERVER"});
    CHECK(ask(verdict({{"SLOW", "cal", "", 0, ""},
                       {"TWO_WAY", "card", "", 0, ""},
                       {"ONE_WAY_FROM_CLIENT", "cal", "", 0, ""},
                       {"TWO_WAY", "notes", "", 0, ""}})) == Words{"CONTACT TWO_WAY", "EVENT SLOW"});
    CHECK(ask(hint({{"ONE_WAY_FROM_SERVER", "card", "", 0, ""}})) == Words{"CONTACT TWO_WAY"});
    CHECK(ask(hint({{"REFRESH_FROM_SERVER", "card", "", 0, ""}})) == Words{"CONTACT TWO_WAY"});
    CHECK(fixture.counts() == Counts{{"Started", 5}});
    for (const auto* other : {"notes", "Card", "CAL", ""})
        CHECK(fixture.deliver(verdict({{"TWO_WAY", other, "", 0, ""}})).empty());
    CHECK(fixture.deliver(verdict({{"ANOTHER\x1b[2J", "card", "", 0, ""}})).empty());
    CHECK(fixture.counts() == Counts{{"Started", 5}, {"NothingToSync", 5}});
}

TEST_CASE("the content type decides between services of one database", "[manager][notification]")
{
    Pushed fixture;
    auto input = push();
    input.services[0].uri = input.services[1].uri = "all";
    fixture.add(input);
    const auto ran = [&](std::string type) {
        fixture.deliver(verdict({{"TWO_WAY", "all", std::move(type), 0, ""}}));
        auto services = fixture.services();
        fixture.pool.complete(fixture.pool.sessions().front());
        fixture.clock.time += 1min;
        return services;
    };
    CHECK(ran("text/calendar") == Words{"EVENT TWO_WAY"});
    CHECK(ran("text/x-vcalendar") == Words{"EVENT TWO_WAY"});
    CHECK(ran("text/x-vcard") == Words{"CONTACT TWO_WAY"});
    CHECK(ran("") == Words{"CONTACT TWO_WAY"});
}

TEST_CASE("the session has the id of the notification", "[manager][notification]")
{
    Pushed fixture;
    fixture.add(push());
    auto message = verdict({{"TWO_WAY", "card", "", 2, "./contacts"}}, "258");
    message.alerts.message = 1;
    message.alerts.target = "/";
    message.alerts.source = "srv1";
    fixture.deliver(message);
    const auto& plan = fixture.pool.only().plan;
    CHECK(plan.trigger == "push");
    CHECK(plan.session_id == 258);
    CHECK(plan.alerts == message.alerts);
    fixture.pool.complete(plan.session);
    for (const auto* odd : {"1F", "-1", "4711471147114711", "0"}) {
        fixture.clock.time += 1min;
        fixture.deliver(verdict({}, odd));
        CHECK(fixture.pool.only().plan.session_id == 0);
        fixture.pool.complete(fixture.pool.sessions().front());
    }
}

TEST_CASE("the id of a session counts once, also after a restart", "[manager][notification]")
{
    Pushed fixture;
    const auto id = fixture.add(push());
    CHECK(fixture.deliver(verdict({}, "7")) == Words{id});
    fixture.pool.complete(1);
    fixture.clock.time += 1min;
    CHECK(fixture.deliver(verdict({{"TWO_WAY", "card", "", 0, ""}}, "7")).empty());
    fixture.boot();
    CHECK(fixture.deliver(verdict({}, "7")).empty());
    CHECK(fixture.counts() == Counts{{"Replayed", 1}});
    // What nothing proves uses no number up, and what has none is nothing that comes again.
    auto unproved = hint();
    unproved.session = "8";
    CHECK(fixture.deliver(unproved) == Words{id});
    CHECK(fixture.deliver(verdict({}, "8")) == Words{id});
    CHECK(fixture.deliver(verdict()) == Words{id});
    CHECK(fixture.deliver(verdict()) == Words{id});
}

TEST_CASE("only the newest ids are remembered", "[manager][notification]")
{
    Pushed fixture;
    fixture.add(push());
    for (int session = 1; session <= 65; ++session)
        fixture.deliver(verdict({}, std::to_string(session)));
    CHECK(fixture.counts().count("Replayed") == 0);
    fixture.deliver(verdict({}, "2"));
    CHECK(fixture.counts().at("Replayed") == 1);
    fixture.deliver(verdict({}, "1"));
    CHECK(fixture.counts().at("Replayed") == 1);
}

TEST_CASE("what replaces everything, or asks the user, is held until somebody starts it", "[manager][notification]")
{
    Pushed fixture;
    const auto id = fixture.add(push());
    auto asking = verdict();
    asking.asks_user = true;
    for (const auto& held : {verdict({{"REFRESH_FROM_SERVER", "card", "", 0, ""}, {"TWO_WAY", "cal", "", 0, ""}}),
                             verdict({{"REFRESH_FROM_CLIENT", "card", "", 0, ""}}), asking}) {
        CHECK(fixture.deliver(held).empty());
        CHECK(fixture.pool.workers.empty());
        const auto attention = fixture.get(id).attention;
        CHECK_THAT(attention, Catch::Contains("CONTACT ") && Catch::Contains("to agree"));
        CHECK(fixture.recorder.last->attention == attention);
        fixture.boot();
        CHECK(fixture.get(id).attention == attention);
        REQUIRE(fixture.manager->update(anna, id, without_secrets(push())));
        CHECK(fixture.get(id).attention == attention);
        const auto session = fixture.manager->start(anna, id, "REFRESH_FROM_SERVER");
        REQUIRE(session);
        fixture.timer.run();
        CHECK(fixture.get(id).attention.empty());
        fixture.pool.complete(*session);
    }
}

TEST_CASE("notifications of a profile that syncs make it due once more, a minute later", "[manager][notification]")
{
    Pushed fixture;
    const auto id = fixture.add(push());
    const auto began = fixture.clock.time;
    CHECK(fixture.deliver(verdict()) == Words{id});
    for (int i = 0; i < 3; ++i) {
        fixture.clock.time += 5s;
        CHECK(fixture.deliver(verdict({{"ONE_WAY_FROM_SERVER", "card", "", 0, ""}})) == Words{id});
    }
    CHECK(fixture.counts() == Counts{{"Started", 1}, {"Postponed", 3}});
    fixture.pool.complete(1);
    CHECK(fixture.get(id).next_sync == began + 1min);
    CHECK(fixture.deliver(verdict()) == Words{id}); // it is due already
    CHECK(fixture.get(id).next_sync == began + 1min);

    fixture.timer.run_until(fixture.clock, began + 1min);
    CHECK(fixture.services() == Words{"CONTACT TWO_WAY", "EVENT TWO_WAY"});
    CHECK(fixture.pool.only().plan.trigger == "push");
    fixture.pool.complete(2);
    CHECK(fixture.get(id).next_sync == manager::Time{});
    CHECK_FALSE(fixture.timer.armed);
}

TEST_CASE("a session that waits is joined", "[manager][notification]")
{
    Pushed fixture;
    const auto busy = fixture.add(profile("busy"));
    fixture.start(busy);
    const auto id = fixture.add(push());
    CHECK(fixture.deliver(verdict()) == Words{id});
    CHECK(fixture.get(id).state == JobState::Queued);
    CHECK(fixture.deliver(verdict()) == Words{id});
    CHECK(fixture.counts() == Counts{{"Joined", 1}, {"Started", 1}});
    fixture.pool.complete(1);
    fixture.timer.run();
    fixture.pool.complete(2);
    CHECK(fixture.get(id).next_sync == manager::Time{});
}

TEST_CASE("a session that a server asked for is made up for after a crash", "[manager][notification]")
{
    Pushed fixture;
    const auto id = fixture.add(push());
    fixture.deliver(verdict());
    CHECK(fixture.pool.workers.size() == 1);
    fixture.boot();
    CHECK(fixture.get(id).next_sync <= fixture.clock.time + 1min);
    fixture.timer.run_until(fixture.clock, fixture.clock.time + 1min);
    CHECK(fixture.pool.only().plan.trigger == "push");
    fixture.pool.complete(2);
    fixture.boot();
    CHECK(fixture.get(id).next_sync == manager::Time{});
}

TEST_CASE("a session that a server asked for and that failed is tried again, for about a day",
          "[manager][notification]")
{
    Pushed fixture;
    const auto id = fixture.add(push());
    fixture.deliver(verdict());
    const auto began = fixture.clock.time;
    int tries = 0;
    for (std::uint64_t session = 1;; ++session) {
        fixture.pool.fail(session, base::Errc::Unreachable);
        ++tries;
        if (fixture.get(id).next_sync == manager::Time{})
            break;
        fixture.timer.run_until(fixture.clock, fixture.get(id).next_sync);
    }
    CHECK(tries == 8);
    CHECK(fixture.clock.time - began > 10h);
    CHECK(fixture.clock.time - began < 24h);
    // What needs a person is not.
    fixture.clock.time += 1min;
    fixture.deliver(verdict());
    fixture.pool.fail(9, base::Errc::DatabaseNotFound);
    CHECK(fixture.get(id).next_sync == manager::Time{});
}

TEST_CASE("a server that wants to be left alone is, whoever says it has news", "[manager][notification]")
{
    Pushed fixture;
    const auto id = fixture.add(push());
    fixture.pool.end(fixture.start(id),
                     {channel::Result::Outcome::Failed, "org.syncd1.Error.HttpStatus", "busy", 7200});
    CHECK(fixture.deliver(hint()) == Words{id});
    CHECK(fixture.get(id).next_sync == fixture.clock.time + 2h);
    CHECK(fixture.counts() == Counts{{"Postponed", 1}});
}

TEST_CASE("a refused password is not shown again because of a notification", "[manager][notification]")
{
    Pushed fixture;
    const auto id = fixture.add(push());
    // One that came while the session ran counts no more either.
    fixture.deliver(verdict());
    fixture.deliver(verdict());
    fixture.pool.fail(1, base::Errc::Authentication);
    CHECK(fixture.get(id).next_sync == manager::Time{});
    fixture.hand_in();
    CHECK(fixture.pool.readings.empty()); // there is no account left
    CHECK(fixture.answers.at(0).value().empty());
    CHECK(fixture.counts() == Counts{{"Postponed", 1}, {"Started", 1}, {"UnknownServer", 1}});
}

TEST_CASE("what is ignored is counted by its reason, for each user", "[manager][notification]")
{
    Pushed fixture;
    fixture.add(push());
    fixture.deliver(refusal("WrongDigest"));
    fixture.deliver(refusal("WrongDigest"));
    fixture.deliver(refusal("Broken"));
    CHECK(fixture.counts() == Counts{{"Broken", 1}, {"WrongDigest", 2}});
    CHECK(fixture.manager->notification_counts(bert.uid).empty());
}

TEST_CASE("a notification that is too long is refused unread", "[manager][notification]")
{
    Pushed fixture;
    fixture.add(push());
    const auto deliver = [&](std::size_t size) {
        fixture.manager->deliver(anna.uid, base::Secret::of_size(size),
                                 [&](const auto& answer) { fixture.answers.push_back(answer); });
    };
    deliver(4097);
    REQUIRE(fixture.answers.size() == 1);
    CHECK(fixture.answers[0].error().code == base::Errc::InvalidValue);
    CHECK(fixture.pool.readings.empty());
    deliver(4096);
    CHECK(fixture.pool.readings.size() == 1);
}

TEST_CASE("notifications of one user are read one after the other, those of two at once", "[manager][notification]")
{
    Pushed fixture;
    fixture.add(push());
    fixture.add(push(), bert);
    fixture.hand_in();
    fixture.hand_in();
    fixture.hand_in(bert);
    CHECK(fixture.pool.readings.size() == 2);
    fixture.pool.judge(refusal("Broken"));
    fixture.timer.run();
    CHECK(fixture.pool.readings.size() == 2);
    CHECK(fixture.answers.size() == 1);
}

TEST_CASE("a worker that fails is an error to whoever handed the notification in, and to nobody else",
          "[manager][notification]")
{
    Pushed fixture;
    const auto id = fixture.add(push());
    fixture.hand_in();
    fixture.hand_in();
    fixture.pool.judge(base::fail(base::Errc::Interrupted, "it died"));
    fixture.timer.run();
    REQUIRE(fixture.answers.size() == 1);
    CHECK(fixture.answers[0].error().code == base::Errc::Interrupted);
    fixture.pool.judge(verdict());
    CHECK(fixture.answers.at(1).value() == Words{id});
    fixture.pool.refuse = true;
    fixture.hand_in();
    CHECK(fixture.answers.at(2).error().code == base::Errc::Failed);
    CHECK(fixture.counts() == Counts{{"Failed", 2}, {"Started", 1}});
}

TEST_CASE("a verdict for an account that is not there, or no longer, starts nothing", "[manager][notification]")
{
    Pushed fixture;
    const auto id = fixture.add(push());
    auto stray = verdict();
    stray.matches = {{7, true}};
    CHECK(fixture.deliver(stray).empty());
    fixture.hand_in();
    fixture.manager->remove(anna, id, [](auto) {});
    fixture.pool.judge(verdict());
    CHECK(fixture.answers.at(0).value().empty());
    CHECK(fixture.pool.workers.empty());
}
