#include "fault.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace testserver {

namespace {

constexpr std::array<std::pair<Misbehaviour, std::string_view>, 46> names{{
    {Misbehaviour::Http500, "http-500"},
    {Misbehaviour::Http404, "http-404"},
    {Misbehaviour::Http400, "http-400"},
    {Misbehaviour::Http503, "http-503"},
    {Misbehaviour::Html, "html"},
    {Misbehaviour::Empty, "empty"},
    {Misbehaviour::TruncatedXml, "truncated-xml"},
    {Misbehaviour::HugeReply, "huge-reply"},
    {Misbehaviour::BillionLaughs, "billion-laughs"},
    {Misbehaviour::ExternalEntity, "external-entity"},
    {Misbehaviour::BogusStatus, "bogus-status"},
    {Misbehaviour::NeverFinal, "never-final"},
    {Misbehaviour::Hang, "hang"},
    {Misbehaviour::DropBefore, "drop-before"},
    {Misbehaviour::DropAfter, "drop-after"},
    {Misbehaviour::RefuseCredentials, "auth-401"},
    {Misbehaviour::NoDatabase, "database-404"},
    {Misbehaviour::RefreshRequired, "refresh-508"},
    {Misbehaviour::WrongLast, "wrong-last"},
    {Misbehaviour::WrongSession, "wrong-session"},
    {Misbehaviour::OtherVersion, "other-version"},
    {Misbehaviour::MissingStatus, "missing-status"},
    {Misbehaviour::OutOfOrder, "out-of-order"},
    {Misbehaviour::Redirect, "redirect"},
    {Misbehaviour::RedirectToHttp, "redirect-http"},
    {Misbehaviour::WrongMsgRef, "wrong-msgref"},
    {Misbehaviour::DoubleStatus, "double-status"},
    {Misbehaviour::NoHeaderStatus, "no-header-status"},
    {Misbehaviour::Backwards, "backwards"},
    {Misbehaviour::RepeatedReply, "repeated-reply"},
    {Misbehaviour::OtherRespUri, "other-resp-uri"},
    {Misbehaviour::Suspend, "suspend"},
    {Misbehaviour::RefuseWbxml, "refuse-wbxml"},
    {Misbehaviour::Moved, "moved"},
    {Misbehaviour::MovedAway, "moved-away"},
    {Misbehaviour::Busy, "busy"},
    {Misbehaviour::LargeWrongSize, "large-wrong-size"},
    {Misbehaviour::LargeNoSize, "large-no-size"},
    {Misbehaviour::LargeOtherItem, "large-other-item"},
    {Misbehaviour::LargeInterleaved, "large-interleaved"},
    {Misbehaviour::LargeUnfinished, "large-unfinished"},
    {Misbehaviour::LargeGoesOn, "large-goes-on"},
    {Misbehaviour::LargeRefused, "large-413"},
    {Misbehaviour::LargeMismatch, "large-424"},
    {Misbehaviour::LargeLost, "large-223"},
    {Misbehaviour::LargeSwallowed, "large-200"},
}};

bool is_status(const syncml::Command& command)
{
    return std::holds_alternative<syncml::Status>(command);
}

/// The document with `doctype` in front of its root and `reference` in its SessionID.
std::string with_doctype(const std::string& document, std::string_view doctype, std::string_view reference)
{
    std::string result = document;
    const auto session = result.find("<SessionID>");
    result.insert(session + std::string_view("<SessionID>").size(), reference);
    result.insert(result.find("<SyncML"), doctype);
    return result;
}

std::string nested_entities()
{
    std::string doctype = "<!DOCTYPE SyncML [<!ENTITY l0 \"ha\">";
    for (int level = 1; level <= 9; ++level) {
        const auto below = "&l" + std::to_string(level - 1) + ';';
        doctype += "<!ENTITY l" + std::to_string(level) + " \"";
        for (int copy = 0; copy < 10; ++copy)
            doctype += below;
        doctype += "\">";
    }
    return doctype + "]>";
}

} // namespace

std::string_view name(Misbehaviour misbehaviour)
{
    const auto found = std::ranges::find(names, misbehaviour, &decltype(names)::value_type::first);
    return found->second;
}

std::optional<Misbehaviour> find_misbehaviour(std::string_view name)
{
    const auto found = std::ranges::find(names, name, &decltype(names)::value_type::second);
    if (found == names.end())
        return std::nullopt;
    return found->first;
}

std::vector<std::string_view> misbehaviours()
{
    std::vector<std::string_view> result;
    for (const auto& [kind, text] : names)
        result.push_back(text);
    return result;
}

std::optional<Fault> Fault::parse(std::string_view text)
{
    Fault fault;
    if (text.ends_with('*')) {
        fault.times = 0;
        text.remove_suffix(1);
    }
    if (const auto at = text.find('@'); at != std::string_view::npos) {
        const auto number = text.substr(at + 1);
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), fault.message);
        if (error != std::errc() || end != number.data() + number.size() || fault.message == 0)
            return std::nullopt;
        text = text.substr(0, at);
    }
    if (const auto colon = text.find(':'); colon != std::string_view::npos) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + colon, fault.code);
        if (error != std::errc() || end != text.data() + colon || fault.code < 100)
            return std::nullopt;
        fault.kind = Misbehaviour::Code;
        fault.command = text.substr(colon + 1);
        return fault;
    }
    const auto kind = find_misbehaviour(text);
    if (!kind)
        return std::nullopt;
    fault.kind = *kind;
    return fault;
}

template <class Due>
std::optional<Fault> Faults::take(Due due, syncml::MsgId message)
{
    const auto found = std::ranges::find_if(
        armed_, [&](const Fault& fault) { return due(fault) && (fault.message == 0 || fault.message == message); });
    if (found == armed_.end())
        return std::nullopt;
    auto taken = *found;
    if (found->times != 0 && --found->times == 0)
        armed_.erase(found);
    return taken;
}

bool Faults::strike(Misbehaviour kind, syncml::MsgId message)
{
    return take([&](const Fault& fault) { return fault.kind == kind; }, message).has_value();
}

std::optional<syncml::StatusCode> Faults::strike_code(std::string_view command, syncml::MsgId message)
{
    const auto fault =
        take([&](const Fault& one) { return one.kind == Misbehaviour::Code && one.command == command; }, message);
    return fault ? std::optional(static_cast<syncml::StatusCode>(fault->code)) : std::nullopt;
}

namespace {

/// The first command of a Sync for which `wanted` holds.
template <class Wanted>
std::pair<syncml::Sync*, syncml::ItemCommand*> find_item(syncml::Message& message, Wanted wanted)
{
    for (auto& command : message.body)
        if (auto* sync = std::get_if<syncml::Sync>(&command))
            for (auto& inner : sync->commands)
                if (auto* item = std::get_if<syncml::ItemCommand>(&inner);
                    item != nullptr && wanted(item->items.front()))
                    return {sync, item};
    return {};
}

void garble_chunks(syncml::Message& reply, Faults& faults, syncml::MsgId message)
{
    const auto first = find_item(reply, [](const syncml::Item& item) { return item.meta.size.has_value(); }).second;
    if (first != nullptr && faults.strike(Misbehaviour::LargeWrongSize, message))
        *first->items.front().meta.size += 7;
    if (first != nullptr && faults.strike(Misbehaviour::LargeNoSize, message))
        first->items.front().meta.size.reset();
    const auto [sync, later] =
        find_item(reply, [](const syncml::Item& item) { return item.more_data && !item.meta.size; });
    if (first != nullptr || later == nullptr)
        return;
    if (faults.strike(Misbehaviour::LargeOtherItem, message)) {
        auto& item = later->items.front();
        (item.source ? item.source : item.target)->uri += "-other";
    }
    if (faults.strike(Misbehaviour::LargeInterleaved, message)) {
        syncml::ItemCommand removal;
        removal.verb = syncml::ItemVerb::Delete;
        removal.cmd_id = 9998;
        removal.items.emplace_back().target = syncml::Location{"no-such-item", {}};
        sync->commands.insert(sync->commands.begin(), std::move(removal));
    }
}

} // namespace

void garble(syncml::Message& reply, Faults& faults, syncml::MsgId message)
{
    garble_chunks(reply, faults, message);
    auto& body = reply.body;
    if (faults.strike(Misbehaviour::BogusStatus, message)) {
        syncml::Status bogus;
        bogus.cmd_id = 9999;
        bogus.msg_ref = message;
        bogus.cmd_ref = 4711;
        bogus.cmd = "Replace";
        const auto place = std::ranges::find_if_not(body, is_status);
        body.insert(place, bogus);
    }
    if (faults.strike(Misbehaviour::WrongSession, message))
        reply.header.session_id += "9";
    if (faults.strike(Misbehaviour::OtherVersion, message))
        reply.header.ver_dtd = "1.9";
    if (faults.strike(Misbehaviour::MissingStatus, message)) {
        const auto last = std::find_if(body.rbegin(), body.rend(), is_status);
        if (last != body.rend())
            body.erase(std::next(last).base());
    }
    if (faults.strike(Misbehaviour::WrongMsgRef, message))
        for (auto& command : body)
            if (auto* status = std::get_if<syncml::Status>(&command))
                status->msg_ref += 7;
    if (faults.strike(Misbehaviour::DoubleStatus, message)) {
        const std::vector<syncml::Command> statuses(body.begin(), std::ranges::find_if_not(body, is_status));
        body.insert(body.begin() + static_cast<std::ptrdiff_t>(statuses.size()), statuses.begin(), statuses.end());
        for (std::size_t place = 0; place < statuses.size(); ++place)
            std::get<syncml::Status>(body[statuses.size() + place]).cmd_id += 5000;
    }
    if (faults.strike(Misbehaviour::NoHeaderStatus, message))
        body.erase(body.begin());
    if (faults.strike(Misbehaviour::Backwards, message))
        std::ranges::reverse(body);
    if (faults.strike(Misbehaviour::OutOfOrder, message))
        std::reverse(body.begin(), std::ranges::find_if_not(body, is_status));
}

std::string garble(std::string document, Faults& faults, syncml::MsgId message)
{
    if (faults.strike(Misbehaviour::TruncatedXml, message))
        document.resize(document.size() / 2);
    if (faults.strike(Misbehaviour::BillionLaughs, message))
        document = with_doctype(document, nested_entities(), "&l9;");
    if (faults.strike(Misbehaviour::ExternalEntity, message))
        document = with_doctype(document, "<!DOCTYPE SyncML [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>", "&x;");
    return document;
}

} // namespace testserver
