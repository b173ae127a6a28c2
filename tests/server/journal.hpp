#pragma once

#include "syncml/codes.hpp"
#include "syncml/message.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace testserver {

/// A rule of the protocol that a client broke.
struct Violation {
    std::string session;       ///< the client's SessionID
    syncml::MsgId message = 0; ///< the client's MsgID
    std::string rule;          ///< short and stable: `status-order`
    std::string text;          ///< what was wrong, for a person
};

/// What moved in one direction and was confirmed.
struct Tally {
    std::uint64_t added = 0, updated = 0, removed = 0, failed = 0;
};

struct DatastoreReport {
    syncml::AlertCode requested = syncml::AlertCode::TwoWay; ///< by the client
    syncml::AlertCode agreed = syncml::AlertCode::TwoWay;
    Tally from_client, to_client;
    std::uint64_t matched = 0;      ///< items of a slow sync that were here already
    std::uint64_t added_again = 0;  ///< Adds that had been taken already
    std::uint64_t sent_early = 0;   ///< Adds planned while the client was still sending
    std::uint64_t not_archived = 0; ///< Deletes that the client has answered by 210
    std::uint64_t conflicts = 0;
    std::uint64_t maps = 0;
    std::string filter; ///< that the client gave with its Alert
    bool resumed = false;
    Tally repeated;                ///< from the client: what had been answered before the sync broke off
    std::uint64_t kept_octets = 0; ///< of the client's large object, here before and not sent again
    std::uint64_t chunks_from_client = 0, chunks_to_client = 0;
    std::uint64_t too_large = 0; ///< items that do not fit into the client's messages, left out
    bool completed = false;      ///< anchors were stored
};

struct SessionReport {
    std::string device;
    std::string session; ///< the client's SessionID
    std::string user;
    std::string version;   ///< VerDTD
    std::string encoding;  ///< `xml`, `wbxml`
    std::string nonce;     ///< that the client gave us, base64
    unsigned messages = 0; ///< of the client
    std::uint64_t bytes_in = 0, bytes_out = 0;
    bool asked_devinf = false;            ///< the client asked for our device information
    std::optional<syncml::DevInf> devinf; ///< the client's, when it came
    bool completed = false;               ///< every package was exchanged
    bool suspended = false;               ///< by an Alert 224
    std::map<std::string, DatastoreReport> datastores;
};

/// What the server saw, for the control interface. Keeps the newest only.
class Journal {
public:
    void record(Violation violation)
    {
        violations_.push_back(std::move(violation));
        if (violations_.size() > limit)
            violations_.pop_front();
    }
    /// The report of a new session, filled in by the session as it goes on.
    std::shared_ptr<SessionReport> begin_session()
    {
        if (sessions_.size() == limit)
            sessions_.pop_front();
        return sessions_.emplace_back(std::make_shared<SessionReport>());
    }
    const std::deque<Violation>& violations() const { return violations_; }
    const std::deque<std::shared_ptr<SessionReport>>& sessions() const { return sessions_; }
    void clear_violations() { violations_.clear(); }
    void clear()
    {
        violations_.clear();
        sessions_.clear();
    }

private:
    static constexpr std::size_t limit = 1000;
    std::deque<Violation> violations_;
    std::deque<std::shared_ptr<SessionReport>> sessions_;
};

} // namespace testserver
