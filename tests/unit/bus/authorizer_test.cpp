#include "bus/authorizer.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

using base::Errc;
using bus::Authority;
using bus::Authorizer;
using bus::Rule;

namespace {

class FakeAuthority : public Authority {
public:
    void check(const std::string& sender, std::string_view action, bool may_ask_user,
               std::function<void(Verdict)> decided) override
    {
        asked.push_back(sender + ' ' + std::string(action) + (may_ask_user ? " ask" : ""));
        decided(verdict);
    }
    Verdict verdict = Verdict::Yes;
    std::vector<std::string> asked;
};

struct Fixture {
    FakeAuthority authority;
    Authorizer::Policy policy;

    /// Nothing when it is allowed.
    std::optional<Errc> ask(Rule rule, manager::Uid uid, bool may_ask_user = false)
    {
        Authorizer authorizer(policy, authority);
        std::vector<std::optional<Errc>> answers;
        authorizer.authorize(rule, {":1.7", uid, may_ask_user}, [&](const base::Result<void>& allowed) {
            answers.push_back(allowed ? std::nullopt : std::optional(allowed.error().code));
        });
        REQUIRE(answers.size() == 1);
        return answers.front();
    }
    bool ask_for_others(manager::Uid uid)
    {
        Authorizer authorizer(policy, authority);
        std::vector<bool> answers;
        authorizer.may_name_others({":1.7", uid, true}, [&](bool all) { answers.push_back(all); });
        REQUIRE(answers.size() == 1);
        return answers.front();
    }
};

constexpr auto allowed = std::nullopt;
constexpr Rule all_rules[] = {Rule::Anyone, Rule::Own, Rule::Sync, Rule::Manage};

} // namespace

TEST_CASE("root is never asked about", "[authorizer]")
{
    Fixture f;
    f.authority.verdict = Authority::Verdict::No;
    for (const auto rule : all_rules)
        CHECK(f.ask(rule, 0) == allowed);
    CHECK(f.ask_for_others(0));
    CHECK(f.authority.asked.empty());
}

TEST_CASE("reading one's own needs no permission", "[authorizer]")
{
    Fixture f;
    f.authority.verdict = Authority::Verdict::No;
    CHECK(f.ask(Rule::Own, 1000) == allowed);
    CHECK(f.ask(Rule::Anyone, 1000) == allowed);
    CHECK(f.authority.asked.empty());
}

TEST_CASE("changing and syncing are asked of the authority by the caller's name", "[authorizer]")
{
    Fixture f;
    CHECK(f.ask(Rule::Sync, 1000) == allowed);
    CHECK(f.ask(Rule::Manage, 1000, true) == allowed);
    CHECK(f.authority.asked == std::vector<std::string>{":1.7 org.syncd1.sync", ":1.7 org.syncd1.manage ask"});
}

TEST_CASE("what the authority does not grant is denied", "[authorizer]")
{
    Fixture f;
    f.authority.verdict = Authority::Verdict::No;
    CHECK(f.ask(Rule::Manage, 1000) == Errc::AccessDenied);
    f.authority.verdict = Authority::Verdict::Absent;
    CHECK(f.ask(Rule::Manage, 1000) == Errc::AccessDenied);
    f.authority.verdict = Authority::Verdict::AskUser;
    CHECK(f.ask(Rule::Manage, 1000) == Errc::InteractiveAuthorizationRequired);
}

TEST_CASE("owning is enough where the configuration says so, but not for what others own", "[authorizer]")
{
    Fixture f;
    f.policy.mode = Authorizer::Mode::Owner;
    for (const auto rule : all_rules)
        CHECK(f.ask(rule, 1000) == allowed);
    CHECK_FALSE(f.ask_for_others(1000));
    CHECK(f.authority.asked.empty());
}

TEST_CASE("naming what others own never brings up a dialogue", "[authorizer]")
{
    Fixture f;
    CHECK(f.ask_for_others(1000));
    CHECK(f.authority.asked == std::vector<std::string>{":1.7 org.syncd1.manage-all"});
    for (const auto verdict : {Authority::Verdict::No, Authority::Verdict::AskUser, Authority::Verdict::Absent}) {
        f.authority.verdict = verdict;
        CHECK_FALSE(f.ask_for_others(1000));
    }
}

TEST_CASE("a user's own service serves that user alone", "[authorizer]")
{
    Fixture f;
    f.policy = {.scope = bus::Scope::User, .own_uid = 1000};
    for (const auto rule : all_rules)
        CHECK(f.ask(rule, 1000) == allowed);
    for (const auto rule : {Rule::Own, Rule::Sync, Rule::Manage})
        CHECK(f.ask(rule, 1001) == Errc::AccessDenied);
    CHECK_FALSE(f.ask_for_others(1001));
    CHECK(f.authority.asked.empty());
}
