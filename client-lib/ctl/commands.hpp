#pragma once

#include "context.hpp"

namespace CLI {
class App;
}

/// Each declares one subcommand of `parent`; when the command line names it, `chosen` becomes what it does.
namespace ctl {

void declare_profile_add(CLI::App& parent, Action& chosen);
void declare_profile_show(CLI::App& parent, Action& chosen);
void declare_profile_list(CLI::App& parent, Action& chosen);
void declare_profile_update(CLI::App& parent, Action& chosen);
void declare_profile_remove(CLI::App& parent, Action& chosen);
void declare_start(CLI::App& parent, Action& chosen);
void declare_stop(CLI::App& parent, Action& chosen);
void declare_status(CLI::App& parent, Action& chosen);
void declare_statistics(CLI::App& parent, Action& chosen);
void declare_history(CLI::App& parent, Action& chosen);
void declare_item_list(CLI::App& parent, Action& chosen);
void declare_item_show(CLI::App& parent, Action& chosen);
void declare_item_put(CLI::App& parent, Action& chosen);
void declare_item_import(CLI::App& parent, Action& chosen);
void declare_item_export(CLI::App& parent, Action& chosen);
void declare_item_delete(CLI::App& parent, Action& chosen);

} // namespace ctl
