#pragma once

#include "syncml/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace testserver {

/// One way to misbehave. Most strike an answer after the message was processed, as a
/// broken network or a failing server would; those marked *unprocessed* strike before.
enum class Misbehaviour {
    Http500,           ///< unprocessed: HTTP error with a page
    Http404,           ///< unprocessed
    Http400,           ///< unprocessed
    Http503,           ///< unprocessed
    Html,              ///< unprocessed: 200 with a login page
    Empty,             ///< unprocessed: 200 without a body
    TruncatedXml,      ///< the answer cut in the middle
    HugeReply,         ///< unprocessed: 200 MiB of SyncML
    BillionLaughs,     ///< the answer with nested entities
    ExternalEntity,    ///< the answer with a file as entity
    BogusStatus,       ///< a Status for a command that was never sent
    NeverFinal,        ///< no Final at the end of a package
    Hang,              ///< unprocessed: never answers
    DropBefore,        ///< unprocessed: the connection closes
    DropAfter,         ///< the connection closes
    RefuseCredentials, ///< 401 to right credentials
    NoDatabase,        ///< 404 to every sync Alert
    RefreshRequired,   ///< 508 to every sync Alert
    WrongLast,         ///< a Last anchor of another time
    WrongSession,      ///< another SessionID
    OtherVersion,      ///< in a version of SyncML that nobody knows
    MissingStatus,     ///< no Status for the last command
    OutOfOrder,        ///< the Statuses in reverse, the header's last
    Redirect,          ///< unprocessed: 307 to /moved, which serves as /sync does
    RedirectToHttp,    ///< unprocessed: 307 to http://
    WrongMsgRef,       ///< the Statuses refer to a message that never was
    DoubleStatus,      ///< each Status twice
    NoHeaderStatus,    ///< none for the header
    Backwards,         ///< all commands in reverse
    RepeatedReply,     ///< the answer to the message before, once more
    OtherRespUri,      ///< another RespURI, and the old one is gone
    Code,              ///< this Status for this command; a failure is not carried out
    Suspend,           ///< Alert 224, and the session is over
    RefuseWbxml,       ///< unprocessed: 415 to a message in WBXML
    Moved,             ///< 301 for the header, and a path that works
    MovedAway,         ///< 301 for the header, and another host
    Busy,              ///< 101 and nothing else; the answer is kept until Alert 221 asks for it
    // With our large objects. The message is that of the client which a chunk answers.
    LargeWrongSize,   ///< Size is not what comes
    LargeNoSize,      ///< no Size
    LargeOtherItem,   ///< a later chunk names another item
    LargeInterleaved, ///< a Delete before a later chunk
    LargeUnfinished,  ///< nothing follows a chunk, the session goes on
    LargeGoesOn,      ///< the next chunk follows, although the client has refused one
    // With the client's.
    LargeRefused,  ///< 413 to a chunk
    LargeMismatch, ///< 424 to a last chunk
    LargeLost,     ///< Alert 223 after a chunk
    LargeSwallowed ///< 200 to a chunk, and nothing is kept of it
};

/// `http-500`, `drop-after`, …
std::string_view name(Misbehaviour misbehaviour);
std::optional<Misbehaviour> find_misbehaviour(std::string_view name);
std::vector<std::string_view> misbehaviours();

struct Fault {
    Misbehaviour kind = Misbehaviour::Http500;
    syncml::MsgId message = 0; ///< only at the client's message of this number; 0: at any
    unsigned times = 1;        ///< 0: always
    int code = 0;              ///< Code: of this Status
    std::string command;       ///< Code: for this command, `SyncHdr` for the header

    /// `NAME[@MESSAGE][*]` or `CODE:COMMAND[@MESSAGE][*]`: once, or always with the star.
    static std::optional<Fault> parse(std::string_view text);
};

/// The faults that are armed.
class Faults {
public:
    void arm(const Fault& fault) { armed_.push_back(fault); }
    void clear() { armed_.clear(); }
    /// True when this misbehaviour is due at this message; uses it up.
    bool strike(Misbehaviour kind, syncml::MsgId message);
    /// The Status that this command must have.
    std::optional<syncml::StatusCode> strike_code(std::string_view command, syncml::MsgId message);
    const std::vector<Fault>& armed() const { return armed_; }

private:
    template <class Due>
    std::optional<Fault> take(Due due, syncml::MsgId message);

    std::vector<Fault> armed_;
};

/// Carries out the faults that garble an answer before it is encoded.
void garble(syncml::Message& reply, Faults& faults, syncml::MsgId message);
/// Those that garble the document.
std::string garble(std::string document, Faults& faults, syncml::MsgId message);

} // namespace testserver
