#pragma once

#include "base/result.hpp"
#include "bus/contract.hpp"
#include "bus/scope.hpp"
#include "manager/profile.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace bus {

/// Who decides about users that are neither root nor the program's own, as interface
/// so that the authorizer can be tested without a bus.
class Authority {
public:
    enum class Verdict {
        Yes,
        No,
        AskUser, ///< would be yes after asking the user, which the call did not allow
        Absent,  ///< there is no authority, or it did not answer
    };
    virtual ~Authority() = default;
    /// Asks about the connection `sender` without blocking. `decided` is called once, from the loop, and
    /// does not throw.
    virtual void check(const std::string& sender, std::string_view action, bool may_ask_user,
                       std::function<void(Verdict)> decided) = 0;
};

/// Decides whether a call may go on, by the rule of its row in the contract.
///
/// Root passes, and in the user scope the program's own user; nobody else there.
/// In the system scope reading what is one's own needs no permission, the rest is asked of the
/// authority, or granted when the configuration says that owning is enough.
class Authorizer {
public:
    enum class Mode { Polkit, Owner };
    struct Policy {
        Scope scope = Scope::System;
        Mode mode = Mode::Polkit;
        manager::Uid own_uid = 0;
    };
    struct Subject {
        std::string sender; ///< unique name
        manager::Uid uid = 0;
        bool may_ask_user = false;
    };

    Authorizer(Policy policy, Authority& authority);

    /// `decided` once, maybe before return. Errors: AccessDenied, InteractiveAuthorizationRequired.
    void authorize(Rule rule, const Subject& subject, std::function<void(base::Result<void>)> decided);

    /// Whether the caller may name the profiles of others (org.syncd1.manage-all). The
    /// user is never asked, so that naming an id, foreign or mistyped, cannot bring up a dialogue.
    void may_name_others(const Subject& subject, std::function<void(bool)> decided);

private:
    Policy policy_;
    Authority& authority_;
};

} // namespace bus
