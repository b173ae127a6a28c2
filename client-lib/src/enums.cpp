#include <syncd/enums.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace syncd {
namespace {

template <class Enum, std::size_t Count>
using Words = std::array<std::pair<Enum, std::string_view>, Count>;

constexpr Words<SyncMode, 3> modes{{
    {SyncMode::Manual, "MANUAL"},
    {SyncMode::Periodic, "PERIODIC"},
    {SyncMode::Push, "PUSH"},
}};

constexpr Words<SyncType, 6> types{{
    {SyncType::TwoWay, "TWO_WAY"},
    {SyncType::Slow, "SLOW"},
    {SyncType::OneWayFromClient, "ONE_WAY_FROM_CLIENT"},
    {SyncType::RefreshFromClient, "REFRESH_FROM_CLIENT"},
    {SyncType::OneWayFromServer, "ONE_WAY_FROM_SERVER"},
    {SyncType::RefreshFromServer, "REFRESH_FROM_SERVER"},
}};

constexpr Words<SyncInterval, 8> intervals{{
    {SyncInterval::FiveMinutes, "5_MINUTES"},
    {SyncInterval::FifteenMinutes, "15_MINUTES"},
    {SyncInterval::OneHour, "1_HOUR"},
    {SyncInterval::FourHours, "4_HOURS"},
    {SyncInterval::TwelveHours, "12_HOURS"},
    {SyncInterval::OneDay, "1_DAY"},
    {SyncInterval::OneWeek, "1_WEEK"},
    {SyncInterval::OneMonth, "1_MONTH"},
}};

constexpr Words<SyncConflictPolicy, 4> conflict_policies{{
    {SyncConflictPolicy::KeepBoth, "KEEP_BOTH"},
    {SyncConflictPolicy::ServerWins, "SERVER_WINS"},
    {SyncConflictPolicy::ClientWins, "CLIENT_WINS"},
    {SyncConflictPolicy::NewestWins, "NEWEST_WINS"},
}};

constexpr Words<ConflictWay, 3> conflict_ways{{
    {ConflictWay::Ours, "OURS"},
    {ConflictWay::Theirs, "THEIRS"},
    {ConflictWay::Both, "BOTH"},
}};

constexpr Words<SyncEncoding, 3> encodings{{
    {SyncEncoding::Auto, "AUTO"},
    {SyncEncoding::Xml, "XML"},
    {SyncEncoding::Wbxml, "WBXML"},
}};

constexpr Words<SyncProtocolVersion, 4> protocol_versions{{
    {SyncProtocolVersion::Auto, "AUTO"},
    {SyncProtocolVersion::V1_2, "1.2"},
    {SyncProtocolVersion::V1_1, "1.1"},
    {SyncProtocolVersion::V1_0, "1.0"},
}};

constexpr Words<SyncServiceType, 4> service_types{{
    {SyncServiceType::Contact, "CONTACT"},
    {SyncServiceType::Event, "EVENT"},
    {SyncServiceType::Task, "TASK"},
    {SyncServiceType::Note, "NOTE"},
}};

constexpr Words<SyncStatus, 4> statuses{{
    {SyncStatus::None, "NONE"},
    {SyncStatus::Success, "SUCCESS"},
    {SyncStatus::Fail, "FAIL"},
    {SyncStatus::Stop, "STOP"},
}};

constexpr Words<SyncOutcome, 3> outcomes{{
    {SyncOutcome::Completed, "COMPLETED"},
    {SyncOutcome::Stopped, "STOPPED"},
    {SyncOutcome::Failed, "FAILED"},
}};

// The one enumeration whose words are lower-case on D-Bus.
constexpr Words<SyncTrigger, 4> triggers{{
    {SyncTrigger::User, "user"},
    {SyncTrigger::Timer, "timer"},
    {SyncTrigger::Push, "push"},
    {SyncTrigger::Undo, "undo"},
}};

constexpr Words<ItemChangeKind, 3> change_kinds{{
    {ItemChangeKind::Added, "ADDED"},
    {ItemChangeKind::Updated, "UPDATED"},
    {ItemChangeKind::Deleted, "DELETED"},
}};

constexpr Words<ItemChangeRule, 8> change_rules{{
    {ItemChangeRule::ServerAdded, "SERVER_ADDED"},
    {ItemChangeRule::ServerChanged, "SERVER_CHANGED"},
    {ItemChangeRule::ServerDeleted, "SERVER_DELETED"},
    {ItemChangeRule::Refresh, "REFRESH"},
    {ItemChangeRule::Surplus, "SURPLUS"},
    {ItemChangeRule::Undone, "UNDONE"},
    {ItemChangeRule::Merged, "MERGED"},
    {ItemChangeRule::Matched, "MATCHED"},
}};

constexpr Words<SentItemKind, 4> sent_kinds{{
    {SentItemKind::Added, "ADDED"},
    {SentItemKind::Updated, "UPDATED"},
    {SentItemKind::Deleted, "DELETED"},
    {SentItemKind::Compared, "COMPARED"},
}};

constexpr Words<SentItemAnswer, 6> sent_answers{{
    {SentItemAnswer::None, "NONE"},
    {SentItemAnswer::Taken, "TAKEN"},
    {SentItemAnswer::Merged, "MERGED"},
    {SentItemAnswer::ServerWins, "SERVER_WINS"},
    {SentItemAnswer::Refused, "REFUSED"},
    {SentItemAnswer::PutOff, "PUT_OFF"},
}};

constexpr Words<ProfileState, 4> states{{
    {ProfileState::Idle, "Idle"},
    {ProfileState::Queued, "Queued"},
    {ProfileState::Syncing, "Syncing"},
    {ProfileState::Stopping, "Stopping"},
}};

template <class Enum, std::size_t Count>
std::string_view word_of(const Words<Enum, Count>& words, Enum value) noexcept
{
    const auto found = std::ranges::find(words, value, &std::pair<Enum, std::string_view>::first);
    return found == words.end() ? "UNKNOWN" : found->second;
}

template <class Enum, std::size_t Count>
Enum value_of(const Words<Enum, Count>& words, std::string_view word) noexcept
{
    const auto found = std::ranges::find(words, word, &std::pair<Enum, std::string_view>::second);
    return found == words.end() ? Enum{} : found->first;
}

} // namespace

std::string_view to_string(SyncMode value) noexcept
{
    return word_of(modes, value);
}
std::string_view to_string(SyncType value) noexcept
{
    return word_of(types, value);
}
std::string_view to_string(SyncInterval value) noexcept
{
    return word_of(intervals, value);
}
std::string_view to_string(SyncConflictPolicy value) noexcept
{
    return word_of(conflict_policies, value);
}
std::string_view to_string(ConflictWay value) noexcept
{
    return word_of(conflict_ways, value);
}
std::string_view to_string(SyncEncoding value) noexcept
{
    return word_of(encodings, value);
}
std::string_view to_string(SyncProtocolVersion value) noexcept
{
    return word_of(protocol_versions, value);
}
std::string_view to_string(SyncServiceType value) noexcept
{
    return word_of(service_types, value);
}
std::string_view to_string(SyncStatus value) noexcept
{
    return word_of(statuses, value);
}
std::string_view to_string(SyncOutcome value) noexcept
{
    return word_of(outcomes, value);
}
std::string_view to_string(SyncTrigger value) noexcept
{
    return word_of(triggers, value);
}
std::string_view to_string(ItemChangeKind value) noexcept
{
    return word_of(change_kinds, value);
}
std::string_view to_string(ItemChangeRule value) noexcept
{
    return word_of(change_rules, value);
}
std::string_view to_string(SentItemKind value) noexcept
{
    return word_of(sent_kinds, value);
}
std::string_view to_string(SentItemAnswer value) noexcept
{
    return word_of(sent_answers, value);
}
std::string_view to_string(ProfileState value) noexcept
{
    return word_of(states, value);
}

template <>
SyncMode from_string(std::string_view word) noexcept
{
    return value_of(modes, word);
}
template <>
SyncType from_string(std::string_view word) noexcept
{
    return value_of(types, word);
}
template <>
SyncInterval from_string(std::string_view word) noexcept
{
    return value_of(intervals, word);
}
template <>
SyncConflictPolicy from_string(std::string_view word) noexcept
{
    return value_of(conflict_policies, word);
}
template <>
ConflictWay from_string(std::string_view word) noexcept
{
    return value_of(conflict_ways, word);
}
template <>
SyncEncoding from_string(std::string_view word) noexcept
{
    return value_of(encodings, word);
}
template <>
SyncProtocolVersion from_string(std::string_view word) noexcept
{
    return value_of(protocol_versions, word);
}
template <>
SyncServiceType from_string(std::string_view word) noexcept
{
    return value_of(service_types, word);
}
template <>
SyncStatus from_string(std::string_view word) noexcept
{
    return value_of(statuses, word);
}
template <>
SyncOutcome from_string(std::string_view word) noexcept
{
    return value_of(outcomes, word);
}
template <>
SyncTrigger from_string(std::string_view word) noexcept
{
    return value_of(triggers, word);
}
template <>
ItemChangeKind from_string(std::string_view word) noexcept
{
    return value_of(change_kinds, word);
}
template <>
ItemChangeRule from_string(std::string_view word) noexcept
{
    return value_of(change_rules, word);
}
template <>
SentItemKind from_string(std::string_view word) noexcept
{
    return value_of(sent_kinds, word);
}
template <>
SentItemAnswer from_string(std::string_view word) noexcept
{
    return value_of(sent_answers, word);
}
template <>
ProfileState from_string(std::string_view word) noexcept
{
    return value_of(states, word);
}

} // namespace syncd
