#include "transcript/message_words.hpp"

#include "base/utf8.hpp"
#include "transcript/censor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace transcript {
namespace {

/// Lines of one message that a peer can have us write.
constexpr std::size_t most_lines = 40;

/// What stands in a Sync, counted.
struct Tally {
    std::array<std::size_t, 5> verbs{};
    std::size_t octets = 0, chunks = 0, others = 0;

    void operator()(const syncml::ItemCommand& command)
    {
        verbs.at(static_cast<std::size_t>(command.verb)) += std::max<std::size_t>(command.items.size(), 1);
        for (const auto& item : command.items) {
            octets += find_digested_size(item.text()).value_or(item.text().size());
            chunks += item.more_data ? 1 : 0;
        }
    }
    void operator()(const syncml::Group& group)
    {
        for (const auto& command : group.commands)
            std::visit(*this, command);
    }
    void operator()(const syncml::Unsupported&) { ++others; }

    std::string words() const
    {
        using enum syncml::ItemVerb;
        std::string text;
        for (const auto verb : {Add, Replace, Delete, Copy, Move})
            if (const auto count = verbs.at(static_cast<std::size_t>(verb)))
                text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, syncml::name(verb));
        if (others > 0)
            text += fmt::format("{}{} of a kind that syncd does not know", text.empty() ? "" : ", ", others);
        if (text.empty())
            return "nothing";
        text += fmt::format(", {} octets of content", octets);
        if (chunks > 0)
            text += fmt::format("; {} goes on in the next message", chunks == 1 ? "an item" : "items");
        return text;
    }
};

std::string_view consequence(syncml::StatusCode code)
{
    using enum syncml::StatusCode;
    constexpr std::array<std::pair<syncml::StatusCode, std::string_view>, 6> known{
        {{RefreshRequired, " (what the two noted of the last sync differs, so everything is compared: a slow sync)"},
         {InvalidCredentials, " (a login is wanted, or another one)"},
         {MissingCredentials, " (a login is wanted, or another one)"},
         {InProgress, " (it is busy, and is to be asked again)"},
         {ChunkedItemAccepted, " (the rest of the item is waited for)"},
         {ResumeOverridden, " (the sync that broke off does not go on, a new one begins)"}}};
    const auto* const found = std::ranges::find(known, code, &std::pair<syncml::StatusCode, std::string_view>::first);
    return found == known.end() ? std::string_view() : found->second;
}

std::string anchor_words(const syncml::Meta& meta)
{
    if (!meta.anchor)
        return {};
    if (meta.anchor->last.empty())
        return fmt::format("; it notes this sync as {} and knows of none before", base::legible(meta.anchor->next));
    return fmt::format("; the last sync it notes is {}, this one {}", base::legible(meta.anchor->last),
                       base::legible(meta.anchor->next));
}

std::string place(const std::optional<syncml::Location>& location)
{
    return location ? base::legible(location->uri) : std::string("(no name)");
}

std::string alert_words(syncml::AlertCode code)
{
    if (const auto type = syncml::find_sync_type(code))
        return fmt::format("asks for a sync of type {}", type_words(syncml::name(*type)));
    using enum syncml::AlertCode;
    constexpr std::array<std::pair<syncml::AlertCode, std::string_view>, 6> known{
        {{Display, "has something to show to the user"},
         {ResultAlert, "asks for the results"},
         {NextMessage, "asks for the next message"},
         {NoEndOfData, "misses the end of an item that came in pieces"},
         {Suspend, "suspends the sync"},
         {Resume, "asks to go on with the sync that broke off"}}};
    const auto* const found = std::ranges::find(known, code, &std::pair<syncml::AlertCode, std::string_view>::first);
    if (found != known.end())
        return std::string(found->second);
    return syncml::is_known(code) ? "asks for a sync on behalf of the server" : "alerts";
}

std::string device_name(const syncml::DevInf& devinf)
{
    std::string name;
    for (const auto* part : {&devinf.manufacturer, &devinf.model, &devinf.software_version})
        if (!part->empty())
            name += (name.empty() ? "" : " ") + *part;
    return name.empty() ? "a device without a name" : name;
}

class Words {
public:
    explicit Words(bool sent) : sent_(sent) {}

    void operator()(const syncml::Status& status)
    {
        const bool is_item = status.cmd == "Add" || status.cmd == "Replace" || status.cmd == "Delete";
        std::string refs;
        // Items that went well are counted; whatever else is answered is named.
        if (!is_item || !syncml::is_success(status.code))
            for (const auto* list : {&status.target_refs, &status.source_refs})
                if (!list->empty())
                    refs += fmt::format(" {}{}", base::legible(list->front()), list->size() > 1 ? " …" : "");
        const auto command = status.cmd == "SyncHdr" ? std::string("message") : base::legible(status.cmd);
        auto line = fmt::format("answers {}{}: {} {}{}", command, status.cmd == "SyncHdr" ? "" : refs,
                                static_cast<int>(status.code), syncml::describe(status.code), consequence(status.code));
        if (status.chal)
            line += fmt::format("; wants a login of the form {}{}", base::legible(status.chal->type),
                                status.chal->next_nonce.empty() ? "" : ", with a new nonce");
        count(std::move(line));
    }
    void operator()(const syncml::Alert& alert)
    {
        const auto code = alert.code.value_or(syncml::AlertCode{});
        if (alert.items.empty())
            return count(fmt::format("{} (Alert {})", alert_words(code), static_cast<int>(code)));
        for (const auto& item : alert.items) {
            const auto& theirs = sent_ ? item.target : item.source;
            const auto& ours = sent_ ? item.source : item.target;
            auto line = fmt::format("{} (Alert {}) between {} here and {} there{}", alert_words(code),
                                    static_cast<int>(code), place(ours), place(theirs), anchor_words(item.meta));
            if (code == syncml::AlertCode::Display)
                line += fmt::format(": {}", base::legible(item.text()));
            count(std::move(line));
        }
    }
    void operator()(const syncml::Put& put) { device("tells what it is", put.items); }
    void operator()(const syncml::Get& get)
    {
        for (const auto& item : get.items)
            count(fmt::format("asks for {}", place(item.target)));
    }
    void operator()(const syncml::Results& results) { device("answers what it is", results.items); }
    void operator()(const syncml::Sync& sync)
    {
        Tally tally;
        for (const auto& command : sync.commands)
            std::visit(tally, command);
        count(fmt::format("syncs {} with {}: {}{}", base::legible(sync.source.uri), base::legible(sync.target.uri),
                          tally.words(),
                          sync.number_of_changes ? fmt::format("; {} in all are announced", *sync.number_of_changes)
                                                 : std::string()));
    }
    void operator()(const syncml::Map& map)
    {
        count(fmt::format("tells what {} new items of {} are called here", map.items.size(),
                          base::legible(map.target.uri)));
    }
    void operator()(const syncml::ItemCommand& command)
    {
        count(fmt::format("has {} outside of a sync", syncml::name(command.verb)));
    }
    void operator()(const syncml::Group& group)
    {
        Tally tally;
        tally(group);
        count(fmt::format("has {}: {}", syncml::name(group.kind), tally.words()));
    }
    void operator()(const syncml::Unsupported& unsupported)
    {
        count(fmt::format("has {}, which syncd does not know", base::legible(unsupported.name)));
    }

    void count(std::string line)
    {
        const auto found = std::ranges::find(lines_, line, &std::pair<std::string, std::size_t>::first);
        if (found != lines_.end())
            ++found->second;
        else if (lines_.size() < most_lines)
            lines_.emplace_back(std::move(line), 1);
        else
            ++left_out_;
    }

    std::vector<std::string> take() const
    {
        std::vector<std::string> lines;
        for (const auto& [line, times] : lines_)
            lines.push_back(times == 1 ? line : fmt::format("{} ({} times)", line, times));
        if (left_out_ > 0)
            lines.push_back(fmt::format("and {} things more", left_out_));
        return lines;
    }

private:
    void device(std::string_view what, const std::vector<syncml::Item>& items)
    {
        for (const auto& item : items) {
            const auto* devinf = std::get_if<syncml::DevInf>(&item.data);
            if (devinf == nullptr)
                count(fmt::format("{}, in a form that syncd does not know", what));
            else
                count(base::legible(
                    fmt::format("{}: {}, with {} databases", what, device_name(*devinf), devinf->datastores.size())));
        }
    }

    bool sent_;
    std::vector<std::pair<std::string, std::size_t>> lines_;
    std::size_t left_out_ = 0;
};

} // namespace

std::string type_words(std::string_view name)
{
    std::string words;
    for (const char c : name)
        words += c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return words;
}

std::vector<std::string> message_words(const syncml::Message& message, bool sent)
{
    Words words(sent);
    if (message.header.cred)
        words.count(fmt::format("logs in, in the form {}", base::legible(message.header.cred->meta.type)));
    for (const auto& command : message.body)
        std::visit(words, command);
    if (!message.final)
        words.count("has more to say in the next message");
    return words.take();
}

} // namespace transcript
