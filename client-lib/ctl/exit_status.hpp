#pragma once

#include <syncd/error.hpp>

#include <stdexcept>
#include <string>

namespace ctl {

/// What syncctl exits with; part of its interface (syncctl(1), EXIT STATUS).
enum class ExitStatus {
    Ok = 0,
    Failed = 1,
    Usage = 2,
    NotFound = 3,
    AccessDenied = 4,
    NoService = 5,
    SyncFailed = 6,
    SyncStopped = 7,
    Refused = 8,
    Interrupted = 130, ///< as shells count a program that SIGINT ended
};

/// For a failed call; how a session ended is decided by who waits for it.
ExitStatus exit_status(syncd::ErrorKind kind);

/// A failure found by syncctl itself. what() says what happened, `hint` what to do next.
struct Failure : std::runtime_error {
    Failure(ExitStatus exit_status, const std::string& message, std::string what_next = {})
        : std::runtime_error(message), status(exit_status), hint(std::move(what_next))
    {
    }
    ExitStatus status;
    std::string hint;
};

/// What a person can do about an error of the service; may be empty, as the service's own words
/// mostly tell.
std::string hint(syncd::ErrorKind kind, bool is_user_bus);

} // namespace ctl
