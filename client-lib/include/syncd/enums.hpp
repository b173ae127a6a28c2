#pragma once

#include <syncd/export.hpp>

#include <string_view>

/// The words of the synchronization API. Each value has one word (`TWO_WAY`), the same on
/// D-Bus, in JSON and in documents.
///
/// A newer service may use words that this library does not know. They are read as
/// the first enumerator; `Unknown` is never sent to the service.
namespace syncd {

/// When a profile syncs.
enum class SyncMode {
    Unknown,
    Manual,   ///< only when asked to
    Periodic, ///< by itself, at a SyncInterval
    Push,     ///< by itself, when something changes or the server notifies
};

/// What a session exchanges.
enum class SyncType {
    Unknown,
    TwoWay,            ///< both sides send their changes
    Slow,              ///< both sides send everything, which is compared
    OneWayFromClient,  ///< this machine sends its changes, the server sends none
    RefreshFromClient, ///< this machine sends everything and the server replaces what it has
    OneWayFromServer,  ///< the server sends its changes, this machine sends none
    RefreshFromServer, ///< the server sends everything and this machine replaces what it has
};

/// The period of SyncMode::Periodic.
enum class SyncInterval {
    Unknown,
    FiveMinutes,
    FifteenMinutes,
    OneHour,
    FourHours,
    TwelveHours,
    OneDay,
    OneWeek,
    OneMonth,
};

/// Whose way it goes where an item was changed here and at the server, and not all of it can be merged.
enum class SyncConflictPolicy {
    Unknown,
    KeepBoth,   ///< the server's version becomes an item of its own
    ServerWins, ///< as the server has it
    ClientWins, ///< as it is here
    NewestWins, ///< as it was changed later; both, if one does not say when
};

/// What an item holds of what both sides have changed differently.
enum class ConflictWay {
    Unknown,
    Ours,
    Theirs,
    Both, ///< ours, and the server's version is an item of its own
};

/// How messages to the server are written.
enum class SyncEncoding {
    Unknown,
    Auto,  ///< WBXML or else XML: what the server is found to read, which the service remembers
    Xml,   ///< text
    Wbxml, ///< binary: smaller, and for some servers the only one
};

/// Which version of SyncML the server is spoken to in.
enum class SyncProtocolVersion {
    Unknown,
    Auto, ///< the newest that the server speaks, which the service finds out and remembers
    V1_2,
    V1_1, ///< without going on with what broke off, and without filters
    V1_0, ///< and without items that are larger than a message
};

/// A kind of records.
enum class SyncServiceType {
    Unknown,
    Contact,
    Event,
    Task,
    Note,
};

/// How a service fared in the last session.
enum class SyncStatus {
    None, ///< never took part
    Success,
    Fail,
    Stop,
};

/// How a session ended.
enum class SyncOutcome { Unknown, Completed, Stopped, Failed };

/// What started a session.
enum class SyncTrigger {
    Unknown,
    User,
    Timer,
    Push,
    Undo, ///< it is no session: somebody undid one
};

/// What became of an item.
enum class ItemChangeKind { Unknown, Added, Updated, Deleted };

/// Why a session changed an item.
enum class ItemChangeRule {
    Unknown,
    ServerAdded,
    ServerChanged,
    ServerDeleted,
    Refresh, ///< the server's content took the place of what was here
    Surplus, ///< the second one of an item that the server holds twice: deleted at once, here and there
    Undone,  ///< somebody undid a session
    Merged,  ///< of two versions one was made
    Matched, ///< it was found to be another one, which took its place
};

/// As what an item went to the server.
enum class SentItemKind {
    Unknown,
    Added,
    Updated,
    Deleted,
    Compared, ///< in a slow sync, which sends everything
};

/// What the server made of an item that was sent.
enum class SentItemAnswer {
    Unknown,
    None, ///< so far, or for good: the session broke off
    Taken,
    Merged,     ///< with the server's version, which comes back
    ServerWins, ///< the server's version stays
    Refused,    ///< it does not go again until it changes
    PutOff,     ///< it was not taken, and goes again with the next session
};

/// What a profile is doing.
enum class ProfileState {
    Idle,
    Queued, ///< accepted, and waiting for another session of the same user
    Syncing,
    Stopping,
};

/// The word of a value; `UNKNOWN` for Unknown and for a number that is no enumerator.
SYNCD_API std::string_view to_string(SyncMode value) noexcept;
SYNCD_API std::string_view to_string(SyncType value) noexcept;
SYNCD_API std::string_view to_string(SyncInterval value) noexcept;
SYNCD_API std::string_view to_string(SyncConflictPolicy value) noexcept;
SYNCD_API std::string_view to_string(ConflictWay value) noexcept;
SYNCD_API std::string_view to_string(SyncEncoding value) noexcept;
SYNCD_API std::string_view to_string(SyncProtocolVersion value) noexcept;
SYNCD_API std::string_view to_string(SyncServiceType value) noexcept;
SYNCD_API std::string_view to_string(SyncStatus value) noexcept;
SYNCD_API std::string_view to_string(SyncOutcome value) noexcept;
SYNCD_API std::string_view to_string(SyncTrigger value) noexcept;
SYNCD_API std::string_view to_string(ItemChangeKind value) noexcept;
SYNCD_API std::string_view to_string(ItemChangeRule value) noexcept;
SYNCD_API std::string_view to_string(SentItemKind value) noexcept;
SYNCD_API std::string_view to_string(SentItemAnswer value) noexcept;
SYNCD_API std::string_view to_string(ProfileState value) noexcept;

/// The value of a word, case and all: `from_string<SyncType>("SLOW")`. The first
/// enumerator for every other word.
template <class Enum>
Enum from_string(std::string_view word) noexcept = delete;

template <>
SYNCD_API SyncMode from_string(std::string_view word) noexcept;
template <>
SYNCD_API SyncType from_string(std::string_view word) noexcept;
template <>
SYNCD_API SyncInterval from_string(std::string_view word) noexcept;
template <>
SYNCD_API SyncConflictPolicy from_string(std::string_view word) noexcept;
template <>
SYNCD_API ConflictWay from_string(std::string_view word) noexcept;
template <>
SYNCD_API SyncEncoding from_string(std::string_view word) noexcept;
template <>
SYNCD_API SyncProtocolVersion from_string(std::string_view word) noexcept;
template <>
SYNCD_API SyncServiceType from_string(std::string_view word) noexcept;
template <>
SYNCD_API SyncStatus from_string(std::string_view word) noexcept;
template <>
SYNCD_API SyncOutcome from_string(std::string_view word) noexcept;
template <>
SYNCD_API SyncTrigger from_string(std::string_view word) noexcept;
template <>
SYNCD_API ItemChangeKind from_string(std::string_view word) noexcept;
template <>
SYNCD_API ItemChangeRule from_string(std::string_view word) noexcept;
template <>
SYNCD_API SentItemKind from_string(std::string_view word) noexcept;
template <>
SYNCD_API SentItemAnswer from_string(std::string_view word) noexcept;
template <>
SYNCD_API ProfileState from_string(std::string_view word) noexcept;

} // namespace syncd
