#include "change_text.hpp"

#include "item_difference.hpp"
#include "item_name.hpp"
#include "syncml/codes.hpp"
#include "text.hpp"
#include "words.hpp"

#include <fmt/format.h>

namespace ctl {
namespace {

/// A photo is one line.
constexpr std::size_t longest_line = 200;

std::string word_of(syncd::SentItemAnswer answer)
{
    using Answer = syncd::SentItemAnswer;
    switch (answer) {
    case Answer::None: return "no answer";
    case Answer::Taken: return "taken";
    case Answer::Merged: return "merged with the server's version";
    case Answer::ServerWins: return "the server's version stays";
    case Answer::Refused: return "refused";
    case Answer::PutOff: return "not taken, goes again";
    case Answer::Unknown: break;
    }
    return "an answer that this syncctl does not know";
}

} // namespace

std::string rule_text(syncd::ItemChangeRule rule)
{
    using Rule = syncd::ItemChangeRule;
    switch (rule) {
    case Rule::ServerAdded: return "the server added it";
    case Rule::ServerChanged: return "the server changed it";
    case Rule::ServerDeleted: return "the server deleted it";
    case Rule::Refresh: return "the server's content took the place of what was here";
    case Rule::Surplus: return "the server held it twice; this one was deleted at once";
    case Rule::Undone: return "a sync was undone";
    case Rule::Merged: return "two versions were merged";
    case Rule::Matched: return "it is another one, which took its place";
    case Rule::Unknown: break;
    }
    return "for a reason that this syncctl does not know";
}

std::string kind_text(const syncd::ItemChange& change)
{
    switch (change.kind) {
    case syncd::ItemChangeKind::Added: return "added";
    case syncd::ItemChangeKind::Updated: return "changed";
    case syncd::ItemChangeKind::Deleted: return "deleted";
    case syncd::ItemChangeKind::Unknown: break;
    }
    return "?";
}

std::string kind_text(const syncd::SentItem& item)
{
    switch (item.kind) {
    case syncd::SentItemKind::Added: return "new";
    case syncd::SentItemKind::Updated: return "changed";
    case syncd::SentItemKind::Deleted: return "deleted";
    case syncd::SentItemKind::Compared: return "compared";
    case syncd::SentItemKind::Unknown: break;
    }
    return "?";
}

std::string answer_text(const syncd::SentItem& item)
{
    if (item.status == 0)
        return word_of(item.answer);
    return fmt::format("{} (status {}: {})", word_of(item.answer), item.status,
                       syncml::describe(static_cast<syncml::StatusCode>(item.status)));
}

std::string name_of(const syncd::ItemChange& change)
{
    for (const auto* data : {&change.after, &change.before})
        if (*data)
            if (auto name = item_name(**data); !name.empty())
                return name;
    return "(without a name)";
}

std::vector<std::string> field_lines(const syncd::ItemChange& change)
{
    if (change.kind != syncd::ItemChangeKind::Updated)
        return {};
    if (!change.before || !change.after)
        return {fmt::format("      what it held {} is not kept any more", change.before ? "then" : "before")};
    return edit_lines(*change.before, *change.after);
}

std::vector<std::string> edit_lines(const std::string& before, const std::string& after)
{
    std::vector<std::string> lines;
    for (const auto& line : item_difference(before, after)) {
        const auto text = printable(line);
        const auto shown = cut(text, longest_line);
        lines.push_back(fmt::format("      {}{}", shown, shown.size() < text.size() ? "…" : ""));
    }
    return lines;
}

} // namespace ctl
