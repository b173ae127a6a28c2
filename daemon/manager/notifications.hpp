#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "manager/profile.hpp"
#include "manager/server_request.hpp"
#include "manager/sessions.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace manager {

/// Server alerted notifications: who is meant, and what comes of them. Their octets are a peer's: a worker reads
/// them, one at a time for each user, and its verdict is all that is known here.
class Notifications {
public:
    /// Ids of profiles: those that synchronize because of it, now or as soon as may be.
    using Done = std::function<void(base::Result<std::vector<std::string>>)>;

    Notifications(Surroundings around, Sessions& sessions) : around_(around), sessions_(sessions) {}

    /// For the user's own profiles that are not MANUAL. `done` is called once, maybe before return. Errors:
    /// InvalidValue for more octets than any notification has; Failed when no worker can be started.
    void deliver(Uid owner, base::Secret octets, Done done);
    /// What became of the notifications that the user handed in since the service started: how many, by a word.
    std::map<std::string, std::uint64_t> counts(Uid owner) const;

private:
    struct Delivery {
        base::Secret octets;
        Done done;
        std::vector<std::string> profiles; ///< whose accounts the worker knows, in their order
    };

    void read_next(Uid owner);
    channel::Reading make_reading(Uid owner, Delivery& delivery) const;
    void on_verdict(Uid owner, const base::Result<channel::Verdict>& verdict);
    std::vector<std::string> take(Uid owner, const Delivery& delivery, const channel::Verdict& verdict);
    /// What became of it, as a word to count; true in `syncs` when the profile synchronizes.
    std::string_view take_for(Profile& profile, const channel::Verdict& verdict, bool authenticated, bool& syncs);
    std::string_view begin(Profile& profile, ServerRequest request, const channel::Verdict& verdict);

    Surroundings around_;
    Sessions& sessions_;
    std::map<Uid, std::deque<Delivery>> waiting_; ///< the first of each is being read
    std::map<Uid, std::map<std::string, std::uint64_t>> counts_;
    /// A callback that outlives this object finds it expired.
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

} // namespace manager
