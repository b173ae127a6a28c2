#include "app/options.hpp"

#include "app/version.hpp"

#include <CLI/CLI.hpp>

namespace app {

std::variant<Options, int> parse(int argc, char** argv)
{
    Options options;
    options.worker = default_worker;
    bool system = false, user = false;

    CLI::App app("Keeps contacts and calendars in step with OMA DS (SyncML) servers.", "syncd");
    auto* const system_flag = app.add_flag("--system", system, "Serve every user, on the system bus (default)");
    app.add_flag("--user", user, "Serve one user, on the session bus")->excludes(system_flag);
    app.add_option("--state-directory", options.state_directory, "Where profiles and items are kept");
    app.add_option("--config", options.config_file, "Configuration file, see syncd.conf(5)")->check(CLI::ExistingFile);
    app.add_option("--worker", options.worker, "The program that carries out a session");
    app.add_option("--log-level", options.log_level, "error, warning, info or debug")
        ->check(CLI::IsMember({"error", "warning", "info", "debug"}));
    app.set_version_flag("--version", std::string("syncd ") + version);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    if (user)
        options.scope = bus::Scope::User;
    return options;
}

} // namespace app
