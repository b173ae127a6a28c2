#include "client_impl.hpp"

#include "org.syncd1.Manager.proxy.hpp"

#include <utility>

namespace syncd {

/// Hands the signals of org.syncd1.Manager to Impl.
class Client::Impl::Signals final : public sdbus::ProxyInterfaces<org::syncd1::Manager_proxy> {
public:
    explicit Signals(Impl& impl) : ProxyInterfaces(impl.connection.bus(), service_name, manager_path), impl_(impl)
    {
        registerProxy();
    }
    ~Signals() { unregisterProxy(); }

private:
    void onProgress(const std::string& profile_id, const std::uint64_t& session, const std::string& service_type,
                    const bool& is_from_server, const std::uint32_t& total_per_service,
                    const std::uint32_t& synced_per_service) override
    {
        handle([&] {
            impl_.progress(profile_id, session, from_string<SyncServiceType>(service_type), is_from_server,
                           total_per_service, synced_per_service);
        });
    }
    void onCompleted(const std::string& profile_id, const std::uint64_t& session) override
    {
        handle([&] { impl_.end(profile_id, session, SyncOutcome::Completed, {}); });
    }
    void onStopped(const std::string& profile_id, const std::uint64_t& session) override
    {
        handle([&] { impl_.end(profile_id, session, SyncOutcome::Stopped, {}); });
    }
    void onFailed(const std::string& profile_id, const std::uint64_t& session, const std::string& error_name,
                  const std::string& message) override
    {
        handle([&] { impl_.end(profile_id, session, SyncOutcome::Failed, Error(error_name, message)); });
    }
    void onProfileAdded(const std::string& profile_id) override
    {
        tell_watcher(&SyncWatcher::on_profile_added, profile_id);
    }
    void onProfileChanged(const std::string& profile_id) override
    {
        tell_watcher(&SyncWatcher::on_profile_changed, profile_id);
    }
    void onProfileRemoved(const std::string& profile_id) override
    {
        tell_watcher(&SyncWatcher::on_profile_removed, profile_id);
    }

    void tell_watcher(std::function<void(const std::string&)> SyncWatcher::*callback, const std::string& profile_id)
    {
        handle([&] {
            const auto watcher = impl_.watcher_;
            if (*watcher.*callback)
                (*watcher.*callback)(profile_id);
        });
    }
    void handle(const std::function<void()>& handler) { impl_.connection.handle_signal(getProxy(), handler); }

    Impl& impl_;
};

Client::Impl::Impl(const ClientOptions& options)
    : connection(options, [this](const std::string& owner, const Error& error) { service_gone(owner, error); }),
      watcher_(std::make_shared<SyncWatcher>()),
      signals_(Connection::translate([&] { return std::make_unique<Signals>(*this); }))
{
}

Client::Impl::~Impl() = default;

Session Client::Impl::follow(const std::string& profile_id, Started started, SyncProgressCallback callback)
{
    std::erase_if(sessions_, [](const auto& session) { return session.expired(); });
    auto state = std::make_shared<Session::State>(Session::State{
        .profile_id = profile_id,
        .number = started.number,
        .owner = std::move(started.owner),
        .callback = std::move(callback),
        .outcome = {},
        .error = {},
    });
    sessions_.push_back(state);
    return Session(std::move(state));
}

void Client::Impl::watch(SyncWatcher watcher)
{
    auto shared = std::make_shared<SyncWatcher>(std::move(watcher));
    connection.subscribe();
    watcher_ = std::move(shared);
}

std::vector<std::shared_ptr<Session::State>> Client::Impl::live_sessions()
{
    std::vector<std::shared_ptr<Session::State>> live;
    for (const auto& session : sessions_)
        if (auto state = session.lock(); state && !state->outcome)
            live.push_back(std::move(state));
    return live;
}

void Client::Impl::progress(const std::string& profile_id, std::uint64_t session, SyncServiceType service,
                            bool is_from_server, std::uint32_t total, std::uint32_t synced)
{
    const auto tell = [&](const SyncProgressCallback& callback) {
        if (callback.on_progress)
            connection.guard([&] { callback.on_progress(profile_id, service, is_from_server, total, synced); });
    };
    for (const auto& state : live_sessions())
        if (state->number == session)
            tell(state->callback);
    tell(std::shared_ptr(watcher_)->session);
}

void Client::Impl::end(const std::string& profile_id, std::uint64_t session, SyncOutcome outcome,
                       std::optional<Error> error)
{
    for (const auto& state : live_sessions())
        if (state->number == session)
            connection.guard([&] { end(*state, outcome, error); });
    const auto watcher = watcher_;
    connection.guard([&] { call(watcher->session, profile_id, outcome, error); });
}

void Client::Impl::end(Session::State& session, SyncOutcome outcome, const std::optional<Error>& error)
{
    session.outcome = outcome;
    session.error = error;
    call(session.callback, session.profile_id, outcome, error);
}

void Client::Impl::service_gone(const std::string& owner, const Error& error)
{
    const Error unknown_end(error.name(), std::string(error.what()) + "; how the sync ended is not known");
    for (const auto& state : live_sessions())
        if (owner.empty() || state->owner == owner)
            connection.guard([&] { end(*state, SyncOutcome::Failed, unknown_end); });
    const auto watcher = watcher_;
    if (watcher->on_service_gone)
        connection.guard(watcher->on_service_gone);
}

} // namespace syncd
