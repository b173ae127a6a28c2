#pragma once

#include "session/session.hpp"

#include <memory>

namespace session {

/// The client's side of one OMA DS session, as a state machine.
///
/// The engine never looks at a clock, a socket or a file. Its driver calls
/// `start` once, carries out the effects it answers in their order, and, when
/// the last of them is a question, feeds the answer to `step`, until Finished.
/// Engines fed equal events answer equal effects; replaying a recorded session
/// depends on it.
class Engine {
public:
    explicit Engine(Setup setup);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    std::vector<Effect> start();
    std::vector<Effect> step(Event event);

    /// The user wants the session to end. Takes effect at the next step: what came with the server's last message is
    /// still dealt with, no further item is asked for or read; when items may have moved already the
    /// server is told (Alert 224, from SyncML 1.2 on) so that a later session can go on from there, and whatever it
    /// answers is the last word. Services not complete end with Errc::Stopped. Safe to call at any time between steps.
    void stop();

    bool finished() const;
    /// In the order of Setup::services.
    const std::vector<ServiceStatistics>& statistics() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace session
