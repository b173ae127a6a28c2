#pragma once

#include "desk.hpp"
#include "gate.hpp"

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace testserver {

/// What a test may ask of the server beside synchronizing: `POST /_control/NAME` with a
/// JSON object. README.md lists the names.
class Control {
public:
    /// `shut_down`: ends the program.
    Control(Store& store, UnfinishedSyncs& unfinished, Journal& journal, Faults& faults, Options& options, Desk& desk,
            Gate& gate, std::function<void()> shut_down);

    using Answer = std::function<void(unsigned http_status, const nlohmann::json& body)>;
    /// Calls `answer` once, for `await-held` later. Errors: 404 for an unknown name, 400 for
    /// arguments that make no sense; the body tells.
    void call(const std::string& name, const std::string& arguments, const Answer& answer);

private:
    nlohmann::json carry_out(const std::string& name, const nlohmann::json& arguments);
    Store::Collection collection(const nlohmann::json& arguments);
    nlohmann::json items(const std::string& name, const nlohmann::json& arguments);
    void set_options(const nlohmann::json& arguments);

    Store& store_;
    UnfinishedSyncs& unfinished_;
    Journal& journal_;
    Faults& faults_;
    Options& options_;
    const Options initial_;
    Desk& desk_;
    Gate& gate_;
    std::function<void()> shut_down_;
};

/// The words of options, also on the command line. Throw std::invalid_argument.
AuthPolicy parse_auth(const std::string& word);
ConflictPolicy parse_conflict(const std::string& word);
std::set<syncml::Version> parse_versions(const std::string& words);
VersionRefusal parse_version_refusal(const std::string& word);
/// `options` as a server of this kind has them.
Options with_personality(Options options, const std::string& name);
ResumePolicy parse_resume(const std::string& word);

} // namespace testserver
