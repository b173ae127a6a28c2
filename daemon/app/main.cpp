#include "app/broker.hpp"
#include "app/version.hpp"
#include "base/log.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdlib>
#include <exception>
#include <variant>

namespace {

/// Passwords pass through this process: neither a core file nor a debugger of the same uid may show them.
void hide_memory()
{
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

std::filesystem::path config_file(const app::Options& options)
{
    if (!options.config_file.empty() || options.scope == bus::Scope::System)
        return options.config_file.empty() ? app::system_config : options.config_file;
    if (const char* const base = std::getenv("XDG_CONFIG_HOME"); base != nullptr && *base != '\0')
        return std::filesystem::path(base) / "syncd.conf";
    const char* const home = std::getenv("HOME");
    return std::filesystem::path(home != nullptr ? home : "/") / ".config/syncd.conf";
}

/// Workers take their proxies from the environment that the daemon hands on.
void set_proxies(const app::Configuration& configuration)
{
    const auto set = [](const char* name, const std::string& value) {
        if (!value.empty())
            ::setenv(name, value.c_str(), 1);
    };
    set("http_proxy", configuration.proxy);
    set("https_proxy", configuration.proxy);
    set("no_proxy", configuration.no_proxy);
}

int run(const app::Options& options)
{
    auto configuration = app::read_configuration(config_file(options));
    base::start_log("syncd", !options.log_level.empty() ? options.log_level
                             : configuration            ? configuration->manager.log_level
                                                        : "info");
    if (!configuration) {
        spdlog::error("{}", configuration.error().message);
        return EXIT_FAILURE;
    }
    for (const auto& warning : configuration->warnings)
        spdlog::warn("configuration, {}", warning);
    if (!options.log_level.empty())
        configuration->manager.log_level = options.log_level;

    set_proxies(*configuration);
    auto broker = app::Broker::create(options, std::move(*configuration));
    const auto outcome = broker ? (*broker)->run() : base::Result<void>(tl::unexpected(broker.error()));
    if (!outcome) {
        spdlog::error("{}", outcome.error().message);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv)
{
    ::umask(0077);
    hide_memory();
    const auto parsed = app::parse(argc, argv);
    if (const int* const status = std::get_if<int>(&parsed))
        return *status;
    try {
        return run(std::get<app::Options>(parsed));
    } catch (const std::exception& error) {
        spdlog::critical("syncd cannot go on: {}", error.what());
        return EXIT_FAILURE;
    }
}
