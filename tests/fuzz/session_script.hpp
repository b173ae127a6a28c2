#pragma once

#include "session/session.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace fuzz {

/// One session as a text of single characters: what the device has, and then what the server and the world do, message
/// by message. Nearly every text is a session, one that gets past the checks of headers and references, so that chance
/// finds the states behind them. session_script.md says what the characters mean.
class SessionScript {
public:
    explicit SessionScript(std::string_view text);

    const session::Setup& setup() const { return setup_; }
    /// The local changes of each service.
    const std::vector<std::vector<session::Change>>& changes() const { return changes_; }
    /// What the datastore cannot do, for each service: letters of the script.
    const std::vector<std::string>& failures() const { return failures_; }
    bool speaks_wbxml() const { return wbxml_; }

    /// What comes instead of an answer to a message.
    struct Turn {
        syncml::Message message;
        bool breaks = false; ///< the network does; there is no message
        bool stops = false;  ///< the user stops the session before the engine sees it
    };
    /// The next turn, in answer to `sent`. When the text is over the server is polite and no more, and soon the network
    /// breaks, unless the text says that it holds for ever.
    Turn answer(const syncml::Message& sent);
    bool is_over() const { return text_.empty(); }

private:
    class Reply;

    void read_setup();
    void add_service(session::SyncType type);
    bool read_service(char letter);
    bool read_change(char letter);
    char next();

    std::string_view text_;
    session::Setup setup_;
    std::vector<std::vector<session::Change>> changes_;
    std::vector<std::string> failures_;
    bool wbxml_ = false;
    // When the text is over.
    bool tail_is_patient_ = false; ///< the network holds
    bool tail_is_endless_ = false; ///< no package of the server ends
    int tail_ = 0;                 ///< messages so far
    syncml::MsgId message_ = 0;
};

} // namespace fuzz
