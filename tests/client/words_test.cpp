#include "base/error.hpp"

#include <catch2/catch.hpp>

#include <syncd/enums.hpp>
#include <syncd/error.hpp>
#include <syncd/profile.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace syncd;

namespace {

/// Each word reads as its value and is written as that word again.
template <class Enum>
void check_words(const std::vector<std::pair<Enum, std::string_view>>& words)
{
    for (const auto& [value, word] : words) {
        CHECK(to_string(value) == word);
        CHECK(from_string<Enum>(word) == value);
    }
}

} // namespace

TEST_CASE("every value has the word of the D-Bus contract")
{
    check_words<SyncMode>({{SyncMode::Manual, "MANUAL"}, {SyncMode::Periodic, "PERIODIC"}, {SyncMode::Push, "PUSH"}});
    check_words<SyncType>({{SyncType::TwoWay, "TWO_WAY"},
                           {SyncType::Slow, "SLOW"},
                           {SyncType::OneWayFromClient, "ONE_WAY_FROM_CLIENT"},
                           {SyncType::RefreshFromClient, "REFRESH_FROM_CLIENT"},
                           {SyncType::OneWayFromServer, "ONE_WAY_FROM_SERVER"},
                           {SyncType::RefreshFromServer, "REFRESH_FROM_SERVER"}});
    check_words<SyncConflictPolicy>({{SyncConflictPolicy::KeepBoth, "KEEP_BOTH"},
                                     {SyncConflictPolicy::ServerWins, "SERVER_WINS"},
                                     {SyncConflictPolicy::ClientWins, "CLIENT_WINS"},
                                     {SyncConflictPolicy::NewestWins, "NEWEST_WINS"}});
    check_words<ConflictWay>(
        {{ConflictWay::Ours, "OURS"}, {ConflictWay::Theirs, "THEIRS"}, {ConflictWay::Both, "BOTH"}});
    check_words<SyncInterval>({{SyncInterval::FiveMinutes, "5_MINUTES"},
                               {SyncInterval::FifteenMinutes, "15_MINUTES"},
                               {SyncInterval::OneHour, "1_HOUR"},
                               {SyncInterval::FourHours, "4_HOURS"},
                               {SyncInterval::TwelveHours, "12_HOURS"},
                               {SyncInterval::OneDay, "1_DAY"},
                               {SyncInterval::OneWeek, "1_WEEK"},
                               {SyncInterval::OneMonth, "1_MONTH"}});
    check_words<SyncServiceType>({{SyncServiceType::Contact, "CONTACT"}, {SyncServiceType::Event, "EVENT"}});
    check_words<SyncStatus>({{SyncStatus::None, "NONE"},
                             {SyncStatus::Success, "SUCCESS"},
                             {SyncStatus::Fail, "FAIL"},
                             {SyncStatus::Stop, "STOP"}});
    check_words<SyncOutcome>(
        {{SyncOutcome::Completed, "COMPLETED"}, {SyncOutcome::Stopped, "STOPPED"}, {SyncOutcome::Failed, "FAILED"}});
    check_words<SyncTrigger>({{SyncTrigger::User, "user"},
                              {SyncTrigger::Timer, "timer"},
                              {SyncTrigger::Push, "push"},
                              {SyncTrigger::Undo, "undo"}});
    check_words<ItemChangeKind>(
        {{ItemChangeKind::Added, "ADDED"}, {ItemChangeKind::Updated, "UPDATED"}, {ItemChangeKind::Deleted, "DELETED"}});
    check_words<SentItemKind>({{SentItemKind::Added, "ADDED"},
                               {SentItemKind::Updated, "UPDATED"},
                               {SentItemKind::Deleted, "DELETED"},
                               {SentItemKind::Compared, "COMPARED"}});
    check_words<SentItemAnswer>({{SentItemAnswer::None, "NONE"},
                                 {SentItemAnswer::Taken, "TAKEN"},
                                 {SentItemAnswer::Merged, "MERGED"},
                                 {SentItemAnswer::ServerWins, "SERVER_WINS"},
                                 {SentItemAnswer::Refused, "REFUSED"},
                                 {SentItemAnswer::PutOff, "PUT_OFF"}});
    check_words<ItemChangeRule>({{ItemChangeRule::ServerAdded, "SERVER_ADDED"},
                                 {ItemChangeRule::ServerChanged, "SERVER_CHANGED"},
                                 {ItemChangeRule::ServerDeleted, "SERVER_DELETED"},
                                 {ItemChangeRule::Refresh, "REFRESH"},
                                 {ItemChangeRule::Surplus, "SURPLUS"},
                                 {ItemChangeRule::Undone, "UNDONE"},
                                 {ItemChangeRule::Merged, "MERGED"},
                                 {ItemChangeRule::Matched, "MATCHED"}});
    check_words<ProfileState>({{ProfileState::Idle, "Idle"},
                               {ProfileState::Queued, "Queued"},
                               {ProfileState::Syncing, "Syncing"},
                               {ProfileState::Stopping, "Stopping"}});
}

TEST_CASE("a word of a newer service is no error")
{
    CHECK(from_string<SyncMode>("LUNAR") == SyncMode::Unknown);
    CHECK(from_string<SyncType>("two_way") == SyncType::Unknown);
    CHECK(from_string<SyncInterval>("") == SyncInterval::Unknown);
    CHECK(from_string<SyncServiceType>("MEMO") == SyncServiceType::Unknown);
    CHECK(from_string<SyncStatus>("PARTIAL") == SyncStatus::None);
    CHECK(from_string<SyncOutcome>("MERGED") == SyncOutcome::Unknown);
    CHECK(from_string<SyncTrigger>("moon") == SyncTrigger::Unknown);
    CHECK(from_string<ProfileState>("Dreaming") == ProfileState::Idle);
    CHECK(to_string(SyncMode::Unknown) == "UNKNOWN");
    CHECK(to_string(static_cast<SyncType>(99)) == "UNKNOWN");
}

TEST_CASE("the library knows every error that the service can name")
{
    for (int value = 0; value <= static_cast<int>(base::Errc::Stopped); ++value) {
        const auto code = static_cast<base::Errc>(value);
        const std::string name(base::dbus_name(code));
        INFO(name);
        CHECK((Error(name, "").kind() == ErrorKind::Failed) == (code == base::Errc::Failed));
    }
}

TEST_CASE("an unknown error name is Failed and keeps its name and words")
{
    const Error error("org.example.Odd", "something odd");
    CHECK(error.kind() == ErrorKind::Failed);
    CHECK(error.name() == "org.example.Odd");
    CHECK(std::string(error.what()) == "something odd");
    CHECK(Error("org.syncd1.Error.Brandnew", "").kind() == ErrorKind::Failed);
}

TEST_CASE("whatever says that there is no service is NoService")
{
    for (const char* name : {"org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NoReply",
                             "org.freedesktop.DBus.Error.Spawn.ExecFailed", "org.freedesktop.systemd1.NoSuchUnit"}) {
        INFO(name);
        CHECK(Error(name, "").kind() == ErrorKind::NoService);
    }
}

TEST_CASE("wiping a password leaves nothing of it")
{
    std::string password = "a password that is too long for the small string";
    const char* const bytes = password.data();
    const std::size_t size = password.size();

    wipe(password);

    CHECK(password.empty());
    CHECK(password.data() == bytes); // still its buffer, so it may be looked at
    CHECK(std::string(bytes, size) == std::string(size, '\0'));
}
