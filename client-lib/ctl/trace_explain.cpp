#include "commands.hpp"
#include "text.hpp"

#include "transcript/explainer.hpp"
#include "transcript/reader.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>

namespace ctl {
namespace {

/// Prints each step as it is read, or gathers them for the document.
class Telling {
public:
    explicit Telling(bool json) : json_(json) {}

    void operator()(const transcript::Paragraph& paragraph)
    {
        if (json_) {
            steps_.push_back({{"title", paragraph.title}, {"lines", paragraph.lines}});
            return;
        }
        fmt::print("{}\n", printable(paragraph.title));
        for (const auto& line : paragraph.lines)
            fmt::print("  {}\n", printable(line));
    }
    const Json& steps() const { return steps_; }

private:
    bool json_;
    Json steps_ = Json::array();
};

ExitStatus run(const Output& output, const std::string& path)
{
    std::ifstream file;
    if (path != "-") {
        file.open(path, std::ios::binary);
        if (!file)
            throw Failure(ExitStatus::Failed, fmt::format("cannot read {}: {}", path, strerror(errno)));
    }
    transcript::Reader reader(path == "-" ? std::cin : file);
    transcript::Explainer explainer;
    Telling tell(output.json);
    for (;;) {
        const auto record = reader.next();
        if (!record)
            throw Failure(ExitStatus::Failed, fmt::format("{}: {}", path, record.error().message),
                          "Only what syncctl start --trace and trace save write can be explained.");
        if (!*record)
            break;
        tell(explainer.explain(**record));
    }
    tell(explainer.sum_up(reader.is_whole()));
    if (output.json)
        Output::print_document({{"whole", reader.is_whole()}, {"steps", tell.steps()}});
    return ExitStatus::Ok;
}

} // namespace

void declare_trace_explain(Command parent)
{
    auto path = std::make_shared<std::string>();
    Command command =
        parent.subcommand("explain", "Tell step by step, in words, what a sync that was written down did and why");
    command.argument("FILE", *path, "What start --trace or trace save wrote; - for standard input");
    command.does_alone([path](const Output& output) { return run(output, *path); });
}

} // namespace ctl
