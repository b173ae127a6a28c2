#pragma once

#include "context.hpp"

#include <memory>
#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace ctl {

/// syncctl's whole command line, before anything is done.
class CommandLine {
public:
    CommandLine();
    ~CommandLine();
    CommandLine(const CommandLine&) = delete; // the declarations refer to this object
    CommandLine& operator=(const CommandLine&) = delete;

    /// A status when there is nothing to do: help, version, or a line that makes no sense; it has
    /// been printed.
    std::optional<ExitStatus> parse(int argc, const char* const* argv);

    bool is_user_bus() const { return bus_ == "user"; }
    bool json() const { return json_; }
    bool never_ask() const { return no_ask_; }
    const Action& action() const { return action_; }
    /// The command's words, such as `profile add`.
    std::string command() const;

private:
    std::unique_ptr<CLI::App> app_;
    std::string bus_ = "system";
    bool json_ = false;
    bool no_ask_ = false;
    Action action_;
};

} // namespace ctl
