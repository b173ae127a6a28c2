#include "commands.hpp"
#include "session_number.hpp"
#include "text.hpp"
#include "trace_file.hpp"

#include <fmt/format.h>

#include <memory>

namespace ctl {
namespace {

struct Options {
    SessionOption session;
    std::string file;
};

ExitStatus run(Context& context, const Options& options)
{
    const auto number = options.session.session();
    TraceFile trace(options.file, context.client.transcript(number, options.session.profile_id(context)));
    trace.copy();
    if (!trace.complaint().empty())
        throw Failure(ExitStatus::Failed, trace.complaint(), "Free some space, and try again.");
    if (trace.is_empty())
        throw Failure(ExitStatus::Failed, fmt::format("nothing was said in session {} until now", number));
    context.print({{"session", number}, {"transcript", trace.path()}},
                  fmt::format("The transcript is in {0}. Have it told in words with: syncctl trace explain {0}\n",
                              printable(trace.path())));
    return ExitStatus::Ok;
}

} // namespace

void declare_trace_save(Command parent)
{
    auto options = std::make_shared<Options>();
    Command command = parent.subcommand("save", "Put the transcript that is kept of a sync into a file");
    options->session.declare(command);
    command.argument("FILE", options->file, "A new file");
    command.does([options](Context& context) { return run(context, *options); });
}

} // namespace ctl
