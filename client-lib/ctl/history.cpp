#include "commands.hpp"
#include "documents.hpp"
#include "find_profile.hpp"
#include "statistics_text.hpp"
#include "table.hpp"
#include "text.hpp"
#include "units.hpp"
#include "words.hpp"

#include <algorithm>
#include <memory>

namespace ctl {
namespace {

struct Options {
    std::string profile;
    std::uint32_t limit = 0;
};

std::string text(const std::vector<syncd::SessionRecord>& records)
{
    if (records.empty())
        return "The profile has not been synced yet.\n";
    std::vector<std::vector<std::string>> rows;
    for (const syncd::SessionRecord& record : records) {
        std::uint64_t received = 0, sent = 0;
        for (const syncd::ServiceRecord& service : record.services) {
            received += service.statistics.server_to_client_total;
            sent += service.statistics.client_to_server_total;
        }
        rows.push_back(
            {std::to_string(record.session), format_time(record.started),
             format_duration(record.ended - record.started), lower_word(to_string(record.trigger)),
             word(record.outcome), std::to_string(received), std::to_string(sent), std::to_string(record.changes),
             record.protocol_version == syncd::SyncProtocolVersion::Unknown ? "-" : word(record.protocol_version),
             std::to_string(record.round_trips), format_bytes(record.bytes_received + record.bytes_sent)});
    }
    auto lines = table({{"SESSION", Align::Right},
                        {"STARTED"},
                        {"TOOK", Align::Right},
                        {"BY"},
                        {"OUTCOME"},
                        {"RECEIVED", Align::Right},
                        {"SENT", Align::Right},
                        {"CHANGED", Align::Right},
                        {"SYNCML", Align::Right},
                        {"TRIPS", Align::Right},
                        {"TRAFFIC", Align::Right}},
                       rows);
    // Below each what there is to say about it.
    for (std::size_t i = 0; i < records.size(); ++i) {
        std::string& line = lines[i + 1];
        const auto add = [&](const std::string& words) {
            if (!words.empty())
                line += "\n    " + printable(words);
        };
        add(types_text(records[i].services));
        if (records[i].undone != 0)
            add("undid session " + std::to_string(records[i].undone));
        add(records[i].message);
        for (const syncd::ServiceRecord& service : records[i].services)
            if (!service.message.empty() && service.message != records[i].message)
                add(word(service.statistics.service_type) + ": " + service.message);
        for (const std::string& note : records[i].notes)
            add(note);
    }
    const bool can_be_shown =
        std::ranges::any_of(records, [](const syncd::SessionRecord& record) { return record.changes > 0; });
    if (can_be_shown)
        lines.emplace_back(
            "Show what a sync changed here with: syncctl diff SESSION; take it back with: syncctl undo SESSION");
    std::string written_down;
    for (const syncd::SessionRecord& record : records)
        if (record.has_transcript)
            written_down += (written_down.empty() ? "" : ", ") + std::to_string(record.session);
    if (!written_down.empty())
        lines.push_back("There are transcripts of " + written_down +
                        "; put one into a file with: syncctl trace save SESSION FILE");
    return join(lines);
}

} // namespace

void declare_history(Command parent)
{
    auto options = std::make_shared<Options>();
    Command command = parent.subcommand("history", "Show the syncs of a profile, newest first");
    command.argument("PROFILE", options->profile, "Its id or name");
    command.number_option("--limit", options->limit, 1, 1000, "At most so many; 20 when not given");
    command.does([options](Context& context) {
        const auto id = find_profile(context.client, options->profile).profile_id;
        const auto records = context.client.history(id, options->limit);
        context.print(document(records), text(records));
        return ExitStatus::Ok;
    });
}

} // namespace ctl
