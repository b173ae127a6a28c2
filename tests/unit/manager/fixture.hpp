#pragma once

#include "fakes.hpp"
#include "temporary_directory.hpp"

#include "manager/manager.hpp"
#include "manager/vault.hpp"
#include "storage/profile_repository.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

using Words = std::vector<std::string>;

constexpr manager::Caller anna{1000, false};
constexpr manager::Caller bert{1001, false};
constexpr manager::Caller root{0, true};

/// What passes for a client certificate before anybody uses it.
inline const std::string certificate_pem = "-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n"
                                           "-----BEGIN PRIVATE KEY-----\nQg==\n-----END PRIVATE KEY-----\n";

/// A profile that is fine as it is.
inline manager::ProfileInput profile(std::string name = "home")
{
    manager::ProfileInput input;
    input.name = std::move(name);
    input.url = "https://sync.example.org/ds";
    input.user = "anna";
    input.password = base::Secret("hunter2");
    input.mode = "MANUAL";
    input.services.push_back({"CONTACT", "card", true, std::nullopt, std::nullopt});
    input.services.push_back({"EVENT", "cal", true, std::nullopt, std::nullopt});
    return input;
}

inline manager::ProfileInput periodic(std::string interval, std::string name = "home")
{
    auto input = profile(std::move(name));
    input.mode = "PERIODIC";
    input.interval = std::move(interval);
    return input;
}

/// The same profile as Update gets it when nothing secret is given.
inline manager::ProfileInput without_secrets(manager::ProfileInput input)
{
    input.user.reset();
    input.password.reset();
    input.http_user.reset();
    input.http_password.reset();
    input.client_certificate.reset();
    input.server_password.reset();
    for (auto& service : input.services) {
        service.user.reset();
        service.password.reset();
    }
    return input;
}

/// The manager with everything around it faked but storage.
struct Fixture {
    explicit Fixture(manager::Config the_config = {}) : config(std::move(the_config))
    {
        config.state_directory = directory / "state";
        std::filesystem::create_directory(config.state_directory);
        boot();
    }

    /// As after a start of the daemon, also one that follows kill -9.
    void boot()
    {
        manager.reset();
        timer = {};
        pool = {};
        recorder = {};
        vault = std::make_unique<manager::Vault>(manager::Vault::open(directory / key).value());
        repository = storage::ProfileRepository::open(config.state_directory / "profiles.db").value();
        manager = std::make_unique<manager::Manager>(config, *repository, *vault, clock, timer, pool);
        manager->set_observer(&recorder);
        REQUIRE(manager->load());
        for (const auto& view : manager->get_all(anna.uid))
            recorder.names[view.id] = view.name;
    }

    std::string add(const manager::ProfileInput& input, manager::Caller caller = anna)
    {
        const auto id = manager->add(caller, input);
        INFO((id ? "" : id.error().message));
        REQUIRE(id);
        return *id;
    }
    /// Starts the profile and lets the loop begin its session.
    std::uint64_t start(const std::string& id, manager::Caller caller = anna)
    {
        const auto session = manager->start(caller, id, std::nullopt);
        INFO((session ? "" : session.error().message));
        REQUIRE(session);
        timer.run();
        return *session;
    }
    manager::ProfileView get(const std::string& id) { return manager->get(root, id).value(); }
    base::Error add_error(const manager::ProfileInput& input)
    {
        const auto id = manager->add(anna, input);
        REQUIRE_FALSE(id);
        return id.error();
    }
    base::Error update_error(const std::string& id, const manager::ProfileInput& input)
    {
        const auto updated = manager->update(anna, id, input);
        REQUIRE_FALSE(updated);
        return updated.error();
    }
    std::filesystem::path state_db(const std::string& id) const
    {
        return config.state_directory / "users" / "1000" / "sync" / id / "state.db";
    }

    TemporaryDirectory directory;
    std::string key = "key"; ///< the key file's name
    manager::Config config;
    FakeClock clock;
    FakeTimer timer;
    FakePool pool;
    Recorder recorder;
    std::unique_ptr<manager::Vault> vault;
    std::unique_ptr<storage::ProfileRepository> repository;
    std::unique_ptr<manager::Manager> manager;
};
