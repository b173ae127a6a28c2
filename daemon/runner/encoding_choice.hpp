#pragma once

#include "base/error.hpp"
#include "channel/messages.hpp"
#include "codec/codec.hpp"
#include "runner/peer_rules.hpp"
#include "storage/sync_state.hpp"

namespace runner {

/// How the messages of a session are written.
struct EncodingChoice {
    codec::Encoding encoding = codec::Encoding::Xml;
    bool is_trial = false; ///< it is not known whether the server reads it; if not, XML is next
};

bool leaves_encoding_to_us(const channel::Plan& plan);

/// As the profile says, or, when it leaves that to us, as is known of such servers, as this one has been found
/// to read, or WBXML as a trial.
EncodingChoice choose_encoding(const channel::Plan& plan, const storage::SyncState& state, const PeerRules& rules);

/// Whether a first message that ended so may not have been readable to the server. Some answer 415, some
/// any HTTP error, some a page for people.
bool may_be_unread(const base::Error& error);

/// Notes that the server reads it. The state has to be bound to its account.
void remember(storage::SyncState& state, codec::Encoding encoding);

} // namespace runner
