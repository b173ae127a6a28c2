#include "runner/wire.hpp"

#include "runner/device_info.hpp"
#include "runner/session_setup.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace runner {
namespace {

using codec::Encoding;
using syncml::Version;
using Time = std::chrono::system_clock::time_point;

constexpr std::string_view xml = "XML";
constexpr std::string_view wbxml = "WBXML";
constexpr std::string_view automatic = "AUTO";

constexpr auto memory_of_versions = std::chrono::days(30);

/// What servers answer to a message that they cannot read. Not: overload, a proxy without its server, and what is
/// about the address or the account.
bool may_be_unread(unsigned http_status)
{
    const bool passes = http_status == 502 || http_status == 503 || http_status == 504;
    return http_status == 400 || http_status == 406 || http_status == 415 || (http_status >= 500 && !passes);
}

std::int64_t seconds(Time time)
{
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

bool is_known(const channel::Plan& plan, const storage::SyncState& state)
{
    return state.identity() == account_identity(plan.url, plan.user);
}

std::vector<Encoding> encodings_of(const channel::Plan& plan, const storage::SyncState& state, const PeerRules& rules)
{
    if (plan.encoding != automatic)
        return {plan.encoding == wbxml ? Encoding::Wbxml : Encoding::Xml};
    if (rules.encoding)
        return {*rules.encoding == wbxml ? Encoding::Wbxml : Encoding::Xml};
    const auto found = is_known(plan, state) ? state.encoding() : std::string();
    if (found == xml)
        return {Encoding::Xml};
    if (found == wbxml)
        return {Encoding::Wbxml};
    return {Encoding::Wbxml, Encoding::Xml};
}

/// What is remembered of the server at this very URL.
std::optional<storage::SyncState::FoundVersion> find_version(const channel::Plan& plan, const storage::SyncState& state,
                                                             Time now)
{
    auto found = is_known(plan, state) ? state.found_version() : std::nullopt;
    if (!found || found->url != fingerprint(plan.url))
        return std::nullopt;
    const auto age = seconds(now) - found->since;
    // There is nothing above 1.2 that it might have learned meanwhile.
    const bool holds = syncml::find_version(found->version) == Version::V1_2 ||
                       (age >= 0 && age < std::chrono::seconds(memory_of_versions).count());
    return holds ? found : std::nullopt;
}

} // namespace

Sign sign_of(const Failure& failure)
{
    switch (failure.objection) {
    case session::Objection::Version: return Sign::WrongVersion;
    case session::Objection::Message: return Sign::Senseless;
    case session::Objection::None: break;
    }
    if (failure.was_answered)
        return Sign::None;
    if (failure.code == base::Errc::NotSyncML || failure.code == base::Errc::Malformed)
        return Sign::Unread;
    const bool unread = may_be_unread(failure.http_status) && !failure.asks_to_wait;
    return failure.code == base::Errc::HttpStatus && unread ? Sign::Unread : Sign::None;
}

WireSearch::WireSearch(std::vector<Encoding> encodings, std::vector<Version> versions, bool version_is_known)
    : encodings_(std::move(encodings)), versions_(std::move(versions)), version_is_known_(version_is_known)
{
}

bool WireSearch::advance(Sign sign)
{
    if (sign == Sign::None)
        return false;
    if (sign == Sign::Unread && encoding_ + 1 < encodings_.size()) {
        ++encoding_;
        return true;
    }
    if (version_ + 1 == versions_.size() || (version_is_known_ && sign != Sign::WrongVersion))
        return false;
    ++version_;
    version_is_known_ = false;
    doubtful_ = doubtful_ || sign != Sign::WrongVersion;
    if (sign != Sign::Unread) // an answer in SyncML: this encoding is read
        encodings_ = {encodings_[encoding_]};
    encoding_ = 0;
    return true;
}

WireSearch search_wires(const channel::Plan& plan, const storage::SyncState& state, const PeerRules& rules, Time now)
{
    auto encodings = encodings_of(plan, state, rules);
    if (plan.protocol_version != automatic)
        return {std::move(encodings), {syncml::find_version(plan.protocol_version).value_or(Version::V1_2)}, true};
    std::vector<Version> versions{Version::V1_2, Version::V1_1, Version::V1_0};
    const auto found = find_version(plan, state, now);
    const auto known = found && found->is_sure ? syncml::find_version(found->version) : std::nullopt;
    if (known) {
        std::erase(versions, *known);
        versions.insert(versions.begin(), *known);
    }
    return {std::move(encodings), std::move(versions), known.has_value()};
}

void remember(storage::SyncState& state, const channel::Plan& plan, const Wire& wire, bool doubtful, Time now)
{
    const auto encoding = wire.encoding == Encoding::Xml ? xml : wbxml;
    if (plan.encoding == automatic && state.encoding() != encoding)
        state.set_encoding(encoding);
    if (plan.protocol_version != automatic) {
        if (state.found_version())
            state.forget_version();
        return;
    }
    const auto before = find_version(plan, state, now);
    const bool is_same = before && before->version == syncml::dtd(wire.version);
    if (is_same && before->is_sure)
        return;
    state.set_found_version(
        {std::string(syncml::dtd(wire.version)), seconds(now), !doubtful || is_same, fingerprint(plan.url)});
}

} // namespace runner
