#pragma once

#include "worker/limits.hpp"
#include "worker/pool.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>

struct sd_event;

namespace worker {

class Process;
struct Outcome;

/// The Pool of real processes: one `syncd-session` per plan, on an sd-event loop. Nothing
/// here blocks, and no worker stays behind as a zombie or outlives the pool.
class ProcessPool final : public Pool {
public:
    /// Blocks SIGCHLD in the calling thread, as the loop needs to watch children.
    ProcessPool(sd_event* loop, std::filesystem::path program, Limits limits = {});
    /// Kills what still runs; nobody is called.
    ~ProcessPool() override;

    base::Result<void> start(channel::Plan plan, Handed transcript, OnEvent on_progress, OnEnd on_end) override;
    base::Result<void> read(channel::Reading reading, OnVerdict on_verdict) override;
    void stop(std::uint64_t session, std::chrono::milliseconds grace) override;
    void interrupt(std::uint64_t session, std::chrono::milliseconds grace) override;
    std::size_t running() const override;

private:
    using Processes = std::map<std::uint64_t, std::unique_ptr<Process>>;

    base::Result<void> launch(Processes& processes, std::uint64_t number, const channel::Order& order, int handed,
                              bool in_session, std::chrono::seconds timeout, std::function<void(const Outcome&)> on_end,
                              OnEvent on_progress);

    sd_event* loop_;
    std::filesystem::path program_;
    Limits limits_;
    Processes processes_; ///< by session
    Processes readings_;  ///< by numbers of our own
    std::uint64_t last_reading_ = 0;
};

} // namespace worker
