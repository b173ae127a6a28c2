#pragma once

#include "exit_status.hpp"

#include <syncd/client.hpp>

#include <nlohmann/json.hpp>

#include <functional>
#include <string>

namespace ctl {

/// Keeps the order of keys as written, so that documents are easy to compare.
using Json = nlohmann::ordered_json;

/// What a command works with.
struct Context {
    syncd::Client& client;
    bool json = false; ///< one document on standard output, and no other word there

    /// A command's whole output: the document, or the text for people.
    void print(const Json& document, const std::string& text) const;
    /// Writes one document, whatever was asked for.
    static void print_document(const Json& document);
};

/// What a command line asks for; carried out when the whole line was understood.
using Action = std::function<ExitStatus(Context&)>;

} // namespace ctl
