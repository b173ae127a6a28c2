#pragma once

#include "worker/limits.hpp"
#include "worker/pool.hpp"

#include <filesystem>
#include <map>

struct sd_event;

namespace worker {

class Process;

/// The Pool of real processes: one `syncd-session` per plan, on an sd-event loop. Nothing
/// here blocks, and no worker stays behind as a zombie or outlives the pool.
class ProcessPool final : public Pool {
public:
    /// Blocks SIGCHLD in the calling thread, as the loop needs to watch children.
    ProcessPool(sd_event* loop, std::filesystem::path program, Limits limits = {});
    /// Kills what still runs; nobody is called.
    ~ProcessPool() override;

    base::Result<void> start(channel::Plan plan, OnEvent on_progress, OnEnd on_end) override;
    void stop(std::uint64_t session, std::chrono::milliseconds grace) override;
    void interrupt(std::uint64_t session, std::chrono::milliseconds grace) override;
    std::size_t running() const override;

private:
    sd_event* loop_;
    std::filesystem::path program_;
    Limits limits_;
    std::map<std::uint64_t, std::unique_ptr<Process>> processes_; ///< by session
};

} // namespace worker
