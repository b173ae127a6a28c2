#include "command.hpp"

#include <CLI/CLI.hpp>

#include <utility>

namespace ctl {
namespace {

void describe(CLI::Option& option, const std::string& what, Command::Check check)
{
    option.option_text(what);
    if (check)
        option.check(std::move(check));
}

} // namespace

Command Command::subcommand(const std::string& name, const std::string& help)
{
    return {*app_.add_subcommand(name, help), chosen_};
}

void Command::require_subcommand()
{
    app_.require_subcommand(1);
}

void Command::does(std::function<ExitStatus(Context&)> action)
{
    // A subcommand that follows has been chosen before.
    app_.callback([&app = app_, &chosen = chosen_, action = std::move(action)] {
        if (app.get_subcommands().empty())
            chosen = {action, {}};
    });
}

void Command::does_alone(std::function<ExitStatus(const Output&)> action)
{
    app_.callback([&chosen = chosen_, action = std::move(action)] { chosen = {{}, action}; });
}

void Command::argument(const std::string& name, std::string& value, const std::string& help)
{
    app_.add_option(name, value, help)->required()->option_text(" ");
}

void Command::optional_argument(const std::string& name, std::optional<std::string>& value, const std::string& help)
{
    app_.add_option(name, value, help)->option_text(" ");
}

void Command::arguments(const std::string& name, std::vector<std::string>& values, const std::string& help)
{
    app_.add_option(name, values, help)->required()->option_text("...");
}

void Command::option(const std::string& name, const std::string& what, std::optional<std::string>& value,
                     const std::string& help, Check check)
{
    describe(*app_.add_option(name, value, help), what, std::move(check));
}

void Command::required_option(const std::string& name, const std::string& what, std::string& value,
                              const std::string& help, Check check)
{
    describe(*app_.add_option(name, value, help + " (required)")->required(), what, std::move(check));
}

void Command::list_option(const std::string& name, const std::string& what, std::vector<std::string>& values,
                          const std::string& help, Check check)
{
    describe(*app_.add_option(name, values, help + " (repeatable)")->allow_extra_args(false), what, std::move(check));
}

void Command::number_option(const std::string& name, std::uint32_t& value, std::uint32_t least, std::uint32_t most,
                            const std::string& help)
{
    app_.add_option(name, value, help)->check(CLI::Range(least, most))->option_text("NUMBER");
}

void Command::number_option(const std::string& name, std::optional<std::uint32_t>& value, std::uint32_t least,
                            std::uint32_t most, const std::string& help)
{
    app_.add_option(name, value, help)->check(CLI::Range(least, most))->option_text("NUMBER");
}

void Command::flag(const std::string& name, bool& value, const std::string& help)
{
    app_.add_flag(name, value, help);
}

} // namespace ctl
