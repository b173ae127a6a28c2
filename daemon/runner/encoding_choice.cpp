#include "runner/encoding_choice.hpp"

#include "runner/session_setup.hpp"

#include <string_view>

namespace runner {
namespace {

constexpr std::string_view xml = "XML";
constexpr std::string_view wbxml = "WBXML";

} // namespace

bool leaves_encoding_to_us(const channel::Plan& plan)
{
    return plan.encoding == "AUTO";
}

EncodingChoice choose_encoding(const channel::Plan& plan, const storage::SyncState& state, const PeerRules& rules)
{
    if (!leaves_encoding_to_us(plan))
        return {plan.encoding == wbxml ? codec::Encoding::Wbxml : codec::Encoding::Xml, false};
    if (rules.encoding)
        return {*rules.encoding == wbxml ? codec::Encoding::Wbxml : codec::Encoding::Xml, false};
    const bool known = state.identity() == account_identity(plan.url, plan.user);
    const auto found = known ? state.encoding() : std::string();
    if (found == xml)
        return {codec::Encoding::Xml, false};
    return {codec::Encoding::Wbxml, found != wbxml};
}

bool may_be_unread(const base::Error& error)
{
    return error.code == base::Errc::HttpStatus || error.code == base::Errc::NotSyncML ||
           error.code == base::Errc::Malformed;
}

void remember(storage::SyncState& state, codec::Encoding encoding)
{
    const auto word = encoding == codec::Encoding::Xml ? xml : wbxml;
    if (state.encoding() != word)
        state.set_encoding(word);
}

} // namespace runner
