#pragma once

#include "session/authentication.hpp"

#include <optional>

namespace session {

/// How we prove to one database of the server who we are, where it guards itself (OMA DS 1.2 protocol, authentication
/// of the datastore layer). Nothing is known of its nonces beforehand.
class DatastoreLogin {
public:
    /// `setup` lends user and password; without a user there is nothing to prove.
    DatastoreLogin(const ServiceSetup& setup, bool may_send_basic, syncml::Version version);

    /// Cred for the next command that opens the database, unless it has accepted us for the whole session.
    std::optional<syncml::Credentials> credentials(const ServiceSetup& setup) const;

    /// The database took such a command.
    void on_accepted(const syncml::Status& status);
    /// It answered 401 or 407: whether it is worth another try. Not without a challenge, nor with what was just
    /// refused, nor more often than the server itself would be asked.
    bool on_challenge(const syncml::Status& status);
    /// It wants what may not be sent in the open.
    bool wants_basic_in_vain() const { return wants_basic_in_vain_; }

    /// A session anew.
    void renew() { accepted_for_session_ = false; }

private:
    AuthScheme scheme_ = AuthScheme::None;
    bool may_send_basic_;
    syncml::Version version_;
    std::string nonce_; ///< as in a challenge
    int attempts_ = 1;
    bool accepted_for_session_ = false;
    bool wants_basic_in_vain_ = false;
};

} // namespace session
