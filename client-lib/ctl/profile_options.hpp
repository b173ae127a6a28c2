#pragma once

#include "command.hpp"

#include <syncd/profile.hpp>

#include <optional>
#include <string>
#include <vector>

namespace ctl {

/// The options of `profile add` and `profile update`: what is given changes the profile.
struct ProfileOptions {
    std::optional<std::string> url, user, password_file, mode, type, interval, ca_file, device_id;
    bool ask_password = false;
    bool allow_plain_credentials = false;
    bool refuse_plain_credentials = false;
    std::vector<std::string> services; ///< `contact=card`
    std::vector<std::string> enabled, disabled, removed;
    std::vector<std::string> service_users, service_password_files; ///< `contact=bob`

    /// `is_new`: for `profile add`, where there is nothing to enable or take away.
    void declare(Command& command, bool is_new);
};

/// Puts everything but passwords into the profile. Throws Failure (Usage) for what cannot be
/// meant; what is allowed is the service's to say.
void apply(const ProfileOptions& options, syncd::SyncProfileInfo& profile);

/// Gets the passwords that go with the user names given, from files or by asking.
void read_passwords(const ProfileOptions& options, syncd::SyncProfileInfo& profile);

/// Wipes the passwords of a profile when it ends.
class PasswordsWiped {
public:
    explicit PasswordsWiped(syncd::SyncProfileInfo& profile) : profile_(profile) {}
    ~PasswordsWiped();
    PasswordsWiped(const PasswordsWiped&) = delete;
    PasswordsWiped& operator=(const PasswordsWiped&) = delete;

private:
    syncd::SyncProfileInfo& profile_;
};

} // namespace ctl
