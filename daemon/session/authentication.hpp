#pragma once

#include "base/result.hpp"
#include "session/session.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace session {

/// Gives the other side a nonce for its next credentials by MD5. `nonce`: base64.
syncml::Meta md5_challenge(std::string nonce);

/// Cred by Basic or MD5, whose digest depends on the version. `nonce`: base64, or octets that are none; for MD5.
syncml::Credentials make_credentials(AuthScheme scheme, std::string_view user, const base::Secret& password,
                                     const std::string& nonce, syncml::Version version);
/// The scheme that a challenge asks for; MD5 when it names none. Nothing: one that we do not know.
std::optional<AuthScheme> find_scheme(const std::optional<syncml::Meta>& challenge);

/// How we prove to the server who we are: what to put into the next header, and
/// what its answer to that header means.
class Authentication {
public:
    /// `nonce` as an earlier session left it, base64; empty: none.
    Authentication(AuthScheme first_scheme, bool may_send_basic, std::string user, base::Secret password,
                   std::string nonce, syncml::Version version);

    /// Cred for the next message. Nothing when there is no account, no challenge yet, or
    /// the server has accepted us for the whole session.
    /// Error: PlainCredentialsRefused.
    base::Result<std::optional<syncml::Credentials>> credentials() const;

    enum class Next {
        GoOn,       ///< accepted, or a Status that is not about authentication
        Retry,      ///< the same package again, as the next message of this session
        RetryAfresh ///< the same package again, as the first message of a new session
    };
    /// The server's Status for our header. Errors: Authentication, PlainCredentialsRefused.
    base::Result<Next> on_header_status(const syncml::Status& status);

    /// Our answer to a challenge was not taken where it went: whether to give it once more, in a new session.
    bool on_retry_lost();

    /// A session anew, with what the server has said so far.
    void renew();

    /// The newest nonce, once after each arrival; valid also when this session fails.
    std::optional<std::string> take_new_nonce();

private:
    base::Result<Next> on_challenge(const syncml::Status& status);
    base::Result<Next> on_unsupported_scheme(const syncml::Status& status);
    Next repeat();

    std::string user_;
    base::Secret password_;
    syncml::Version version_;
    bool may_send_basic_;
    AuthScheme scheme_;
    std::string nonce_; ///< base64; of the next digest
    std::optional<std::string> new_nonce_;
    int attempts_ = 1;
    bool accepted_ = false;             ///< at least one message of this session
    bool accepted_for_session_ = false; ///< 212
};

} // namespace session
