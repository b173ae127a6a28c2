#pragma once

#include "journal.hpp"

#include "codec/codec.hpp"
#include "syncml/message.hpp"

#include <string>
#include <string_view>

namespace testserver {

/// How a client's message came over HTTP.
struct Envelope {
    std::string content_type;
    codec::Encoding encoding = codec::Encoding::Xml; ///< of the document, and of the answer
    std::string document;                            ///< the body as received
    bool has_length = true;
    bool expects_continue = false;
};

/// Watches one client through one session and records every rule that it breaks. It
/// decides nothing: the session answers as well as it can.
class Referee {
public:
    Referee(Journal& journal, std::uint64_t max_msg_size) : journal_(journal), max_msg_size_(max_msg_size) {}

    /// What can be seen in a message by itself and from its place in the session.
    void check(const syncml::Message& message, const Envelope& envelope);
    /// The rules that depend on what the server has sent are the session's to see.
    void broke(std::string rule, std::string text);

    /// Our last message was refused for its credentials or is the first: the next one of
    /// the client begins without a Status for it. `alerts`: our message that asked for the session, which is answered
    /// instead; 0: there was none.
    void expect_fresh_start(syncml::MsgId alerts)
    {
        our_last_ = alerts;
        version_.clear();
        answered_ = true;
    }
    void on_reply(syncml::MsgId ours)
    {
        our_last_ = ours;
        answered_ = true;
    }

private:
    void check_envelope(const Envelope& envelope);
    void check_header(const syncml::Header& header);
    void check_version(const syncml::Header& header, const Envelope& envelope);
    void check_ids(const syncml::Message& message);
    void check_order(const syncml::Message& message);

    Journal& journal_;
    std::uint64_t max_msg_size_;
    std::string session_id_, device_, version_;
    syncml::MsgId message_ = 0; ///< the client's, being checked
    bool answered_ = false;
    syncml::MsgId our_last_ = 0; ///< 0: no Status for a header of ours is due
};

} // namespace testserver
