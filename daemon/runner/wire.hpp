#pragma once

#include "base/error.hpp"
#include "channel/messages.hpp"
#include "codec/codec.hpp"
#include "runner/peer_rules.hpp"
#include "session/session.hpp"
#include "storage/sync_state.hpp"
#include "syncml/version.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// Which form and which version of SyncML a server is spoken to in (docs/decisions/0012-versions.md).
namespace runner {

struct Wire {
    codec::Encoding encoding = codec::Encoding::Xml;
    syncml::Version version = syncml::Version::V1_2;
    bool operator==(const Wire&) const = default;
};

/// What the end of a session says of its wire.
enum class Sign {
    None,        ///< nothing: another one would fare no better
    Unread,      ///< the first message got no answer in SyncML: perhaps it could not be read
    Senseless,   ///< it was read, and called senseless as a whole
    WrongVersion ///< the server says that it does not speak this version
};

/// How a session with an error ended, as far as it tells of the wire.
struct Failure {
    base::Errc code = base::Errc::Failed;
    session::Objection objection = session::Objection::None;
    bool was_answered = false; ///< by any message
    unsigned http_status = 0;  ///< of the last reply; 0: none came
    bool asks_to_wait = false; ///< and with Retry-After
};
Sign sign_of(const Failure& failure);

/// The wires that may be tried with one server, from the best to the last, each once.
class WireSearch {
public:
    /// Encodings and versions from the best to the last, at least one of each. `version_is_known`: the server speaks
    /// the first one; only its own word against that leads to another.
    WireSearch(std::vector<codec::Encoding> encodings, std::vector<syncml::Version> versions, bool version_is_known);

    Wire current() const { return {encodings_.at(encoding_), versions_.at(version_)}; }
    /// On to the next one after this sign; false: there is none.
    bool advance(Sign sign);
    /// Whether a doubtful sign led to the version of now.
    bool is_doubtful() const { return doubtful_; }

private:
    std::vector<codec::Encoding> encodings_;
    std::vector<syncml::Version> versions_;
    std::size_t encoding_ = 0;
    std::size_t version_ = 0;
    bool version_is_known_;
    bool doubtful_ = false;
};

/// What the profile leaves open, in the order in which it is to be tried, with what is known of such servers, and what
/// this one has been found to read and speak before.
WireSearch search_wires(const channel::Plan& plan, const storage::SyncState& state, const PeerRules& rules,
                        std::chrono::system_clock::time_point now);

/// Notes that the server has taken a session up in this wire. `doubtful`: the version was found by a doubtful sign,
/// which is believed the second time. The state has to be bound to its account.
void remember(storage::SyncState& state, const channel::Plan& plan, const Wire& wire, bool doubtful,
              std::chrono::system_clock::time_point now);

} // namespace runner
