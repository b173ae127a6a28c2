#include "commands.hpp"
#include "exit_status.hpp"
#include "item_options.hpp"
#include "streams.hpp"

#include <memory>

namespace ctl {
namespace {

/// What the service takes as one item, when it is told to.
constexpr std::size_t largest_item = 64 << 20;
/// What goes in a message on any bus.
constexpr std::size_t largest_message = 8 << 20;

struct Options {
    ItemOptions items;
    std::string id;
    std::string file;
};

ExitStatus run(Context& context, const Options& options)
{
    const std::string data = read_input(options.file, largest_item);
    syncd::Store store = options.items.open(context);
    std::string id = options.id;
    if (data.size() <= largest_message)
        id = store.put(id, data);
    else if (id.empty())
        throw Failure(ExitStatus::Failed, "the item does not fit into a message", "Use syncctl item import.");
    else
        store.import_item(id, in_memory(data).get());
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
