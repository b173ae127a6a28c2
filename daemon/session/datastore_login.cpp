#include "session/datastore_login.hpp"

#include <utility>

namespace session {
namespace {

// As for the server itself: more would run into the lock-out of some servers.
constexpr int max_attempts = 3;

} // namespace

// Servers that guard single databases are rare and then take basic.
DatastoreLogin::DatastoreLogin(const ServiceSetup& setup, bool may_send_basic, syncml::Version version)
    : may_send_basic_(may_send_basic), version_(version)
{
    if (setup.user)
        scheme_ = may_send_basic ? AuthScheme::Basic : AuthScheme::Md5;
}

std::optional<syncml::Credentials> DatastoreLogin::credentials(const ServiceSetup& setup) const
{
    if (scheme_ == AuthScheme::None || accepted_for_session_)
        return std::nullopt;
    return make_credentials(scheme_, *setup.user, setup.password, nonce_, version_);
}

void DatastoreLogin::on_accepted(const syncml::Status& status)
{
    accepted_for_session_ = accepted_for_session_ || status.code == syncml::StatusCode::AuthenticationAccepted;
    if (status.chal && !status.chal->next_nonce.empty())
        nonce_ = status.chal->next_nonce;
}

bool DatastoreLogin::on_challenge(const syncml::Status& status)
{
    const auto wanted = find_scheme(status.chal);
    if (scheme_ == AuthScheme::None || !status.chal || !wanted || attempts_ == max_attempts)
        return false;
    wants_basic_in_vain_ = wanted == AuthScheme::Basic && !may_send_basic_;
    if (wants_basic_in_vain_)
        return false;
    const auto used_scheme = std::exchange(scheme_, *wanted);
    const auto used_nonce = std::exchange(nonce_, status.chal->next_nonce);
    if (scheme_ == used_scheme && (scheme_ == AuthScheme::Basic || nonce_ == used_nonce))
        return false;
    ++attempts_;
    accepted_for_session_ = false;
    return true;
}

} // namespace session
