#pragma once

#include "exit_status.hpp"

#include <syncd/client.hpp>

#include <nlohmann/json.hpp>

#include <functional>
#include <string>

namespace ctl {

/// Keeps the order of keys as written, so that documents are easy to compare.
using Json = nlohmann::ordered_json;

/// Where a command says how it went.
struct Output {
    bool json = false; ///< one document on standard output, and no other word there

    /// A command's whole output: the document, or the text for people.
    void print(const Json& document, const std::string& text) const;
    /// Writes one document, whatever was asked for.
    static void print_document(const Json& document);
};

/// What a command works with.
struct Context : Output {
    syncd::Client& client;
};

/// What a command line asks for, one of the two; carried out when the whole line was understood.
struct Action {
    std::function<ExitStatus(Context&)> with_service{};
    std::function<ExitStatus(const Output&)> alone{}; ///< neither service nor bus need to be there
};

} // namespace ctl
