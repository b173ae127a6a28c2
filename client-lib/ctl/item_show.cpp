#include "commands.hpp"
#include "item_options.hpp"
#include "streams.hpp"
#include "terminal.hpp"
#include "text.hpp"

#include <memory>

#include <unistd.h>

namespace ctl {
namespace {

struct Options {
    ItemOptions items;
    std::string id;
};

/// However large it is.
std::string read(syncd::Store store, const std::string& id)
{
    try {
        return store.get(id);
    } catch (const syncd::Error& error) {
        if (error.name() != is_too_large_for_a_message)
            throw;
    }
    return collect([&](int fd) { store.export_item(id, fd); });
}

ExitStatus run(Context& context, const Options& options)
{
    const std::string data = read(options.items.open(context), options.id);
    // As it is, but what came from a server must not steer a terminal.
    context.print({{"id", options.id}, {"service_type", std::string(to_string(options.items.type()))}, {"data", data}},
                  is_terminal(STDOUT_FILENO) ? printable_lines(data) : data);
    return ExitStatus::Ok;
}

} // namespace

void declare_item_show(Command parent)
{
    auto options = std::make_shared<Options>();
    Command command = parent.subcommand("show", "Print one item as vCard or iCalendar");
    options->items.declare(command);
    command.argument("ID", options->id, "Its id");
    command.does([options](Context& context) { return run(context, *options); });
}

} // namespace ctl
