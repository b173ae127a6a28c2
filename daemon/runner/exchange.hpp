#pragma once

#include "base/result.hpp"
#include "codec/codec.hpp"
#include "runner/ending.hpp"
#include "syncml/message.hpp"
#include "transport/transport.hpp"

#include <cstdint>
#include <string>

namespace runner {

/// What has gone over the line.
struct Traffic {
    std::uint64_t bytes_sent = 0; ///< bodies, without HTTP headers
    std::uint64_t bytes_received = 0;
    std::uint64_t round_trips = 0; ///< answered ones

    Traffic& operator+=(const Traffic& other);
};

/// Carries messages to the server and its answers back.
class Exchange {
public:
    /// `limits`: of the server's messages.
    Exchange(transport::Transport& transport, const Ending& ending, codec::Encoding encoding,
             const codec::Limits& limits);

    /// Errors: those of the transport and the codec; Stopped when the user and Timeout
    /// when the session's deadline cut it short.
    base::Result<syncml::Message> send(syncml::Message message, const std::string& url, transport::Repeat repeat);

    const Traffic& traffic() const { return traffic_; }
    /// Whether any answer could be read.
    bool was_answered() const { return was_answered_; }

private:
    transport::Transport& transport_;
    const Ending& ending_;
    codec::Encoding encoding_;
    codec::Limits limits_;
    bool was_answered_ = false;
    Traffic traffic_;
};

} // namespace runner
