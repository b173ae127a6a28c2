#include "commands.hpp"
#include "item_options.hpp"
#include "streams.hpp"

#include <memory>

namespace ctl {
namespace {

/// What the service takes as one item.
constexpr std::size_t largest_item = 4 << 20;

struct Options {
    ItemOptions items;
    std::string id;
    std::string file;
};

ExitStatus run(Context& context, const Options& options)
{
    const std::string data = read_input(options.file, largest_item);
    const std::string id = options.items.open(context).put(options.id, data);
    context.print({{"id", id}}, "Stored item " + id + ".\n");
    return ExitStatus::Ok;
}

} // namespace

void declare_item_put(Command parent)
{
    auto options = std::make_shared<Options>();
    Command command = parent.subcommand("put", "Replace one item; with an empty id, add one");
    options->items.declare(command);
    command.argument("ID", options->id, "Its id");
    command.argument("FILE", options->file, "Its vCard or iCalendar text; - for standard input");
    command.does([options](Context& context) { return run(context, *options); });
}

} // namespace ctl
