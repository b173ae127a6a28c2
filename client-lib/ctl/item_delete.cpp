#include "commands.hpp"
#include "item_options.hpp"

#include <memory>
#include <vector>

namespace ctl {
namespace {

struct Options {
    ItemOptions items;
    std::vector<std::string> ids;
};

ExitStatus run(Context& context, const Options& options)
{
    syncd::Store store = options.items.open(context);
    for (std::size_t i = 0; i < options.ids.size(); ++i) {
        try {
            store.remove(options.ids[i]);
        } catch (const syncd::Error& error) {
            if (i == 0)
                throw;
            throw syncd::Error(error.name(), error.what() + (" The first " + std::to_string(i)) + " were deleted.");
        }
    }
    context.print({{"deleted", options.ids}}, "Deleted " + options.items.count_text(options.ids.size()) + ".\n");
    return ExitStatus::Ok;
}

} // namespace

void declare_item_delete(Command parent)
{
    auto options = std::make_shared<Options>();
    Command command = parent.subcommand("delete", "Delete items, here and with the next sync at the servers");
    options->items.declare(command);
    command.arguments("ID", options->ids, "Their ids; nothing after the first that fails");
    command.does([options](Context& context) { return run(context, *options); });
}

} // namespace ctl
