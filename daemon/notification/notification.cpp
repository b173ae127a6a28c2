#include "notification/notification.hpp"

#include "base/base64.hpp"
#include "codec/codec.hpp"
#include "notification/alert_message.hpp"
#include "notification/digest.hpp"
#include "notification/san.hpp"
#include "syncml/credentials.hpp"

#include <algorithm>
#include <utility>

namespace notification {

namespace {

using Reading = tl::expected<Notification, Refusal>;

/// A digest as base64: in WBXML some write its 16 octets as they are.
base::Secret as_base64(const base::Secret& digest)
{
    return digest.size() == 16 ? base::encode_base64(digest) : digest;
}

/// The sender proves itself if `is_proof` holds for a nonce; `is_signed`: there is something that should.
template <class IsProof>
Reading authenticated(Notification notification, const FindCredentials& find_credentials, bool is_signed,
                      IsProof is_proof)
{
    const auto credentials = find_credentials(notification.server_id);
    if (!credentials)
        return tl::unexpected(Refusal::UnknownServer);
    if (!credentials->password)
        return notification;
    if (!is_signed)
        return tl::unexpected(Refusal::Unsigned);
    const auto proves = [&](std::string_view nonce) { return is_proof(*credentials->password, nonce); };
    const auto& nonces = credentials->nonces;
    if (!std::any_of(nonces.begin(), nonces.end(), proves) && !proves({}))
        return tl::unexpected(Refusal::WrongDigest);
    notification.authenticated = true;
    return notification;
}

Reading read_message(const syncml::Message& message, const FindCredentials& find_credentials)
{
    auto notification = read_alerts(message);
    if (!notification)
        return notification;
    const auto& cred = message.header.cred;
    const auto version = syncml::find_version(message.header.ver_dtd).value_or(syncml::Version::V1_2);
    const auto is_proof = [&](const base::Secret& password, std::string_view nonce) {
        const auto& server = message.header.source.uri;
        if (cred->meta.type == "syncml:auth-md5")
            return as_base64(cred->data) == syncml::md5_credentials(server, password, nonce, version);
        return cred->meta.type == "syncml:auth-basic" && cred->data == syncml::basic_credentials(server, password);
    };
    return authenticated(std::move(*notification), find_credentials, cred.has_value(), is_proof);
}

Reading read_san(std::string_view octets, const FindCredentials& find_credentials)
{
    if (octets.size() < digest_octets)
        return tl::unexpected(Refusal::Broken);
    const auto body = octets.substr(digest_octets);
    const auto shown = octets.substr(0, digest_octets);
    auto notification = parse_san(body);
    if (!notification)
        return notification;
    const bool is_signed = shown.find_first_not_of('\0') != std::string_view::npos;
    const auto server = notification->server_id;
    const auto is_proof = [&](const base::Secret& password, std::string_view nonce) {
        return digest(server, password, nonce, body) == base::Secret(shown);
    };
    return authenticated(std::move(*notification), find_credentials, is_signed, is_proof);
}

} // namespace

std::string_view name(Refusal refusal)
{
    switch (refusal) {
    case Refusal::TooLarge: return "TooLarge";
    case Refusal::Broken: return "Broken";
    case Refusal::Version: return "Version";
    case Refusal::UnknownServer: return "UnknownServer";
    case Refusal::Unsigned: return "Unsigned";
    case Refusal::WrongDigest: return "WrongDigest";
    case Refusal::NothingToSync: return "NothingToSync";
    }
    return {};
}

tl::expected<Notification, Refusal> read(std::string_view octets, const FindCredentials& find_credentials)
{
    if (octets.size() > max_octets)
        return tl::unexpected(Refusal::TooLarge);
    // The other form begins with a digest, which can begin like a message but never be one.
    const codec::Limits limits{.max_bytes = max_octets, .max_depth = 16, .max_elements = 500, .max_room = 256 * 1024};
    if (const auto encoding = codec::find_encoding(octets))
        if (const auto message = codec::decode(octets, *encoding, limits))
            return read_message(*message, find_credentials);
    return read_san(octets, find_credentials);
}

} // namespace notification
