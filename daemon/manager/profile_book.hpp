#pragma once

#include "manager/profile.hpp"
#include "storage/profile_repository.hpp"
#include "storage/sync_state.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace manager {

/// A profile as the manager holds it: what is stored, and what becomes of it now.
struct Profile {
    storage::ProfileRow row;
    JobState state = JobState::Idle;
    Time due{};                ///< when the schedule starts it; the epoch: not, or it is under way
    unsigned failures = 0;     ///< automatic sessions in a row that failed
    Time asked{};              ///< by its server, while a session runs: when the next one is due; the epoch: it did not
    Time last_push{};          ///< when its server's notification began a session
    std::uint64_t running = 0; ///< the session its worker carries out; 0: none
    /// How its last session ended, as seen here: counts where the worker could not write it down.
    std::optional<storage::SessionRecord> last_end;
    /// Those that waited or ran when the service was killed; what their workers wrote down counts instead.
    std::vector<storage::SessionRecord> lost;
};

ProfileView view(const Profile& profile);

/// Who may see and change somebody's profiles does not see the more of their items: only the owner, and root.
inline bool may_see_items(Caller caller, const Profile& profile)
{
    return caller.uid == profile.row.owner || caller.uid == 0;
}

/// All profiles, in memory and, through its repository, on disk. What could not be
/// written is thrown and has changed nothing.
class ProfileBook {
public:
    explicit ProfileBook(storage::ProfileRepository& repository) : repository_(repository) {}

    void load();
    /// Null when there is none that the caller may see, also for a malformed id.
    Profile* find(Caller caller, std::string_view id);
    const Profile* find(Caller caller, std::string_view id) const;
    Profile* find(std::string_view id);
    std::vector<const Profile*> of(Uid owner) const;
    void each(const std::function<void(Profile&)>& visit);

    Profile& insert(storage::ProfileRow row);
    void update(Profile& profile, storage::ProfileRow row);
    void remove(std::string_view id);
    /// Stores what the row says of the schedule. It holds in memory even when it could not be written.
    void store_schedule(const Profile& profile);
    /// False when the profile's server has used this id of a session before.
    bool remember_notification(const Profile& profile, std::string_view session);
    /// The number of a session that waits from now on; stored, so that one which never begins leaves a trace.
    std::uint64_t accept_session(const Profile& profile, std::string_view trigger, Time now);
    /// A number that no session had or will have.
    std::uint64_t take_session_number() { return repository_.take_session_number(); }
    /// Its end is known and told.
    void session_ended(std::uint64_t number);

private:
    storage::ProfileRepository& repository_;
    std::map<std::string, Profile, std::less<>> profiles_;
};

inline std::int64_t to_stored(Time time)
{
    return time.time_since_epoch().count();
}
inline Time from_stored(std::int64_t time)
{
    return Time(std::chrono::microseconds(time));
}

} // namespace manager
