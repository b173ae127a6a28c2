#pragma once

#include "context.hpp"

#include <syncd/client.hpp>

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace ctl {

/// syncctl's whole command line, before anything is done.
class CommandLine {
public:
    CommandLine();
    CommandLine(const CommandLine&) = delete; // the declarations refer to this object
    CommandLine& operator=(const CommandLine&) = delete;

    /// Throws CLI::ParseError, also for --help and --version.
    void parse(int argc, const char* const* argv) { app_.parse(argc, argv); }
    /// What a ParseError says to the user; returns the exit status.
    ExitStatus explain(const CLI::ParseError& error) const;

    bool is_user_bus() const { return bus_ == "user"; }
    bool json() const { return json_; }
    bool never_ask() const { return no_ask_; }
    const Action& action() const { return action_; }
    /// The command's words, such as `profile add`.
    std::string command() const;

private:
    CLI::App app_;
    std::string bus_ = "system";
    bool json_ = false;
    bool no_ask_ = false;
    Action action_;
};

} // namespace ctl
