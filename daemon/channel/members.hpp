#pragma once

#include "channel/messages.hpp"

#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

/// The members of every message, once, each with its name on the wire and its meaning.
/// Writing, reading, attaching secrets and describing are visitors of these lists.
namespace channel {

template <class M, class Message>
concept Is = std::same_as<std::remove_const_t<M>, Message>;

/// A message that stands in others.
template <class M>
concept Part = Is<M, ServicePlan> || Is<M, AskedSync> || Is<M, Alerts> || Is<M, Account> || Is<M, Match>;

template <class Visitor, Is<AskedSync> M>
void members(Visitor& visit, M& sync)
{
    visit("type", sync.type, "TWO_WAY, SLOW, …");
    visit("uri", sync.uri, "the server's database");
    visit("content_type", sync.content_type, "empty: not said");
    visit("command", sync.command, "CmdID of its Alert, in a message of Alerts");
    visit("target", sync.target, "of that Alert");
}

template <class Visitor, Is<Alerts> M>
void members(Visitor& visit, M& alerts)
{
    visit("message", alerts.message, "MsgID of a message of Alerts; 0: it is none");
    visit("target", alerts.target, "of that message");
    visit("source", alerts.source, "of that message");
    visit("syncs", alerts.syncs, "none: every database");
}

template <class Visitor, Is<Account> M>
void members(Visitor& visit, M& account)
{
    visit("server_id", account.server_id, "what the server calls itself");
    visit("shares_password", account.shares_password, "with the server");
    visit("password", account.password, "");
    visit("nonces", account.nonces, "base64, that the server may use");
}

template <class Visitor, Is<Reading> M>
void members(Visitor& visit, M& reading)
{
    visit("octets", reading.octets, "");
    visit("accounts", reading.accounts, "that it may be for");
    visit("log_level", reading.log_level, "debug, info, …");
}

template <class Visitor, Is<Match> M>
void members(Visitor& visit, M& match)
{
    visit("account", match.account, "place in the reading");
    visit("authenticated", match.authenticated, "the notification proved itself");
}

template <class Visitor, Is<Verdict> M>
void members(Visitor& visit, M& verdict)
{
    visit("refusal", verdict.refusal, "why it is ignored; empty: it is not");
    visit("matches", verdict.matches, "accounts that it is for");
    visit("asks_user", verdict.asks_user, "somebody has to agree first");
    visit("session", verdict.session, "id that the session is to have; empty: any");
    visit("alerts", verdict.alerts, "what it says");
}

template <class Visitor, Is<ServicePlan> M>
void members(Visitor& visit, M& service)
{
    visit("service", service.service, "CONTACT or EVENT");
    visit("uri", service.uri, "the server's database");
    visit("type", service.type, "TWO_WAY, SLOW, …");
    visit("user", service.user, "for a server that guards each database by itself");
    visit("password", service.password, "");
    visit("filter", service.filter, "CGI, for what the server sends; empty: none");
    visit("directory", service.directory, "of files that are its items, or eds:SOURCE-UID; empty: the embedded store");
    visit("directory_root", service.directory_root, "where that has to be; empty: anywhere");
}

template <class Visitor, Is<Plan> M>
void members(Visitor& visit, M& plan)
{
    visit("profile", plan.profile, "id");
    visit("profile_name", plan.profile_name, "for messages to people");
    visit("owner", plan.owner, "uid of the user");
    visit("session", plan.session, "number of the session");
    visit("trigger", plan.trigger, "user, timer or push");
    visit("session_id", plan.session_id, "that the server wants it to have; 0: ours to choose");
    visit("alerts", plan.alerts, "of the server's notification");
    visit("device_id", plan.device_id, "who we are to the server");
    visit("url", plan.url, "of the server");
    visit("user", plan.user, "empty: no authentication");
    visit("password", plan.password, "");
    visit("http_user", plan.http_user, "of HTTP authentication, empty: none");
    visit("http_password", plan.http_password, "");
    visit("client_certificate", plan.client_certificate, "");
    visit("server_id", plan.server_id, "who the server is to us, empty: not known");
    visit("server_password", plan.server_password, "");
    visit("authenticate_server", plan.authenticate_server, "the server must prove that it knows that password");
    visit("allow_plain_credentials", plan.allow_plain_credentials, "basic credentials may travel over http");
    visit("ca_file", plan.ca_file, "PEM file; empty: the system's roots");
    visit("encoding", plan.encoding, "of messages: AUTO, XML or WBXML");
    visit("conflict_policy", plan.conflict_policy,
          "of what cannot be merged: KEEP_BOTH, SERVER_WINS, CLIENT_WINS or NEWEST_WINS");
    visit("protocol_version", plan.protocol_version, "of SyncML: AUTO, 1.2, 1.1 or 1.0");
    visit("peer_rules", plan.peer_rules, "directories of the files of peers");
    visit("review_items", plan.review_items, "so many deletions and changes pass without review");
    visit("review_percent", plan.review_percent, "and so many of the items that are there; 100: all");
    visit("hold_slow_sync", plan.hold_slow_sync, "a slow sync that the server wants waits for review");
    visit("sync_db", plan.sync_db, "the profile's state; its directory may be written");
    visit("items_db", plan.items_db, "the user's items; its directory may be written");
    visit("max_msg_size", plan.max_msg_size, "bytes");
    visit("max_obj_size", plan.max_obj_size, "bytes");
    visit("max_reply_bytes", plan.max_reply_bytes, "bytes");
    visit("connect_timeout_s", plan.connect_timeout_s, "seconds");
    visit("reply_timeout_s", plan.reply_timeout_s, "seconds");
    visit("session_timeout_s", plan.session_timeout_s, "seconds");
    visit("history_sessions", plan.history_sessions, "so many keep what they changed");
    visit("history_bytes", plan.history_bytes, "that is kept of what the user's items held before");
    visit("log_level", plan.log_level, "debug, info, …");
    visit("transcript", plan.transcript, "descriptor 4 takes it");
    visit("transcript_items", plan.transcript_items, "with the contents of items");
    visit("services", plan.services, "in the profile's order");
}

template <class Visitor, Is<Started> M>
void members(Visitor&, M&)
{
}

template <class Visitor, Is<Progress> M>
void members(Visitor& visit, M& progress)
{
    visit("service", progress.service, "CONTACT or EVENT");
    visit("from_server", progress.from_server, "false: items on their way to the server");
    visit("total", progress.total, "item commands to move");
    visit("synced", progress.synced, "item commands moved, at most total");
}

template <class Visitor, Is<Result> M>
void members(Visitor& visit, M& result)
{
    visit("outcome", result.outcome, "completed, stopped or failed");
    visit("error_name", result.error_name, "D-Bus error name; empty unless failed");
    visit("message", result.message, "for a person");
    visit("retry_after_s", result.retry_after_s, "seconds; the server wants to be left alone for so long");
}

constexpr std::string_view title(const Plan&)
{
    return "plan";
}
constexpr std::string_view title(const Reading&)
{
    return "reading";
}
constexpr std::string_view title(const Verdict&)
{
    return "verdict";
}
constexpr std::string_view title(const Started&)
{
    return "started";
}
constexpr std::string_view title(const Progress&)
{
    return "progress";
}
constexpr std::string_view title(const Result&)
{
    return "result";
}

inline constexpr std::array<std::pair<std::string_view, Result::Outcome>, 3> outcomes{
    {{"completed", Result::Outcome::Completed},
     {"stopped", Result::Outcome::Stopped},
     {"failed", Result::Outcome::Failed}}};

} // namespace channel
