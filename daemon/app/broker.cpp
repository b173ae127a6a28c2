#include "app/broker.hpp"

#include "app/version.hpp"
#include "base/log.hpp"

#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <utility>

namespace app {
namespace {

manager::Config complete(manager::Config config, const StateDirectory& directory, bus::Scope scope)
{
    config.state_directory = directory.path();
    // Who serves one user runs as that user, and may do no more.
    if (scope == bus::Scope::User)
        config.store_roots.reset();
    config.has_evolution = SYNCD_HAS_EDS;
    return config;
}

} // namespace

base::Result<std::unique_ptr<Broker>> Broker::create(const Options& options, Configuration configuration)
{
    auto directory = StateDirectory::open(options.state_directory, options.scope);
    if (!directory)
        return tl::unexpected(directory.error());
    auto vault = manager::Vault::open(directory->path() / "syncd.key");
    if (!vault)
        return tl::unexpected(vault.error());
    auto profiles = storage::ProfileRepository::open(directory->path() / "profiles.db");
    if (!profiles)
        return tl::unexpected(profiles.error());
    auto connection = bus::Connection::open(options.scope);
    if (!connection)
        return tl::unexpected(connection.error());
    std::unique_ptr<Broker> broker(new Broker(options, std::move(configuration), std::move(*directory),
                                              std::move(*vault), std::move(*profiles), std::move(*connection)));
    if (const auto loaded = broker->manager_.load(); !loaded)
        return tl::unexpected(loaded.error());
    return broker;
}

Broker::Broker(const Options& options, Configuration configuration, StateDirectory directory, manager::Vault vault,
               std::unique_ptr<storage::ProfileRepository> profiles, std::unique_ptr<bus::Connection> connection)
    : directory_(std::move(directory)), vault_(std::move(vault)), profiles_(std::move(profiles)),
      timer_(loop_.get(), clock_), workers_(loop_.get(), options.worker),
      manager_(complete(std::move(configuration.manager), directory_, options.scope), *profiles_, vault_, clock_,
               timer_, workers_),
      connection_(std::move(connection)), stop_timeout_(configuration.stop_timeout_s),
      service_(*connection_, manager_, loop_.get(),
               {.scope = options.scope, .mode = configuration.authorization, .own_uid = ::geteuid()}, version)
{
    loop_.on_stop_request([this] { stop(); });
    connection_->on_disconnect([this] {
        if (!stopping_)
            outcome_ = base::fail(base::Errc::Failed, "the bus went away");
        stop();
    });
    connection_->attach(loop_.get());
}

base::Result<void> Broker::run()
{
    if (auto owned = connection_->acquire_name(); !owned)
        return owned;
    loop_.feed_watchdog();
    sd_notify(0, "READY=1");
    loop_.run();
    return outcome_;
}

void Broker::stop()
{
    if (std::exchange(stopping_, true))
        return;
    sd_notify(0, "STOPPING=1");
    connection_->release_name();
    manager_.shut_down(stop_timeout_, [this] { loop_.quit(); });
}

} // namespace app
