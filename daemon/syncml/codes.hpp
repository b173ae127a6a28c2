#pragma once

#include <optional>
#include <string_view>

namespace syncml {

/// Alert/Data codes of OMA DS 1.2. Codes not listed travel as their number in
/// the same type; `is_known` tells them apart.
enum class AlertCode : int {
    Display = 100,
    TwoWay = 200,
    SlowSync = 201,
    OneWayFromClient = 202,
    RefreshFromClient = 203,
    OneWayFromServer = 204,
    RefreshFromServer = 205,
    TwoWayByServer = 206,
    OneWayFromClientByServer = 207,
    RefreshFromClientByServer = 208,
    OneWayFromServerByServer = 209,
    RefreshFromServerByServer = 210,
    ResultAlert = 221,
    NextMessage = 222,
    NoEndOfData = 223,
    Suspend = 224,
    Resume = 225,
};

bool is_known(AlertCode code);

/// The six ways to synchronize, the words of the Tizen API on the outside and
/// the alert codes 200…205 on the wire.
enum class SyncType { TwoWay, Slow, OneWayFromClient, RefreshFromClient, OneWayFromServer, RefreshFromServer };

AlertCode to_alert(SyncType type);
/// Only 200…205; a server alerted code (206…210) is not a sync type.
std::optional<SyncType> find_sync_type(AlertCode code);

/// `TWO_WAY`, `SLOW`, … as on D-Bus.
std::string_view name(SyncType type);
std::optional<SyncType> find_sync_type(std::string_view name);

/// Whether items travel in this direction at all.
bool client_sends(SyncType type);
bool server_sends(SyncType type);
/// Whether the client sends everything instead of changes (201, 203).
bool client_sends_all(SyncType type);
/// Whether the receiving side replaces everything it has (203, 205).
bool is_refresh(SyncType type);

/// Status codes (RepPro 1.2 §10). Any number of three or four digits can
/// arrive; unknown ones are judged by their class.
enum class StatusCode : int {
    InProgress = 101,
    Ok = 200,
    ItemAdded = 201,
    AcceptedForProcessing = 202,
    NonauthoritativeResponse = 203,
    NoContent = 204,
    ResetContent = 205,
    PartialContent = 206,
    ConflictResolvedWithMerge = 207,
    ConflictResolvedClientWins = 208,
    ConflictResolvedWithDuplicate = 209,
    DeleteWithoutArchive = 210,
    ItemNotDeleted = 211,
    AuthenticationAccepted = 212,
    ChunkedItemAccepted = 213,
    OperationCancelledNoMore = 214,
    NotExecuted = 215,
    AtomicRollBackOk = 216,
    BadRequest = 400,
    InvalidCredentials = 401,
    PaymentNeeded = 402,
    Forbidden = 403,
    NotFound = 404,
    CommandNotAllowed = 405,
    OptionalFeatureNotSupported = 406,
    MissingCredentials = 407,
    RequestTimeout = 408,
    Conflict = 409,
    Gone = 410,
    SizeRequired = 411,
    IncompleteCommand = 412,
    RequestEntityTooLarge = 413,
    UriTooLong = 414,
    UnsupportedMediaType = 415,
    RequestedSizeTooBig = 416,
    RetryLater = 417,
    AlreadyExists = 418,
    ConflictResolvedServerWins = 419,
    DeviceFull = 420,
    UnknownSearchGrammar = 421,
    BadCgiScript = 422,
    SoftDeleteConflict = 423,
    SizeMismatch = 424,
    PermissionDenied = 425,
    PartialItemNotAccepted = 426,
    ItemNotEmpty = 427,
    MoveFailed = 428,
    CommandFailed = 500,
    CommandNotImplemented = 501,
    BadGateway = 502,
    ServiceUnavailable = 503,
    GatewayTimeout = 504,
    DtdVersionNotSupported = 505,
    ProcessingError = 506,
    AtomicFailed = 507,
    RefreshRequired = 508,
    ResumeOverridden = 509,
    DataStoreFailure = 510,
    ServerFailure = 511,
    SynchronizationFailed = 512,
    ProtocolVersionNotSupported = 513,
    OperationCancelled = 514,
    AtomicRollBackFailed = 516,
    AtomicResponseTooLarge = 517,
};

bool is_success(StatusCode code); ///< the whole 2xx class

/// In a few words, for reports: `404 not found`.
std::string_view describe(StatusCode code);

} // namespace syncml
