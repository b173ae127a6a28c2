#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace transport {

struct Options {
    std::string user_agent;
    std::string ca_file;                               ///< PEM; empty: the system's roots
    std::chrono::milliseconds connect_timeout{30'000}; ///< name, connection and TLS handshake
    std::chrono::milliseconds reply_timeout{120'000};  ///< the whole post, redirects included
    std::size_t max_reply_bytes = 0;                   ///< 0: no limit

    // What the server of this URL alone is shown, of the same host and port and never with less encryption.
    std::string server;
    std::string http_user; ///< for HTTP authentication; empty: none
    base::Secret http_password;
    bool allow_plain_credentials = false; ///< HTTP's Basic may travel over http
    base::Secret client_certificate;      ///< PEM with the key; empty: none
};

struct Reply {
    std::string body;
    std::string content_type; ///< lower case, without parameters
    std::string url{};        ///< that answered: after redirects another one than was asked
};

/// Whether a message may reach the server twice. Most servers answer one that they have seen as they did before (same
/// MsgID), but not all, and those carry it out again.
enum class Repeat { Never, Freely };

/// The HTTP binding of one session: POST a message, get the answer. Keeps one
/// connection alive between messages, and the server's cookies. Certificates are
/// always verified; there is no switch against that. Proxies, with their users and
/// passwords, come from the environment (`https_proxy` …). Blocking; not thread safe.
class Transport {
public:
    virtual ~Transport() = default;

    /// Posts `body` and returns the reply of status 200. Follows 307/308 (and
    /// 301/302 with the same POST) only to the same or a safer scheme; a session
    /// that began with https stays there.
    ///
    /// A server that answers 401 is told the HTTP user and password, once.
    ///
    /// When the connection is lost before a reply has begun, what may be repeated is sent again, octet by octet, on a
    /// new connection, twice at most.
    ///
    /// Errors: HostNotFound, Unreachable, Tls (certificates, handshake, or a way out of https), Timeout,
    /// HttpStatus, Authentication (the HTTP user or password is wrong), PlainCredentialsRefused, NotSyncML (an empty
    /// body, a text/html page or no HTTP at all), ReplyTooLarge (after decompression, too), Protocol (no such URL can
    /// be), Stopped (`interrupt`). The message names the host and says what to do.
    virtual base::Result<Reply> post(const std::string& url, std::string_view media_type, std::string_view body,
                                     Repeat repeat) = 0;

    /// The HTTP status of the reply that came last; 0: none has come to the last `post`.
    virtual unsigned http_status() const = 0;

    /// How long the server wants to be left alone, by the reply that came last, if that says so (Retry-After).
    virtual std::optional<std::chrono::seconds> retry_after() const = 0;

    /// Async-signal-safe: makes a running and every later `post` end with Stopped.
    virtual void interrupt() noexcept = 0;
};

/// A URL's host, and its port when that is not the scheme's, for messages to people; a text that
/// is no such URL, as it is.
std::string address(const std::string& url);

/// The URL that a reference (RFC 3986 §4.1) stands for in a reply of `url`; the reference itself when it has a scheme
/// of its own, or makes no web address.
std::string resolve(const std::string& reference, const std::string& url);

std::unique_ptr<Transport> create_http_transport(const Options& options);

} // namespace transport
