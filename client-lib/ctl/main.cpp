#include "command_line.hpp"
#include "documents.hpp"
#include "report.hpp"
#include "terminal.hpp"

#include <clocale>
#include <cstdio>
#include <exception>

#include <unistd.h>

namespace {

using namespace ctl;

/// Tells of a failure, the person on standard error and the program in the document.
ExitStatus fail(const CommandLine& line, ExitStatus status, const std::string& name, const std::string& message,
                const std::string& hint)
{
    if (line.json())
        Context::print_document(error_document(name, message));
    report(line.command() + ": " + message, hint);
    return status;
}

ExitStatus run(const CommandLine& line)
{
    try {
        if (line.action().alone)
            return line.action().alone(Output{line.json()});
        syncd::ClientOptions options;
        options.bus = line.is_user_bus() ? syncd::Bus::User : syncd::Bus::System;
        // Somebody has to be there to be asked.
        options.allow_interactive_authorization = !line.never_ask() && is_terminal(STDIN_FILENO);
        syncd::Client client(options);
        Context context{{line.json()}, client};
        return line.action().with_service(context);
    } catch (const Failure& failure) {
        return fail(line, failure.status, {}, failure.what(), failure.hint);
    } catch (const syncd::Error& error) {
        return fail(line, exit_status(error.kind()), error.name(), error.what(),
                    hint(error.kind(), line.is_user_bus()));
    } catch (const std::exception& error) {
        return fail(line, ExitStatus::Failed, {}, error.what(), {});
    }
}

} // namespace

int main(int argc, char** argv)
{
    std::setlocale(LC_ALL, "");
    CommandLine line;
    if (const auto end = line.parse(argc, argv))
        return static_cast<int>(*end);
    ExitStatus status = run(line);
    // A full disk behind standard output is a failure, too.
    if (std::fflush(stdout) != 0 && status == ExitStatus::Ok) {
        report("cannot write to standard output", {});
        status = ExitStatus::Failed;
    }
    return static_cast<int>(status);
}
