#pragma once

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

/// A profile as it is stored. Words of enumerations are the D-Bus strings; the
/// manager checks them, the repository does not.
struct ProfileRow {
    std::string id;
    std::uint32_t owner = 0; ///< uid
    std::string name;
    std::string url;
    std::string mode, type, interval;
    std::string sealed_credentials; ///< one sealed box with id and password
    bool allow_plain_credentials = false;
    std::string ca_file;
    std::string settings;      ///< JSON of the rest, for keys added later
    std::int64_t last_end = 0; ///< µs since 1970, end of the last session; 0: never
    std::int64_t next_due = 0; ///< µs since 1970; 0: none
    /// µs since 1970, until when the server asked to be left alone; 0: it did not.
    std::int64_t not_before = 0;
    bool credentials_refused = false; ///< by the server, and they are the same still
    std::string held; ///< what the server asks for and somebody has to agree to, in words; empty: nothing
    struct Service {
        std::string type;
        std::string uri;
        bool enabled = true;
        std::string sealed_credentials; ///< empty: the profile's are used
        bool operator==(const Service&) const = default;
    };
    std::vector<Service> services; ///< in the order given
    bool operator==(const ProfileRow&) const = default;
};

/// profiles.db. Written by the broker alone. Each writing call is one durable
/// transaction; failures are thrown and change nothing.
class ProfileRepository {
public:
    static base::Result<std::unique_ptr<ProfileRepository>> open(const std::filesystem::path& file);
    ~ProfileRepository();

    std::vector<ProfileRow> load_all() const; ///< in order of creation
    void insert(const ProfileRow& row);       ///< an id that is there already is a failure
    void update(const ProfileRow& row);       ///< all of it, services included; keeps its place
    void remove(std::string_view id);
    /// `last_end`, `next_due`, `not_before`, `credentials_refused` and `held` of the row, and nothing else.
    void update_schedule(const ProfileRow& row);
    /// Remembers that the profile's server has used this id of a session, as one of the newest `keep`. False: it is
    /// remembered already.
    bool remember_notification(std::string_view id, std::string_view session, std::size_t keep = 64);
    /// A session that was accepted and has not ended, as far as is known here.
    struct AcceptedSession {
        std::uint64_t number = 0;
        std::string profile;
        std::string trigger;
        std::int64_t time = 0; ///< µs since 1970
        bool operator==(const AcceptedSession&) const = default;
    };
    /// Gives it a number that was never given before, also across restarts. Of one profile the newest 20 are kept.
    std::uint64_t accept_session(std::string_view profile, std::string_view trigger, std::int64_t time);
    /// The same for what is no session of a server's: nothing else is remembered of it.
    std::uint64_t take_session_number();
    void forget_session(std::uint64_t number);
    std::vector<AcceptedSession> accepted_sessions() const; ///< oldest first

private:
    class Impl;
    explicit ProfileRepository(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace storage
