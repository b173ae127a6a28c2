#pragma once

#include "command.hpp"

#include <syncd/profile.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ctl {

/// The options of `profile add` and `profile update`: what is given changes the profile.
struct ProfileOptions {
    std::optional<std::string> url, user, password_file, mode, type, interval, ca_file, device_id, encoding,
        conflict_policy, protocol_version, slow_sync;
    std::optional<std::uint32_t> review_items, review_percent, keep_transcripts;
    std::optional<std::string> http_user, http_password_file, client_certificate, server_id, server_password_file;
    bool ask_password = false;
    bool allow_plain_credentials = false;
    bool refuse_plain_credentials = false;
    bool authenticate_server = false;
    bool trust_server = false;
    std::vector<std::string> services; ///< `contact=card`
    std::vector<std::string> enabled, disabled, removed;
    std::vector<std::string> service_users, filters, stores, service_password_files; ///< `contact=bob`

    /// `is_new`: for `profile add`, where there is nothing to enable or take away.
    void declare(Command& command, bool is_new);
};

/// Puts everything but passwords into the profile. Throws Failure (Usage) for what cannot be
/// meant; what is allowed is the service's to say.
void apply(const ProfileOptions& options, syncd::SyncProfileInfo& profile);

/// Gets the passwords that go with the user names given, from files or by asking, and the certificate.
void read_secrets(const ProfileOptions& options, syncd::SyncProfileInfo& profile);

/// Wipes the passwords and the certificate of a profile when it ends.
class SecretsWiped {
public:
    explicit SecretsWiped(syncd::SyncProfileInfo& profile) : profile_(profile) {}
    ~SecretsWiped();
    SecretsWiped(const SecretsWiped&) = delete;
    SecretsWiped& operator=(const SecretsWiped&) = delete;

private:
    syncd::SyncProfileInfo& profile_;
};

} // namespace ctl
