// A line from a worker, which the broker reads: a worker may have been taken over by the server it talked to.
#include "channel/messages.hpp"
#include "target.hpp"

#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using fuzz::require;
    const auto event = channel::parse_event(fuzz::view(data, size));
    if (!event) {
        fuzz::require_for_people(event.error().message);
        return 0;
    }
    auto line = channel::to_line(*event);
    require(line.size() <= channel::max_line_bytes && line.ends_with('\n') && line.find('\n') == line.size() - 1,
            "an event is one line");
    line.pop_back();
    const auto again = channel::parse_event(line);
    require(again.has_value() && again->index() == event->index(), "an event is the same after a journey");
    if (const auto* progress = std::get_if<channel::Progress>(&*event))
        require(*progress == std::get<channel::Progress>(*again), "progress is the same after a journey");
    if (const auto* verdict = std::get_if<channel::Verdict>(&*event))
        require(verdict->matches.empty() != verdict->refusal.empty(), "a verdict is for somebody or says why not");
    return 0;
}
