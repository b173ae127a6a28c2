#pragma once

#include "base/result.hpp"
#include "codec/codec.hpp"
#include "runner/ending.hpp"
#include "syncml/message.hpp"
#include "transcript/recorder.hpp"
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
    /// `limits`: of the server's messages. `transcript`: what is exchanged is written down there; may be null.
    Exchange(transport::Transport& transport, const Ending& ending, codec::Encoding encoding,
             const codec::Limits& limits, transcript::Recorder* transcript = nullptr);

    /// Errors: those of the transport and the codec; Stopped when the user and Timeout
    /// when the session's deadline cut it short.
    base::Result<syncml::Message> send(syncml::Message message, const std::string& url, transport::Repeat repeat);

    const Traffic& traffic() const { return traffic_; }
    /// Whether any answer could be read.
    bool was_answered() const { return was_answered_; }

private:
    base::Result<syncml::Message> read(const transport::Reply& reply, const std::string& url);

    transport::Transport& transport_;
    const Ending& ending_;
    codec::Encoding encoding_;
    codec::Limits limits_;
    transcript::Recorder* transcript_;
    bool was_answered_ = false;
    Traffic traffic_;
};

} // namespace runner
