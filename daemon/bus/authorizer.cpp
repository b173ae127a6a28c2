#include "bus/authorizer.hpp"

#include <fmt/format.h>

#include <utility>

namespace bus {
namespace {

using base::Errc;

base::Result<void> answer(Authority::Verdict verdict, std::string_view action)
{
    switch (verdict) {
    case Authority::Verdict::Yes: return {};
    case Authority::Verdict::No: return base::fail(Errc::AccessDenied, fmt::format("{} is not granted", action));
    case Authority::Verdict::AskUser:
        return base::fail(Errc::InteractiveAuthorizationRequired,
                          fmt::format("{} needs the user's consent, and the call did not allow to ask", action));
    case Authority::Verdict::Absent:
        return base::fail(Errc::AccessDenied,
                          fmt::format("{} cannot be checked because polkit does not answer; without polkit, set "
                                      "Authorization=owner in the configuration",
                                      action));
    }
    return base::fail(Errc::AccessDenied, "not granted");
}

} // namespace

Authorizer::Authorizer(Policy policy, Authority& authority) : policy_(policy), authority_(authority) {}

void Authorizer::authorize(Rule rule, const Subject& subject, std::function<void(base::Result<void>)> decided)
{
    if (rule == Rule::Anyone || subject.uid == 0)
        return decided({});
    if (policy_.scope == Scope::User) {
        if (subject.uid == policy_.own_uid)
            return decided({});
        return decided(base::fail(Errc::AccessDenied, "this service belongs to another user"));
    }
    if (rule == Rule::Own || policy_.mode == Mode::Owner)
        return decided({});

    const std::string_view action = rule == Rule::Sync ? "org.syncd1.sync" : "org.syncd1.manage";
    authority_.check(
        subject.sender, action, subject.may_ask_user,
        [action, decided = std::move(decided)](Authority::Verdict verdict) { decided(answer(verdict, action)); });
}

void Authorizer::may_name_others(const Subject& subject, std::function<void(bool)> decided)
{
    if (subject.uid == 0)
        return decided(true);
    if (policy_.scope == Scope::User || policy_.mode == Mode::Owner)
        return decided(false);
    authority_.check(
        subject.sender, "org.syncd1.manage-all", false,
        [decided = std::move(decided)](Authority::Verdict verdict) { decided(verdict == Authority::Verdict::Yes); });
}

} // namespace bus
