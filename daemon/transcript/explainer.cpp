#include "transcript/explainer.hpp"

#include "base/utf8.hpp"
#include "transcript/message_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string_view>

namespace transcript {
namespace {

/// Milliseconds of a time as the recorder writes it.
std::optional<std::int64_t> find_time(std::string_view text)
{
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd.dddZ";
    if (text.size() != form.size())
        return std::nullopt;
    for (std::size_t i = 0; i < form.size(); ++i)
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return std::nullopt;
    const auto number = [text](std::size_t at, std::size_t size) {
        int value = 0;
        std::from_chars(text.data() + at, text.data() + at + size, value);
        return value;
    };
    using namespace std::chrono;
    const year_month_day day{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                             std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    if (!day.ok())
        return std::nullopt;
    const auto time = sys_days(day).time_since_epoch() + hours(number(11, 2)) + minutes(number(14, 2)) +
                      seconds(number(17, 2)) + milliseconds(number(20, 3));
    return duration_cast<milliseconds>(time).count();
}

std::string seconds_of(std::int64_t milliseconds)
{
    return fmt::format("{}.{:03} s", milliseconds / 1000, milliseconds % 1000);
}

std::string_view package_name(int package)
{
    constexpr std::array<std::string_view, 7> names{"",
                                                    "package 1: what the client wants",
                                                    "package 2: what the server says to that",
                                                    "package 3: the client's changes",
                                                    "package 4: the server's changes",
                                                    "package 5: what the client made of them",
                                                    "package 6: the server's last word"};
    return names.at(static_cast<std::size_t>(package));
}

bool begins_sync(const syncml::Command& command)
{
    const auto* alert = std::get_if<syncml::Alert>(&command);
    return alert != nullptr && alert->code &&
           (syncml::find_sync_type(*alert->code) || *alert->code == syncml::AlertCode::Resume);
}

} // namespace

Paragraph Explainer::explain(const Record& record)
{
    return std::visit([this](const auto& one) { return this->tell(one); }, record);
}

Paragraph Explainer::tell(const Opening& opening)
{
    begin_ = end_ = find_time(opening.time);
    Paragraph paragraph{fmt::format("Session {} of the profile {}, at {}, written down by {}", opening.session,
                                    base::legible(opening.profile), base::legible(opening.time),
                                    base::legible(opening.program))};
    if (!opening.holds_items)
        paragraph.lines.emplace_back("contents of items are left out: their size and hash stand for them");
    return paragraph;
}

Paragraph Explainer::tell(const Attempt& attempt)
{
    package_ = 0;
    package_ended_ = true;
    Paragraph paragraph{fmt::format("To be synced with {}, in SyncML {} as {}", base::legible(attempt.server),
                                    base::legible(attempt.syncml), base::legible(attempt.encoding))};
    for (const auto& service : attempt.services) {
        auto line = fmt::format("{} with the server's {}, type {}: ", base::legible(type_words(service.name)),
                                base::legible(service.database), base::legible(type_words(service.asked)));
        if (service.last.empty())
            line += "no sync was completed before, so the first one compares everything";
        else
            line += fmt::format("the last completed sync was {} here and {} there", base::legible(service.last),
                                service.server_last.empty() ? "not noted" : base::legible(service.server_last));
        if (!service.interrupted.empty())
            line += fmt::format("; one of type {} broke off and is to go on",
                                base::legible(type_words(service.interrupted)));
        paragraph.lines.push_back(std::move(line));
    }
    paragraph.lines.emplace_back(attempt.knows_server ? "what the server is, is known from an earlier session"
                                                      : "what the server is, is not known yet");
    return paragraph;
}

int Explainer::package_of(const Exchanged& exchanged)
{
    const auto& body = exchanged.message->body;
    const auto has = [&](auto is) { return std::ranges::any_of(body, is); };
    const bool has_sync = has([](const auto& command) { return std::holds_alternative<syncml::Sync>(command); });
    const bool has_map = has([](const auto& command) { return std::holds_alternative<syncml::Map>(command); });
    // By what a message holds: a login that is asked for, a slow server and long packages make more messages of one.
    if (exchanged.sent && (has(begins_sync) || package_ == 0))
        package_ = 1;
    else if (exchanged.sent && has_sync)
        package_ = 3;
    else if (exchanged.sent && (has_map || (package_ >= 4 && package_ended_)))
        package_ = 5;
    else if (!exchanged.sent && has_sync)
        package_ = 4;
    else if (!exchanged.sent && package_ % 2 != 0)
        ++package_;
    package_ended_ = exchanged.message->final;
    return package_;
}

std::string Explainer::waited(const std::string& time)
{
    end_ = find_time(time);
    if (!end_ || !asked_ || *end_ < *asked_)
        return {};
    const auto took = *end_ - *asked_;
    wait_ += took;
    if (took > longest_wait_) {
        longest_wait_ = took;
        slowest_ = received_ + 1;
    }
    return fmt::format(" after {}", seconds_of(took));
}

Paragraph Explainer::tell(const Exchanged& exchanged)
{
    std::string wait;
    if (exchanged.sent)
        asked_ = end_ = find_time(exchanged.time);
    else
        wait = waited(exchanged.time);
    (exchanged.sent ? octets_sent_ : octets_received_) += exchanged.octets;
    ++(exchanged.sent ? sent_ : received_);
    const auto who = exchanged.sent ? std::string("syncd says") : fmt::format("The server answers{}", wait);
    if (!exchanged.message)
        return {fmt::format("{} in {} octets what is left out, since the transcript is full", who, exchanged.octets)};
    const auto package = package_of(exchanged);
    return {fmt::format("{} in message {}, {} octets, {}", who, exchanged.message->header.msg_id, exchanged.octets,
                        package_name(package)),
            message_words(*exchanged.message, exchanged.sent)};
}

Paragraph Explainer::tell(const Unread& unread)
{
    const auto wait = waited(unread.time);
    octets_received_ += unread.octets;
    ++received_;
    return {fmt::format("{} answers{} with {} octets that cannot be read", base::legible(unread.address), wait,
                        unread.octets),
            {base::legible(unread.why)}};
}

Paragraph Explainer::tell(const Unanswered& unanswered)
{
    end_ = find_time(unanswered.time);
    return {"No answer comes", {base::legible(unanswered.why)}};
}

Paragraph Explainer::tell(const Note& note)
{
    return {fmt::format("Note: {}", base::legible(note.text))};
}

Paragraph Explainer::tell(const Ending& ending)
{
    end_ = find_time(ending.time);
    Paragraph paragraph{fmt::format("The session ends: {}", base::legible(ending.outcome))};
    if (!ending.message.empty())
        paragraph.lines.push_back(fmt::format("{} ({})", base::legible(ending.message), base::legible(ending.error)));
    return paragraph;
}

Paragraph Explainer::sum_up(bool is_whole) const
{
    Paragraph paragraph{"In sum"};
    auto& lines = paragraph.lines;
    lines.push_back(fmt::format("{} messages of {} octets went to the server, {} answers of {} octets came", sent_,
                                octets_sent_, received_, octets_received_));
    if (begin_ && end_ && *end_ >= *begin_)
        lines.push_back(fmt::format("it took {}, of which the server and the line took {}", seconds_of(*end_ - *begin_),
                                    seconds_of(wait_)));
    if (received_ > 1 && longest_wait_ > 0)
        lines.push_back(fmt::format("the longest wait was {}, for answer {}", seconds_of(longest_wait_), slowest_));
    if (!is_whole)
        lines.emplace_back("the transcript breaks off here, before its session ended");
    return paragraph;
}

} // namespace transcript
