#include "session/authentication.hpp"

#include "base/base64.hpp"
#include "session/wording.hpp"
#include "syncml/credentials.hpp"

#include <fmt/format.h>

#include <utility>

namespace session {
namespace {

using base::Errc;
using base::fail;
using syncml::StatusCode;

// Message 1, the answer to the challenge in the same session, and once more in a
// session of its own. More would run into the lock-out of some servers.
constexpr int max_attempts = 3;

constexpr std::string_view basic_type = "syncml:auth-basic";
constexpr const char* md5_type = "syncml:auth-md5";

// Anything that is not base64 can only be the octets themselves.
std::string nonce_octets(const std::string& text)
{
    return base::decode_base64_leniently(text).value_or(text);
}

} // namespace

syncml::Meta md5_challenge(std::string nonce)
{
    syncml::Meta challenge;
    challenge.type = md5_type;
    challenge.format = "b64";
    challenge.next_nonce = std::move(nonce);
    return challenge;
}

syncml::Credentials make_credentials(AuthScheme scheme, std::string_view user, const base::Secret& password,
                                     const std::string& nonce, syncml::Version version)
{
    syncml::Credentials result;
    result.meta.format = "b64";
    if (scheme == AuthScheme::Basic) {
        result.meta.type = basic_type;
        result.data = syncml::basic_credentials(user, password);
    } else {
        result.meta.type = md5_type;
        result.data = syncml::md5_credentials(user, password, nonce_octets(nonce), version);
    }
    return result;
}

std::optional<AuthScheme> find_scheme(const std::optional<syncml::Meta>& challenge)
{
    if (!challenge || challenge->type == md5_type)
        return AuthScheme::Md5;
    return challenge->type == basic_type ? std::optional(AuthScheme::Basic) : std::nullopt;
}

Authentication::Authentication(AuthScheme first_scheme, bool may_send_basic, std::string user, base::Secret password,
                               std::string nonce, syncml::Version version)
    : user_(std::move(user)), password_(std::move(password)), version_(version), may_send_basic_(may_send_basic),
      scheme_(user_.empty() ? AuthScheme::None : first_scheme), nonce_(std::move(nonce))
{
}

base::Result<std::optional<syncml::Credentials>> Authentication::credentials() const
{
    if (accepted_for_session_ || scheme_ == AuthScheme::None)
        return std::nullopt;
    if (scheme_ == AuthScheme::Basic && !may_send_basic_)
        return fail(Errc::PlainCredentialsRefused,
                    "The password would travel readable for anyone on the way, because the address is not https. Use "
                    "an https address, or set AllowPlainCredentials in the profile.");
    return make_credentials(scheme_, user_, password_, nonce_, version_);
}

base::Result<Authentication::Next> Authentication::on_header_status(const syncml::Status& status)
{
    if (status.chal && status.chal->type == md5_type && !status.chal->next_nonce.empty())
        new_nonce_ = status.chal->next_nonce;
    const auto code = status.code;
    if (code == StatusCode::InvalidCredentials || code == StatusCode::MissingCredentials)
        return on_challenge(status);
    if (code == StatusCode::OptionalFeatureNotSupported || code == StatusCode::UnsupportedMediaType)
        return on_unsupported_scheme(status);
    if (code == StatusCode::PaymentNeeded || code == StatusCode::Forbidden)
        return fail(Errc::Authentication,
                    fmt::format("The server refuses this account ({}). Ask whoever runs the server.", words(code)));
    if (syncml::is_success(code)) {
        accepted_ = true;
        accepted_for_session_ = accepted_for_session_ || code == StatusCode::AuthenticationAccepted;
        // Accepted for this message only: the next one is signed with the nonce that came now.
        if (new_nonce_)
            nonce_ = *new_nonce_;
    }
    return Next::GoOn;
}

base::Result<Authentication::Next> Authentication::on_challenge(const syncml::Status& status)
{
    if (user_.empty())
        return fail(Errc::Authentication, "The server asks for a user name and password, and the profile has none. Set "
                                          "Id and Password in the profile.");
    if (accepted_)
        return fail(Errc::Authentication,
                    fmt::format("The server took back its acceptance of the credentials in the middle of the session "
                                "({}). Try again.",
                                words(status.code)));

    const auto used_scheme = scheme_;
    const auto used_nonce = std::exchange(nonce_, std::string());
    const auto wanted = find_scheme(status.chal);
    if (wanted == AuthScheme::Basic) {
        if (!may_send_basic_)
            return fail(Errc::PlainCredentialsRefused,
                        "The server accepts only credentials that travel readable for anyone on the way, because the "
                        "address is not https. Use an https address, or set AllowPlainCredentials in the profile.");
        scheme_ = AuthScheme::Basic;
    } else if (wanted) {
        // A challenge without nonce, or none at all, means the empty nonce.
        scheme_ = AuthScheme::Md5;
        nonce_ = status.chal ? status.chal->next_nonce : std::string();
    } else {
        return fail(Errc::Authentication,
                    fmt::format("The server asks for the authentication scheme \"{}\", which is not "
                                "supported. Ask the server's operator for basic or MD5.",
                                status.chal->type));
    }

    // Repeating in the session of the challenge is what RepPro asks for, but some servers
    // accept us only in a new session; so only the answer to a first message is final.
    const bool was_first_message = attempts_ != 2;
    const bool same = scheme_ == used_scheme && (scheme_ == AuthScheme::Basic || nonce_ == used_nonce);
    if (attempts_ == max_attempts || (was_first_message && same))
        return fail(Errc::Authentication,
                    fmt::format("The server refuses the user name or the password ({}). Correct Id and Password in the "
                                "profile.",
                                words(status.code)));
    return repeat();
}

base::Result<Authentication::Next> Authentication::on_unsupported_scheme(const syncml::Status& status)
{
    if (accepted_ || scheme_ != AuthScheme::Md5 || !may_send_basic_ || attempts_ == max_attempts)
        return fail(Errc::Authentication, fmt::format("The server supports none of the authentication schemes that the "
                                                      "profile allows ({}). Ask its operator.",
                                                      words(status.code)));
    scheme_ = AuthScheme::Basic;
    return repeat();
}

Authentication::Next Authentication::repeat()
{
    return ++attempts_ == max_attempts ? Next::RetryAfresh : Next::Retry;
}

bool Authentication::on_retry_lost()
{
    const bool is_retry = !accepted_ && attempts_ > 1 && attempts_ < max_attempts;
    return is_retry && repeat() == Next::RetryAfresh;
}

void Authentication::renew()
{
    attempts_ = 1;
    accepted_ = false;
    accepted_for_session_ = false;
}

std::optional<std::string> Authentication::take_new_nonce()
{
    return std::exchange(new_nonce_, std::nullopt);
}

} // namespace session
