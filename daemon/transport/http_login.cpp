#include "transport/http_login.hpp"

#include "base/base64.hpp"
#include "transport/glib.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <random>
#include <utility>

namespace transport {

namespace {

bool equal(std::string_view a, std::string_view lower)
{
    return a.size() == lower.size() && g_ascii_strncasecmp(a.data(), lower.data(), lower.size()) == 0;
}

/// The hash that a Digest challenge wants; nothing for one that is not known here.
std::optional<GChecksumType> hash_of(const Challenge& challenge)
{
    const auto algorithm = challenge.parameter("algorithm");
    if (algorithm.empty() || equal(algorithm, "md5") || equal(algorithm, "md5-sess"))
        return G_CHECKSUM_MD5;
    if (equal(algorithm, "sha-256") || equal(algorithm, "sha-256-sess"))
        return G_CHECKSUM_SHA256;
    return std::nullopt;
}

bool is_per_session(const Challenge& challenge)
{
    const auto algorithm = challenge.parameter("algorithm");
    return algorithm.size() > 5 && equal(algorithm.substr(algorithm.size() - 5), "-sess");
}

/// Whether `auth` is among the qualities of protection that are offered.
bool offers_auth(std::string_view qualities)
{
    while (!qualities.empty()) {
        const auto end = std::min(qualities.find_first_of(", \t"), qualities.size());
        if (equal(qualities.substr(0, end), "auth"))
            return true;
        qualities.remove_prefix(std::min(end + 1, qualities.size()));
    }
    return false;
}

/// 0: not known here.
int strength(const Challenge& challenge)
{
    if (challenge.scheme == "basic")
        return 1;
    const auto quality = challenge.parameter("qop");
    const auto hash = hash_of(challenge);
    if (challenge.scheme != "digest" || !hash || challenge.parameter("nonce").empty() ||
        (!quality.empty() && !offers_auth(quality)))
        return 0;
    return *hash == G_CHECKSUM_SHA256 ? 3 : 2;
}

/// The hash, in hexadecimal, of the parts with colons between them.
std::string hash(GChecksumType type, std::initializer_list<std::string_view> parts)
{
    const std::unique_ptr<GChecksum, decltype(&g_checksum_free)> checksum(g_checksum_new(type), g_checksum_free);
    const auto add = [&](std::string_view text) {
        g_checksum_update(checksum.get(), reinterpret_cast<const guchar*>(text.data()),
                          static_cast<gssize>(text.size()));
    };
    for (const auto* part = parts.begin(); part != parts.end(); ++part) {
        if (part != parts.begin())
            add(":");
        add(*part);
    }
    return g_checksum_get_string(checksum.get());
}

std::string quoted(std::string_view text)
{
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            result += '\\';
        result += c;
    }
    return result + '"';
}

std::string random_word()
{
    std::random_device source;
    return fmt::format("{:08x}{:08x}{:08x}{:08x}", source(), source(), source(), source());
}

} // namespace

HttpLogin::HttpLogin(std::string user, base::Secret password) : user_(std::move(user)), password_(std::move(password))
{
}

HttpLogin::Next HttpLogin::on_challenge(std::string_view header, bool plain)
{
    const auto challenges = parse_challenges(header);
    const Challenge* best = nullptr;
    bool only_plain = false;
    for (const auto& challenge : challenges) {
        if (challenge.scheme == "basic" && !plain)
            only_plain = true;
        else if (strength(challenge) > (best == nullptr ? 0 : strength(*best)))
            best = &challenge;
    }
    if (best == nullptr)
        return only_plain ? Next::PlainOnly : Next::NoneKnown;
    // Digest's nonces grow old, and the server then asks anew; Basic says the same again.
    if (tried_ || (challenge_ && challenge_->scheme == "basic" && best->scheme == "basic"))
        return Next::Wrong;
    tried_ = true;
    challenge_ = *best;
    count_ = 0;
    return Next::Again;
}

std::string HttpLogin::authorization(std::string_view method, std::string_view uri)
{
    if (!challenge_)
        return {};
    if (challenge_->scheme == "digest")
        return digest(method, uri);
    auto pair = base::Secret::of_size(user_.size() + 1 + password_.size());
    auto to = std::ranges::copy(user_, pair.writable().begin()).out;
    *to++ = ':';
    std::ranges::copy(password_.reveal(), to);
    return "Basic " + std::string(base::encode_base64(pair).reveal());
}

std::string HttpLogin::digest(std::string_view method, std::string_view uri)
{
    const auto& challenge = *challenge_;
    const auto type = *hash_of(challenge);
    const auto realm = challenge.parameter("realm"), nonce = challenge.parameter("nonce");
    const auto own = random_word();
    const auto count = fmt::format("{:08x}", ++count_);
    const bool quality = !challenge.parameter("qop").empty();

    auto who = hash(type, {user_, realm, password_.reveal()});
    if (is_per_session(challenge))
        who = hash(type, {who, nonce, own});
    const auto what = hash(type, {method, uri});
    const auto response = quality ? hash(type, {who, nonce, count, own, "auth", what}) : hash(type, {who, nonce, what});

    auto value = fmt::format("Digest username={}, realm={}, nonce={}, uri={}, response=\"{}\"", quoted(user_),
                             quoted(realm), quoted(nonce), quoted(uri), response);
    if (const auto algorithm = challenge.parameter("algorithm"); !algorithm.empty())
        value += fmt::format(", algorithm={}", algorithm);
    if (const auto found = challenge.parameters.find("opaque"); found != challenge.parameters.end())
        value += ", opaque=" + quoted(found->second);
    if (quality)
        value += fmt::format(", qop=auth, nc={}, cnonce=\"{}\"", count, own);
    else if (is_per_session(challenge))
        value += fmt::format(", cnonce=\"{}\"", own);
    return value;
}

} // namespace transport
