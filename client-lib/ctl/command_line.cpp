#include "command_line.hpp"

#include "commands.hpp"

namespace ctl {

CommandLine::CommandLine()
    : app_("Keeps contacts and events in step with OMA DS servers, by way of the syncd service", "syncctl")
{
    app_.set_version_flag("--version", SYNCD_VERSION);
    app_.add_option("--bus", bus_, "The service of the machine (system) or of this login session (user)")
        ->option_text("system|user")
        ->check(CLI::IsMember({"system", "user"}));
    app_.add_flag("--json", json_, "Print one JSON document");
    app_.add_flag("--no-ask", no_ask_, "Never let the service ask for authorization");
    app_.require_subcommand(1);
    app_.fallthrough(); // these options may also stand behind the command

    auto* profile = app_.add_subcommand("profile", "Servers and how to sync with them")->require_subcommand(1);
    declare_profile_add(*profile, action_);
    declare_profile_show(*profile, action_);
    declare_profile_list(*profile, action_);
    declare_profile_update(*profile, action_);
    declare_profile_remove(*profile, action_);
    declare_start(app_, action_);
    declare_stop(app_, action_);
    declare_status(app_, action_);
    declare_statistics(app_, action_);
    declare_history(app_, action_);
    auto* item = app_.add_subcommand("item", "Your contacts and events")->require_subcommand(1);
    declare_item_list(*item, action_);
    declare_item_show(*item, action_);
    declare_item_put(*item, action_);
    declare_item_import(*item, action_);
    declare_item_export(*item, action_);
    declare_item_delete(*item, action_);
}

ExitStatus CommandLine::explain(const CLI::ParseError& error) const
{
    return app_.exit(error) == 0 ? ExitStatus::Ok : ExitStatus::Usage;
}

std::string CommandLine::command() const
{
    std::string words;
    for (const CLI::App* app = &app_; !app->get_subcommands().empty();) {
        app = app->get_subcommands().front();
        words += (words.empty() ? "" : " ") + app->get_name();
    }
    return words;
}

} // namespace ctl
