#pragma once

#include "context.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace ctl {

/// A place on the command line where a file declares its command: the little that syncctl
/// uses of CLI11, whose header would cost every file seconds. The variables must live until the line is parsed.
class Command {
public:
    /// Empty, or what is wrong with a value.
    using Check = std::function<std::string(const std::string& value)>;

    /// `chosen` becomes the action of the command that the line names.
    Command(CLI::App& app, Action& chosen) : app_(app), chosen_(chosen) {}

    Command subcommand(const std::string& name, const std::string& help);
    /// One of the subcommands must follow.
    void require_subcommand();
    void does(std::function<ExitStatus(Context&)> action);
    void does_alone(std::function<ExitStatus(const Output&)> action);

    void argument(const std::string& name, std::string& value, const std::string& help);
    void optional_argument(const std::string& name, std::optional<std::string>& value, const std::string& help);
    /// One or more.
    void arguments(const std::string& name, std::vector<std::string>& values, const std::string& help);

    /// `what`: the kind of value, as help shows it.
    void option(const std::string& name, const std::string& what, std::optional<std::string>& value,
                const std::string& help, Check check = {});
    void required_option(const std::string& name, const std::string& what, std::string& value, const std::string& help,
                         Check check = {});
    /// May be given several times, with one value each.
    void list_option(const std::string& name, const std::string& what, std::vector<std::string>& values,
                     const std::string& help, Check check = {});
    void number_option(const std::string& name, std::uint32_t& value, std::uint32_t least, std::uint32_t most,
                       const std::string& help);
    void number_option(const std::string& name, std::optional<std::uint32_t>& value, std::uint32_t least,
                       std::uint32_t most, const std::string& help);
    void flag(const std::string& name, bool& value, const std::string& help);

private:
    CLI::App& app_;
    Action& chosen_;
};

} // namespace ctl
