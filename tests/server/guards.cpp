#include "guards.hpp"

#include <glib.h>

#include <memory>
#include <utility>

namespace testserver {

using syncml::StatusCode;

namespace {

std::string encode_base64(const std::string& text)
{
    const std::unique_ptr<char, decltype(&g_free)> encoded(
        g_base64_encode(reinterpret_cast<const guchar*>(text.data()), text.size()), g_free);
    return encoded.get();
}

} // namespace

Verdict Guards::check(const std::optional<syncml::Credentials>& cred, const std::string& datastore,
                      syncml::Version version)
{
    const auto guard = options_.guards.find(datastore);
    auto& door = doors_[datastore];
    if (guard == options_.guards.end() || door.open)
        return {};
    const auto colon = guard->second.find(':');
    const auto nonce = std::exchange(door.nonce, {});
    const auto* type = options_.guards_by_md5 ? "syncml:auth-md5" : "syncml:auth-basic";
    const auto right = options_.guards_by_md5 ? md5_credentials(guard->second.substr(0, colon),
                                                                guard->second.substr(colon + 1), nonce, version)
                                              : encode_base64(guard->second);
    const bool known = !options_.guards_by_md5 || !nonce.empty();
    door.refused = !(known && cred && cred->meta.type == type && cred->data.reveal() == right);
    door.open = !door.refused && !options_.auth_each_message;

    Verdict verdict;
    if (door.refused)
        verdict.code = cred ? StatusCode::InvalidCredentials : StatusCode::MissingCredentials;
    else if (door.open)
        verdict.code = StatusCode::AuthenticationAccepted;
    if (door.open)
        return verdict;
    verdict.chal.emplace().type = type;
    verdict.chal->format = "b64";
    if (options_.guards_by_md5)
        verdict.chal->next_nonce = door.nonce = new_nonce();
    return verdict;
}

bool Guards::awaits(const std::string& datastore) const
{
    const auto door = doors_.find(datastore);
    return door != doors_.end() && door->second.refused;
}

} // namespace testserver
