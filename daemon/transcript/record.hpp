#pragma once

#include "base/error.hpp"
#include "syncml/message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What a transcript tells of a session, in the order in which it happened.
///
/// A transcript is an XML document that is written while the session runs. Each record begins with a tag at the start
/// of a line, and nothing else does: the messages within are indented, and their texts hold no `<`. So one that was
/// broken off can be read up to its last whole record.
namespace transcript {

inline constexpr unsigned format_version = 1;

/// Stands for a secret.
inline constexpr const char* mask = "(masked)";

/// The first record.
struct Opening {
    unsigned version = format_version;
    std::string program{}; ///< `syncd 0.1.0`
    std::string profile{}; ///< its name
    std::uint64_t session = 0;
    bool holds_items = false; ///< else their size and SHA-256 stand for them
    std::string time{};       ///< of every record: ISO 8601, UTC
    bool operator==(const Opening&) const = default;
};

/// What is known and wanted of one service, before the first message.
struct ServiceRecord {
    std::string name{};        ///< `CONTACT`
    std::string local_uri{};   ///< our database
    std::string database{};    ///< the server's
    std::string asked{};       ///< `TWO_WAY`
    std::string interrupted{}; ///< the sync that broke off and is to go on, as a word; empty: none
    std::string last{};        ///< our anchor of the last completed sync; empty: there is none
    std::string server_last{}; ///< the server's
    bool operator==(const ServiceRecord&) const = default;
};

/// A session begins; once more when the server is tried in another way.
struct Attempt {
    std::string time{};
    std::string server{};   ///< address
    std::string encoding{}; ///< `XML`, `WBXML`
    std::string syncml{};   ///< `1.2`, `1.1`, `1.0`
    std::string device{};
    std::uint64_t message_limit = 0; ///< ours
    std::uint64_t object_limit = 0;
    bool knows_server = false; ///< its device information is from an earlier session; then
    bool server_takes_chunks = false;
    bool server_wants_counts = false;
    std::vector<ServiceRecord> services{};
    bool operator==(const Attempt&) const = default;
};

/// A message, as it was before it was written or after it was read.
struct Exchanged {
    bool sent = false; ///< by us
    std::string time{};
    std::string address{};                    ///< where to; of an answer where from
    std::string encoding{};                   ///< `XML`, `WBXML`
    std::uint64_t octets = 0;                 ///< on the wire
    std::optional<syncml::Message> message{}; ///< nothing: left out, since the transcript is full
    bool operator==(const Exchanged&) const = default;
};

/// An answer that was no message.
struct Unread {
    std::string time{};
    std::string address{};
    std::uint64_t octets = 0;
    std::string sha256{};
    std::string why{};
    bool operator==(const Unread&) const = default;
};

/// A message that got no answer.
struct Unanswered {
    std::string time{};
    std::string error{}; ///< name on D-Bus
    std::string why{};
    bool operator==(const Unanswered&) const = default;
};

/// Something out of the ordinary, in words: why a slow sync takes place, say.
struct Note {
    std::string text{};
    bool operator==(const Note&) const = default;
};

/// The last record.
struct Ending {
    std::string time{};
    std::string outcome{}; ///< `completed`, `stopped`, `failed`
    std::string error{};   ///< name on D-Bus
    std::string message{};
    bool operator==(const Ending&) const = default;
};

using Record = std::variant<Opening, Attempt, Exchanged, Unread, Unanswered, Note, Ending>;

} // namespace transcript
