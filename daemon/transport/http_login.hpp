#pragma once

#include "base/secret.hpp"
#include "transport/challenge.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace transport {

/// Logs in to a web server by Basic (RFC 7617) or Digest (RFC 7616: MD5 and SHA-256, `auth`),
/// which has nothing to do with the credentials inside the messages.
class HttpLogin {
public:
    HttpLogin(std::string user, base::Secret password);

    /// Another message goes; it may be challenged once.
    void begin() { tried_ = false; }

    enum class Next {
        Again,     ///< the request may go once more, with `authorization`
        Wrong,     ///< it had gone with what was asked for: user or password is wrong
        PlainOnly, ///< only Basic is offered, and it may not travel here
        NoneKnown, ///< no way is offered that is known here
    };

    /// Takes up the answer 401 with its WWW-Authenticate header. `plain`: Basic may travel here.
    Next on_challenge(std::string_view header, bool plain);

    /// The value of Authorization for a request; empty as long as nobody asked for one.
    /// `uri`: path and query.
    std::string authorization(std::string_view method, std::string_view uri);

private:
    std::string digest(std::string_view method, std::string_view uri);

    std::string user_;
    base::Secret password_;
    std::optional<Challenge> challenge_; ///< the one taken up
    unsigned count_ = 0;                 ///< of the answers to it
    bool tried_ = false;                 ///< with this message
};

} // namespace transport
