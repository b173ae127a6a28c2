#pragma once

#include <catch2/catch.hpp>

#include <syncd/client.hpp>

#include <poll.h>

#include <optional>
#include <stdexcept>

inline const syncd::ClientOptions user_bus{.bus = syncd::Bus::User};

inline bool is_ready(const syncd::Client& client, int timeout_ms)
{
    pollfd readable{.fd = client.fd(), .events = POLLIN, .revents = 0};
    return poll(&readable, 1, timeout_ms) == 1;
}

/// Runs the client's events until `done`.
template <class Condition>
void process_until(syncd::Client& client, Condition done)
{
    while (!done()) {
        REQUIRE(is_ready(client, 20'000));
        client.process();
    }
}

/// The Error that `function` throws.
template <class Function>
syncd::Error error_of(Function function)
{
    try {
        function();
    } catch (const syncd::Error& error) {
        return error;
    }
    throw std::logic_error("no error was thrown");
}
