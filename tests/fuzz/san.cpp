// Server alerted notifications, which anybody can send. Every input is also read with the digest that it ought to have.
#include "notification/digest.hpp"
#include "notification/notification.hpp"
#include "target.hpp"

#include <string>

namespace {

using fuzz::require;
using namespace notification;

const base::Secret password("pushsecret");

tl::expected<Notification, Refusal> read_as(std::string_view octets, const std::optional<base::Secret>& secret,
                                            std::string* server = nullptr)
{
    return read(octets, [&](std::string_view id) {
        if (server != nullptr)
            *server = id;
        return std::optional(Credentials{secret, {"nonce"}});
    });
}

void check(std::string_view octets, const Notification& notification)
{
    require(notification.version >= 10 && notification.version <= 12, "the version is one of DS");
    std::size_t taken = notification.server_id.size();
    for (const auto& sync : notification.syncs) {
        const auto code = static_cast<int>(sync.code);
        require(code == 201 || (code >= 206 && code <= 210), "a server asks for what servers ask for");
        taken += sync.uri.size();
    }
    require(taken <= octets.size() * 3, "a notification holds what came"); // ISO-8859-1 may have become UTF-8
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto octets = fuzz::view(data, size);
    require(read(octets, [](std::string_view) { return std::nullopt; }).has_value() == false,
            "nothing is taken from a server that nobody knows");
    std::string server;
    const auto hint = read_as(octets, std::nullopt, &server);
    if (!hint) {
        require(!name(hint.error()).empty(), "a refusal has a name");
        require(!read_as(octets, password), "no secret makes a notification readable");
        return 0;
    }
    check(octets, *hint);
    require(!hint->authenticated && hint->server_id == server, "without a secret a notification is a hint");

    const auto proved = read_as(octets, password);
    require(!proved || proved->authenticated, "with a secret a notification proves itself or is refused");
    if (size < 16)
        return 0;
    const auto body = octets.substr(16);
    const auto digest = notification::digest(server, password, "nonce", body);
    const auto again = read_as(std::string(digest.reveal()) + std::string(body), password);
    require(!again || again->authenticated, "the right digest proves a notification");
    return 0;
}
