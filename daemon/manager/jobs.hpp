#pragma once

#include "channel/messages.hpp"
#include "manager/profile.hpp"
#include "manager/transcript.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace manager {

/// A service that takes part in a session, and how.
struct WantedService {
    std::string service; ///< `CONTACT`
    std::string type;    ///< `TWO_WAY`
    bool operator==(const WantedService&) const = default;
};

/// What a session is to do.
struct Request {
    std::string trigger;                   ///< `user`, `timer`, `push`
    std::string type{};                    ///< of this session only; empty: the profile's
    std::vector<WantedService> services{}; ///< that a server's notification names; none: all that are enabled
    std::uint32_t session_id = 0;          ///< that the notification wants it to have; 0: any
    channel::Alerts alerts{};              ///< of the notification
    Transcript transcript{};               ///< until the worker has it
};

/// One session, from its acceptance to its end.
struct Job {
    std::uint64_t session = 0;
    std::string profile;
    Uid owner = 0;
    Request request;
    bool running = false;
    bool stopping = false;
    bool interrupted = false; ///< stopping because the service ends, not because somebody asked
    Time started{};
    std::uint64_t items_revision = 0;              ///< of the user's store when it began
    std::vector<std::function<void()>> afterwards; ///< to do when all of it is over
};

/// Which session runs when: one at a time for each user, `max_running` for all, and
/// among the users that wait turn by turn, so that nobody's many profiles keep
/// another user waiting.
class Jobs {
public:
    explicit Jobs(unsigned max_running) : max_running_(max_running) {}

    Job& add(Job job);
    Job* find(std::string_view profile);
    Job* find_session(std::uint64_t session);
    void remove(std::uint64_t session);
    bool empty() const { return jobs_.empty(); }

    /// The next one that may run now, not running and not stopping; null when none may.
    /// The caller begins it, or removes it.
    Job* next();
    /// Those that are to end before they ever ran.
    std::vector<std::uint64_t> stopped_in_queue() const;
    std::vector<std::uint64_t> sessions() const;

private:
    std::size_t running() const;
    bool is_busy(Uid owner) const;
    bool is_waiting(Uid owner) const;

    unsigned max_running_;
    std::list<Job> jobs_;   ///< in order of arrival
    std::deque<Uid> turns_; ///< users with waiting jobs, the next one first
};

} // namespace manager
