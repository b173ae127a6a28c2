#include "commands.hpp"
#include "item_options.hpp"
#include "streams.hpp"

#include <CLI/CLI.hpp>

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
    const Descriptor input = open_input(options.file, largest_stream);
    const std::uint32_t count = options.items.open(context).import_from(input.get());
    context.print({{"count", count}}, "Imported " + options.items.count_text(count) + ".\n");
    return ExitStatus::Ok;
}

} // namespace

void declare_item_import(CLI::App& parent, Action& chosen)
{
    auto options = std::make_shared<Options>();
    auto* command = parent.add_subcommand("import", "Add all items of a .vcf or .ics file, or none");
    options->items.declare(*command);
    command->add_option("FILE", options->file, "The file; - for standard input")->required()->option_text(" ");
    command->callback([options, &chosen] { chosen = [options](Context& context) { return run(context, *options); }; });
}

} // namespace ctl
