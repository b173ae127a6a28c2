#pragma once

#include <syncd/descriptor.hpp>

#include <sdbus-c++/IConnection.h>

namespace syncd {

/// One descriptor for foreign loops. sd-bus wants three things watched, and two of them change with every
/// call: its socket, for reading or also for writing, and a moment at which to be
/// called again. This folds them into one that is readable when there is work.
class Readiness {
public:
    Readiness();
    int fd() const noexcept { return epoll_.get(); }
    /// After everything that may have changed what the connection waits for.
    void update(const sdbus::IConnection::PollData& wanted);

private:
    Descriptor epoll_;
    Descriptor timer_;
    int socket_ = -1;
};

} // namespace syncd
