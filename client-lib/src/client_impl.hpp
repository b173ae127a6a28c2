#pragma once

#include "connection.hpp"
#include "session.hpp"

#include <syncd/client.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace syncd {

/// The connection, and who follows what happens on it.
class Client::Impl {
public:
    explicit Impl(const ClientOptions& options);
    ~Impl();

    /// What StartSync answered: the session, and the service that carries it out.
    struct Started {
        std::uint64_t number = 0;
        std::string owner;
    };
    Session follow(const std::string& profile_id, Started started, SyncProgressCallback callback);
    void watch(SyncWatcher watcher);

    Connection connection;

private:
    class Signals;

    void progress(const std::string& profile_id, std::uint64_t session, SyncServiceType service, bool is_from_server,
                  std::uint32_t total, std::uint32_t synced);
    void end(const std::string& profile_id, std::uint64_t session, SyncOutcome outcome, std::optional<Error> error);
    void service_gone(const std::string& owner, const Error& error);
    static void end(Session::State& session, SyncOutcome outcome, const std::optional<Error>& error);
    /// Those that are followed and have not ended.
    std::vector<std::shared_ptr<Session::State>> live_sessions();

    std::vector<std::weak_ptr<Session::State>> sessions_;
    std::shared_ptr<const SyncWatcher> watcher_; ///< a callback may replace it
    std::unique_ptr<Signals> signals_;
};

} // namespace syncd
