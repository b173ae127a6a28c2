#include "bus/polkit.hpp"

#include "base/log.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace bus {
namespace {

using namespace std::chrono_literals;

using Subject = sdbus::Struct<std::string, std::map<std::string, sdbus::Variant>>;
using Answer = sdbus::Struct<bool, bool, std::map<std::string, std::string>>;

constexpr std::uint32_t allow_user_interaction = 1;

/// Enough for a person to type a password; without one polkit answers from its rules.
constexpr auto patience = 20s, patience_with_user = 180s;

} // namespace

Polkit::Polkit(sdbus::IConnection& connection)
    : proxy_(sdbus::createProxy(connection, "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority"))
{
}

void Polkit::check(const std::string& sender, std::string_view action, bool may_ask_user,
                   std::function<void(Verdict)> decided)
{
    const Subject subject("system-bus-name", {{"name", sdbus::Variant(sender)}});
    proxy_->callMethodAsync("CheckAuthorization")
        .onInterface("org.freedesktop.PolicyKit1.Authority")
        .withTimeout(may_ask_user ? patience_with_user : patience)
        .withArguments(subject, std::string(action), std::map<std::string, std::string>{},
                       may_ask_user ? allow_user_interaction : 0, std::string())
        .uponReplyInvoke([may_ask_user, decided = std::move(decided)](const sdbus::Error* error, const Answer& answer) {
            if (error) {
                spdlog::warn("polkit does not answer, so nothing is granted: {}", error->getMessage());
                return decided(Verdict::Absent);
            }
            const bool is_authorized = std::get<0>(answer), is_challenge = std::get<1>(answer);
            // A challenge after the user could be asked: there is nobody to ask, or they said no.
            decided(is_authorized ? Verdict::Yes : is_challenge && !may_ask_user ? Verdict::AskUser : Verdict::No);
        });
}

} // namespace bus
