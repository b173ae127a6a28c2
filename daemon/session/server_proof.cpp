#include "session/server_proof.hpp"

#include "base/base64.hpp"
#include "session/authentication.hpp"
#include "syncml/credentials.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace session {
namespace {

using syncml::StatusCode;

// As often as we may try with the server: the challenge, and once more.
constexpr int max_refusals = 3;

/// Octets behind base64, whatever form the base64 has; WBXML may hold them as they are.
base::Secret octets_of(const syncml::Credentials& cred)
{
    const auto shown = cred.data.reveal();
    if (cred.meta.format == "bin")
        return cred.data;
    auto decoded = base::decode_base64_leniently(shown);
    return decoded ? base::Secret::consume(*decoded) : cred.data;
}

} // namespace

base::Result<void> ServerProof::judge(const syncml::Header& header)
{
    if (header.cred && is_right(*header.cred)) {
        proved_ = true;
        status_ = StatusCode::AuthenticationAccepted;
        return {};
    }
    status_ = header.cred ? StatusCode::InvalidCredentials : StatusCode::MissingCredentials;
    if (++refusals_ < max_refusals)
        return {};
    return base::fail(
        base::Errc::Authentication,
        header.cred
            ? fmt::format(
                  "The server could not prove that it is \"{}\": its credentials are wrong. Nothing was "
                  "exchanged. Check ServerId and ServerPassword of the profile, and whether the address is right.",
                  setup_.server_id)
            : std::string(
                  "The server does not prove who it is, though AuthenticateServer is set in the profile. Nothing "
                  "was exchanged. Few servers can; ask its operator, or switch AuthenticateServer off."));
}

std::optional<syncml::Meta> ServerProof::challenge() const
{
    return is_due() ? std::optional(md5_challenge(setup_.server_challenge)) : std::nullopt;
}

bool ServerProof::is_right(const syncml::Credentials& cred) const
{
    const auto shown = octets_of(cred);
    const auto is = [&](AuthScheme scheme, const std::string& nonce) {
        const auto right = make_credentials(scheme, setup_.server_id, setup_.server_password, nonce, setup_.version);
        return shown == octets_of(right);
    };
    const auto scheme = find_scheme(cred.meta);
    if (scheme == AuthScheme::Basic)
        return is(AuthScheme::Basic, {});
    // A digest without a nonce of ours proves nothing: whoever saw it once could send it again.
    if (scheme != AuthScheme::Md5)
        return false;
    return is(AuthScheme::Md5, setup_.server_challenge) ||
           std::any_of(setup_.server_nonces.begin(), setup_.server_nonces.end(),
                       [&](const std::string& nonce) { return is(AuthScheme::Md5, nonce); });
}

} // namespace session
