#pragma once

#include "command.hpp"

/// Each declares one subcommand of `parent`.
namespace ctl {

void declare_profile_add(Command parent);
void declare_profile_show(Command parent);
void declare_profile_list(Command parent);
void declare_profile_update(Command parent);
void declare_profile_remove(Command parent);
void declare_start(Command parent);
void declare_stop(Command parent);
void declare_status(Command parent);
void declare_statistics(Command parent);
void declare_history(Command parent);
void declare_plan(Command parent);
void declare_release(Command parent);
void declare_reject(Command parent);
void declare_diff(Command parent);
void declare_undo(Command parent);
void declare_why(Command parent);
void declare_conflicts(Command parent);
void declare_quarantine(Command parent);
void declare_notify(Command parent);
void declare_import_syncevolution(Command parent);
void declare_trace_explain(Command parent);
void declare_trace_save(Command parent);
void declare_item_list(Command parent);
void declare_item_show(Command parent);
void declare_item_put(Command parent);
void declare_item_import(Command parent);
void declare_item_export(Command parent);
void declare_item_delete(Command parent);

} // namespace ctl
