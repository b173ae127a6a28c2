// A transcript that somebody hands in to have it explained.
#include "target.hpp"
#include "transcript/explainer.hpp"
#include "transcript/reader.hpp"

#include <sstream>
#include <string>

namespace {

void check(const transcript::Paragraph& paragraph)
{
    fuzz::require(paragraph.title.find('\n') == std::string::npos && !paragraph.title.empty(), "a title is one line");
    fuzz::require(paragraph.lines.size() < 200, "what is told stays short, whatever is said");
    for (const auto& line : paragraph.lines)
        fuzz::require(line.find('\n') == std::string::npos && line.size() < 10'000, "a line is one line, and short");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::istringstream in{std::string(fuzz::view(data, size))};
    transcript::Reader reader(in);
    transcript::Explainer explainer;
    while (true) {
        const auto record = reader.next();
        if (!record) {
            fuzz::require(!record.error().message.empty(), "a refusal says why");
            return 0;
        }
        if (!*record)
            break;
        check(explainer.explain(**record));
    }
    check(explainer.sum_up(reader.is_whole()));
    return 0;
}
