#pragma once

#include <syncd/enums.hpp>
#include <syncd/error.hpp>
#include <syncd/export.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace syncd {

/// What to call while a session goes on; each may be empty. Any number of on_progress,
/// then exactly one of the other three, then nothing more.
struct SyncProgressCallback {
    /// `total_per_service`, `synced_per_service`: items of this service in this direction,
    /// all kinds of change together. `synced` never falls and never exceeds `total`; `total` may grow.
    std::function<void(const std::string& profile_id, SyncServiceType service_type, bool is_from_server,
                       std::uint32_t total_per_service, std::uint32_t synced_per_service)>
        on_progress;
    /// Every service ended well. Client::statistics answers for this session already.
    std::function<void(const std::string& profile_id)> on_completed;
    /// Ended by Client::stop_sync or Client::remove, whoever called it.
    std::function<void(const std::string& profile_id)> on_stopped;
    /// At least one service failed. Also when the service went away (ErrorKind::NoService): then
    /// nobody can tell any more how the session ended; Client::history will, when the service is back.
    std::function<void(const std::string& profile_id, const Error& error)> on_failed;
};

/// One session that this client follows; made by Client::start_sync. Destroying it
/// drops its callbacks, not the session. It may outlive its Client, but hears nothing then.
class SYNCD_API Session {
public:
    /// Follows nothing: number 0.
    Session() noexcept;
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;
    ~Session();

    /// Unique for good on this machine.
    std::uint64_t number() const noexcept;
    const std::string& profile_id() const noexcept;
    /// Empty while the session goes on. Changes within Client::process and
    /// Client::run_until only, before the callback.
    std::optional<SyncOutcome> outcome() const noexcept;
    /// Why the outcome is Failed.
    const std::optional<Error>& error() const noexcept;

private:
    friend class Client;
    struct SYNCD_LOCAL State;
    SYNCD_LOCAL explicit Session(std::shared_ptr<State> state) noexcept;
    std::shared_ptr<State> state_;
};

} // namespace syncd
