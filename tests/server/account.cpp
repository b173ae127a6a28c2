#include "account.hpp"

#include <glib.h>
#include <sodium.h>

#include <array>
#include <memory>

namespace testserver {

namespace {

using GText = std::unique_ptr<char, decltype(&g_free)>;

std::string encode_base64(std::string_view bytes)
{
    const GText text(g_base64_encode(reinterpret_cast<const guchar*>(bytes.data()), bytes.size()), g_free);
    return text.get();
}

std::string decode_base64(std::string_view text)
{
    gsize size = 0;
    const std::string terminated(text);
    const GText bytes(reinterpret_cast<char*>(g_base64_decode(terminated.c_str(), &size)), g_free);
    return {bytes.get(), size};
}

std::string md5(std::string_view bytes)
{
    const std::unique_ptr<GChecksum, decltype(&g_checksum_free)> sum(g_checksum_new(G_CHECKSUM_MD5), g_checksum_free);
    g_checksum_update(sum.get(), reinterpret_cast<const guchar*>(bytes.data()), static_cast<gssize>(bytes.size()));
    std::array<guint8, 16> digest{};
    gsize size = digest.size();
    g_checksum_get_digest(sum.get(), digest.data(), &size);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

syncml::Meta challenge(const Options& options, Store& store, const std::string& device)
{
    syncml::Meta chal;
    chal.format = "b64";
    if (options.auth == AuthPolicy::Basic) {
        chal.type = "syncml:auth-basic";
        return chal;
    }
    chal.type = "syncml:auth-md5";
    chal.next_nonce = new_nonce();
    store.set_nonce(device, chal.next_nonce);
    return chal;
}

bool matches(const syncml::Header& header, syncml::Version version, const syncml::Credentials& cred,
             const std::string& nonce, const Options& options, std::string& user)
{
    const auto data = cred.data.reveal();
    if (cred.meta.type == "syncml:auth-basic" && options.auth != AuthPolicy::Md5) {
        const auto plain = decode_base64(data);
        const auto colon = plain.find(':');
        if (colon == std::string::npos)
            return false;
        user = plain.substr(0, colon);
        const auto account = options.users.find(user);
        return account != options.users.end() && account->second == plain.substr(colon + 1);
    }
    if (cred.meta.type == "syncml:auth-md5" && options.auth != AuthPolicy::Basic) {
        // Without a nonce of ours a digest proves nothing: whoever saw it once could send it again.
        user = header.source.name;
        const auto account = options.users.find(user);
        return !nonce.empty() && account != options.users.end() &&
               data == md5_credentials(user, account->second, nonce, version);
    }
    return false;
}

} // namespace

std::string md5_credentials(std::string_view user, std::string_view password, std::string_view nonce,
                            syncml::Version version)
{
    if (version == syncml::Version::V1_0)
        return encode_base64(md5(std::string(user) + ':' + std::string(password) + ':' + decode_base64(nonce)));
    const auto secret = encode_base64(md5(std::string(user) + ':' + std::string(password)));
    return encode_base64(md5(secret + ':' + decode_base64(nonce)));
}

std::string new_nonce()
{
    std::array<char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return encode_base64({bytes.data(), bytes.size()});
}

Verdict refuse_credentials(const syncml::Header& header, const Options& options, Store& store)
{
    const auto code = header.cred ? syncml::StatusCode::InvalidCredentials : syncml::StatusCode::MissingCredentials;
    return {code, challenge(options, store, header.source.uri), {}};
}

Verdict check_credentials(const syncml::Header& header, syncml::Version version, const Options& options, Store& store)
{
    if (options.auth == AuthPolicy::None)
        return {};
    const auto nonce = store.take_nonce(header.source.uri);
    Verdict verdict;
    if (!header.cred || !matches(header, version, *header.cred, nonce, options, verdict.user))
        return refuse_credentials(header, options, store);
    verdict.code = options.auth_each_message ? syncml::StatusCode::Ok : syncml::StatusCode::AuthenticationAccepted;
    if (options.auth != AuthPolicy::Basic)
        verdict.chal = challenge(options, store, header.source.uri);
    return verdict;
}

} // namespace testserver
