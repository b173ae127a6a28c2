#include "commands.hpp"
#include "item_options.hpp"
#include "streams.hpp"

#include <memory>

namespace ctl {
namespace {

/// What the service takes at once.
constexpr std::size_t largest_stream = 64 << 20;

struct Options {
    ItemOptions items;
    std::string file;
};

ExitStatus run(Context& context, const Options& options)
{
    const syncd::Descriptor input = open_input(options.file, largest_stream);
    const std::uint32_t count = options.items.open(context).import_from(input.get());
    context.print({{"count", count}}, "Imported " + options.items.count_text(count) + ".\n");
    return ExitStatus::Ok;
}

} // namespace

void declare_item_import(Command parent)
{
    auto options = std::make_shared<Options>();
    Command command =
        parent.subcommand("import", "Add all items of a .vcf or .ics file, or a note of another one, or nothing");
    options->items.declare(command);
    command.argument("FILE", options->file, "The file; - for standard input");
    command.does([options](Context& context) { return run(context, *options); });
}

} // namespace ctl
