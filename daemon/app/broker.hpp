#pragma once

#include "app/configuration.hpp"
#include "app/loop.hpp"
#include "app/options.hpp"
#include "app/state_directory.hpp"
#include "base/result.hpp"
#include "bus/connection.hpp"
#include "bus/service.hpp"
#include "manager/manager.hpp"
#include "manager/vault.hpp"
#include "schedule/loop_timer.hpp"
#include "storage/profile_repository.hpp"
#include "worker/process_pool.hpp"

#include <chrono>
#include <memory>

namespace app {

/// The root of the program: everything it consists of, in the order in which it may
/// come into being and must go.
class Broker {
public:
    /// Ready to serve, but the name on the bus is not taken yet.
    static base::Result<std::unique_ptr<Broker>> create(const Options& options, Configuration configuration);

    /// Takes the name and serves until a signal asks to stop; then lets running
    /// sessions end, and kills those that do not.
    base::Result<void> run();

private:
    Broker(const Options& options, Configuration configuration, StateDirectory directory, manager::Vault vault,
           std::unique_ptr<storage::ProfileRepository> profiles, std::unique_ptr<bus::Connection> connection);
    void stop();

    StateDirectory directory_;
    Loop loop_;
    manager::Vault vault_;
    std::unique_ptr<storage::ProfileRepository> profiles_;
    schedule::SystemClock clock_;
    schedule::LoopTimer timer_;
    worker::ProcessPool workers_;
    manager::Manager manager_;
    std::unique_ptr<bus::Connection> connection_;
    std::chrono::seconds stop_timeout_;
    bus::Service service_;
    bool stopping_ = false;
    base::Result<void> outcome_;
};

} // namespace app
