#include "commands.hpp"
#include "item_options.hpp"
#include "streams.hpp"

#include <memory>

namespace ctl {
namespace {

struct Options {
    ItemOptions items;
    std::string file;
};

ExitStatus run(Context& context, const Options& options)
{
    const bool to_stdout = options.file == "-";
    if (to_stdout && context.json)
        throw Failure(ExitStatus::Usage, "the items and the document cannot both go to standard output",
                      "Name a file, or leave --json away.");
    syncd::Store store = options.items.open(context);
    std::uint32_t count = 0;
    write_output(options.file, [&](int fd) { count = store.export_to(fd); });
    context.print({{"count", count}},
                  to_stdout ? "" : "Exported " + options.items.count_text(count) + " to " + options.file + ".\n");
    return ExitStatus::Ok;
}

} // namespace

void declare_item_export(Command parent)
{
    auto options = std::make_shared<Options>();
    Command command = parent.subcommand("export", "Write all items to a .vcf or .ics file");
    options->items.declare(command);
    command.argument("FILE", options->file, "The file; - for standard output");
    command.does([options](Context& context) { return run(context, *options); });
}

} // namespace ctl
