#include "command_line.hpp"

#include "commands.hpp"
#include "documents.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <string_view>

namespace ctl {

CommandLine::CommandLine()
    : app_(std::make_unique<CLI::App>(
          "Keeps contacts, events, tasks and notes in step with OMA DS servers, by way of the syncd service",
          "syncctl"))
{
    app_->set_version_flag("--version", SYNCD_VERSION);
    app_->add_option("--bus", bus_, "The service of the machine (system) or of this login session (user)")
        ->option_text("system|user")
        ->check(CLI::IsMember({"system", "user"}));
    app_->add_flag("--json", json_, "Print one JSON document");
    app_->add_flag("--no-ask", no_ask_, "Never let the service ask for authorization");
    app_->fallthrough(); // these options may also stand behind the command

    Command root(*app_, action_);
    root.require_subcommand();
    Command profile = root.subcommand("profile", "Servers and how to sync with them");
    profile.require_subcommand();
    declare_profile_add(profile);
    declare_profile_show(profile);
    declare_profile_list(profile);
    declare_profile_update(profile);
    declare_profile_remove(profile);
    declare_start(root);
    declare_stop(root);
    declare_status(root);
    declare_statistics(root);
    declare_history(root);
    declare_plan(root);
    declare_release(root);
    declare_reject(root);
    declare_diff(root);
    declare_undo(root);
    declare_why(root);
    declare_conflicts(root);
    declare_quarantine(root);
    declare_notify(root);
    declare_import_syncevolution(root);
    Command trace = root.subcommand("trace", "Syncs that were written down");
    trace.require_subcommand();
    declare_trace_explain(trace);
    declare_trace_save(trace);
    Command item = root.subcommand("item", "Your contacts, events, tasks and notes");
    item.require_subcommand();
    declare_item_list(item);
    declare_item_show(item);
    declare_item_put(item);
    declare_item_import(item);
    declare_item_export(item);
    declare_item_delete(item);
}

CommandLine::~CommandLine() = default;

std::optional<ExitStatus> CommandLine::parse(int argc, const char* const* argv)
{
    try {
        app_->parse(argc, argv);
        return std::nullopt;
    } catch (const CLI::ParseError& end) {
        if (app_->exit(end) == 0)
            return ExitStatus::Ok;
        // What was parsed before the error is not in json_ yet.
        if (std::find(argv, argv + argc, std::string_view("--json")) != argv + argc)
            Context::print_document(error_document({}, end.what()));
        return ExitStatus::Usage;
    }
}

std::string CommandLine::command() const
{
    std::string words;
    for (const CLI::App* app = app_.get(); !app->get_subcommands().empty();) {
        app = app->get_subcommands().front();
        words += (words.empty() ? "" : " ") + app->get_name();
    }
    return words;
}

} // namespace ctl
