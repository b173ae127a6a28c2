#include "bus/change_values.hpp"

#include "bus/values.hpp"
#include "item/excerpt.hpp"
#include "item/item.hpp"
#include "kinds/service_kind.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

namespace bus {
namespace {

using storage::Delivery;
using storage::ItemKind;
using storage::Rule;
using storage::What;

/// Longer lists are cut; their length is told.
constexpr std::size_t max_left_alone = 1000;

std::string word(ItemKind kind)
{
    return std::string(kinds::of(kind).name);
}

std::string word(What what)
{
    switch (what) {
    case What::Added: return "ADDED";
    case What::Updated: return "UPDATED";
    case What::Deleted: return "DELETED";
    }
    return {};
}

std::string word(Rule rule)
{
    switch (rule) {
    case Rule::None: break;
    case Rule::ServerAdded: return "SERVER_ADDED";
    case Rule::ServerChanged: return "SERVER_CHANGED";
    case Rule::ServerDeleted: return "SERVER_DELETED";
    case Rule::Refresh: return "REFRESH";
    case Rule::Surplus: return "SURPLUS";
    case Rule::Undone: return "UNDONE";
    case Rule::Merged: return "MERGED";
    case Rule::Matched: return "MATCHED";
    }
    return {};
}

std::string word(Delivery::Kind kind)
{
    switch (kind) {
    case Delivery::Kind::Added: return "ADDED";
    case Delivery::Kind::Updated: return "UPDATED";
    case Delivery::Kind::Deleted: return "DELETED";
    case Delivery::Kind::Compared: return "COMPARED";
    }
    return {};
}

std::string word(Delivery::Answer answer)
{
    switch (answer) {
    case Delivery::Answer::None: return "NONE";
    case Delivery::Answer::Taken: return "TAKEN";
    case Delivery::Answer::Merged: return "MERGED";
    case Delivery::Answer::ServerWins: return "SERVER_WINS";
    case Delivery::Answer::Refused: return "REFUSED";
    case Delivery::Answer::PutOff: return "PUT_OFF";
    }
    return {};
}

Values sent_item(const manager::SentItem& item)
{
    return {
        {"ProfileId", item.profile},
        {"Session", item.session},
        {"Time", static_cast<std::uint64_t>(item.time)},
        {"ServiceType", item.service},
        {"ItemId", item.luid},
        {"What", word(item.kind)},
        {"Name", item.content ? item::summary(*item.content) : std::string()},
        {"Answer", word(item.answer)},
        {"Status", static_cast<std::uint32_t>(item.code)},
    };
}

Values change(const storage::SessionChange& change)
{
    Values values{
        {"ProfileId", change.profile},      {"Session", change.session},
        {"Undone", change.undone},          {"Time", static_cast<std::uint64_t>(change.time)},
        {"ServiceType", word(change.kind)}, {"ItemId", change.luid},
        {"What", word(change.what)},        {"Rule", word(change.rule)},
        {"IsLast", change.is_last},
    };
    if (change.before)
        values["Before"] = item::excerpt(*change.before, max_content);
    if (change.after)
        values["After"] = item::excerpt(*change.after, max_content);
    return values;
}

} // namespace

std::vector<Values> history(const std::vector<manager::HistoryEntry>& entries)
{
    std::vector<Values> list;
    for (const auto& entry : entries) {
        auto& values = list.emplace_back(session_record(entry));
        values["Undone"] = entry.undone;
        values["Changes"] = entry.changes;
        values["HasTranscript"] = entry.has_transcript;
    }
    return list;
}

std::vector<Values> changes(const std::vector<storage::SessionChange>& changes)
{
    std::vector<Values> list;
    std::ranges::transform(changes, std::back_inserter(list), change);
    return list;
}

std::vector<Values> sent(const std::vector<manager::SentItem>& items)
{
    std::vector<Values> list;
    std::ranges::transform(items, std::back_inserter(list), sent_item);
    return list;
}

Values undo_report(const manager::UndoReport& report)
{
    std::vector<Values> left_alone;
    for (const auto& item : report.left_alone) {
        if (left_alone.size() == max_left_alone)
            break;
        left_alone.push_back({{"ServiceType", word(item.kind)}, {"ItemId", item.luid}});
    }
    return {
        {"Session", report.session},
        {"Restored", report.restored},
        {"Reverted", report.reverted},
        {"Removed", report.removed},
        {"LeftAlone", static_cast<std::uint64_t>(report.left_alone.size())},
        {"LeftAloneItems", left_alone},
    };
}

Values explanation(const manager::ItemExplanation& explanation)
{
    Values values{
        {"Revision", explanation.origin.revision}, {"IsThere", explanation.origin.alive},
        {"Writer", explanation.origin.writer},     {"Creator", explanation.origin.creator},
        {"Changes", changes(explanation.changes)}, {"Sent", sent(explanation.sent)},
    };
    if (explanation.content)
        values["Content"] = item::excerpt(*explanation.content, max_content);
    return values;
}

} // namespace bus
