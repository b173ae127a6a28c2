#include "syncml/codes.hpp"

#include <array>

namespace syncml {

bool is_known(AlertCode code)
{
    const int value = static_cast<int>(code);
    return value == 100 || (value >= 200 && value <= 210) || (value >= 221 && value <= 225);
}

AlertCode to_alert(SyncType type)
{
    switch (type) {
    case SyncType::TwoWay: return AlertCode::TwoWay;
    case SyncType::Slow: return AlertCode::SlowSync;
    case SyncType::OneWayFromClient: return AlertCode::OneWayFromClient;
    case SyncType::RefreshFromClient: return AlertCode::RefreshFromClient;
    case SyncType::OneWayFromServer: return AlertCode::OneWayFromServer;
    case SyncType::RefreshFromServer: return AlertCode::RefreshFromServer;
    }
    return AlertCode::TwoWay;
}

namespace {
constexpr std::array all_types{SyncType::TwoWay,           SyncType::Slow,
                               SyncType::OneWayFromClient, SyncType::RefreshFromClient,
                               SyncType::OneWayFromServer, SyncType::RefreshFromServer};
}

std::optional<SyncType> find_sync_type(AlertCode code)
{
    for (const auto type : all_types)
        if (to_alert(type) == code)
            return type;
    return std::nullopt;
}

std::string_view name(SyncType type)
{
    switch (type) {
    case SyncType::TwoWay: return "TWO_WAY";
    case SyncType::Slow: return "SLOW";
    case SyncType::OneWayFromClient: return "ONE_WAY_FROM_CLIENT";
    case SyncType::RefreshFromClient: return "REFRESH_FROM_CLIENT";
    case SyncType::OneWayFromServer: return "ONE_WAY_FROM_SERVER";
    case SyncType::RefreshFromServer: return "REFRESH_FROM_SERVER";
    }
    return {};
}

std::optional<SyncType> find_sync_type(std::string_view text)
{
    for (const auto type : all_types)
        if (name(type) == text)
            return type;
    return std::nullopt;
}

bool client_sends(SyncType type)
{
    return type != SyncType::OneWayFromServer && type != SyncType::RefreshFromServer;
}

bool server_sends(SyncType type)
{
    return type != SyncType::OneWayFromClient && type != SyncType::RefreshFromClient;
}

bool client_sends_all(SyncType type)
{
    return type == SyncType::Slow || type == SyncType::RefreshFromClient;
}

bool is_refresh(SyncType type)
{
    return type == SyncType::RefreshFromClient || type == SyncType::RefreshFromServer;
}

bool is_success(StatusCode code)
{
    const int value = static_cast<int>(code);
    // 1200…1299: application codes that mirror the class of success.
    return (value >= 200 && value < 300) || (value >= 1200 && value < 1300);
}

std::string_view describe(StatusCode code)
{
    switch (code) {
    case StatusCode::InProgress: return "in progress";
    case StatusCode::Ok: return "done";
    case StatusCode::ItemAdded: return "added";
    case StatusCode::AcceptedForProcessing: return "accepted for processing";
    case StatusCode::NonauthoritativeResponse: return "answered by another party";
    case StatusCode::NoContent: return "no content";
    case StatusCode::ResetContent: return "content should be refreshed";
    case StatusCode::PartialContent: return "partly done";
    case StatusCode::ConflictResolvedWithMerge: return "conflict, merged";
    case StatusCode::ConflictResolvedClientWins: return "conflict, the client's version won";
    case StatusCode::ConflictResolvedWithDuplicate: return "conflict, both versions kept";
    case StatusCode::DeleteWithoutArchive: return "deleted without archiving";
    case StatusCode::ItemNotDeleted: return "nothing to delete";
    case StatusCode::AuthenticationAccepted: return "authenticated";
    case StatusCode::ChunkedItemAccepted: return "chunk accepted";
    case StatusCode::OperationCancelledNoMore: return "cancelled, nothing more follows";
    case StatusCode::NotExecuted: return "not executed";
    case StatusCode::AtomicRollBackOk: return "rolled back";
    case StatusCode::BadRequest: return "malformed request";
    case StatusCode::InvalidCredentials: return "wrong credentials";
    case StatusCode::PaymentNeeded: return "payment needed";
    case StatusCode::Forbidden: return "forbidden";
    case StatusCode::NotFound: return "not found";
    case StatusCode::CommandNotAllowed: return "command not allowed";
    case StatusCode::OptionalFeatureNotSupported: return "feature not supported";
    case StatusCode::MissingCredentials: return "credentials missing";
    case StatusCode::RequestTimeout: return "timed out";
    case StatusCode::Conflict: return "conflict";
    case StatusCode::Gone: return "gone for good";
    case StatusCode::SizeRequired: return "size required";
    case StatusCode::IncompleteCommand: return "incomplete command";
    case StatusCode::RequestEntityTooLarge: return "too large";
    case StatusCode::UriTooLong: return "identifier too long";
    case StatusCode::UnsupportedMediaType: return "content type not supported";
    case StatusCode::RequestedSizeTooBig: return "stated size too big";
    case StatusCode::RetryLater: return "retry later";
    case StatusCode::AlreadyExists: return "already exists";
    case StatusCode::ConflictResolvedServerWins: return "conflict, the server's version won";
    case StatusCode::DeviceFull: return "store full";
    case StatusCode::UnknownSearchGrammar: return "unknown filter grammar";
    case StatusCode::BadCgiScript: return "bad filter";
    case StatusCode::SoftDeleteConflict: return "soft delete conflict";
    case StatusCode::SizeMismatch: return "size mismatch";
    case StatusCode::PermissionDenied: return "permission denied";
    case StatusCode::PartialItemNotAccepted: return "partial item not accepted";
    case StatusCode::ItemNotEmpty: return "folder not empty";
    case StatusCode::MoveFailed: return "move failed";
    case StatusCode::CommandFailed: return "command failed";
    case StatusCode::CommandNotImplemented: return "command not implemented";
    case StatusCode::BadGateway: return "bad gateway";
    case StatusCode::ServiceUnavailable: return "service unavailable";
    case StatusCode::GatewayTimeout: return "gateway timed out";
    case StatusCode::DtdVersionNotSupported: return "SyncML version not supported";
    case StatusCode::ProcessingError: return "processing error";
    case StatusCode::AtomicFailed: return "atomic command failed";
    case StatusCode::RefreshRequired: return "slow sync or refresh required";
    case StatusCode::ResumeOverridden: return "resume overridden";
    case StatusCode::DataStoreFailure: return "the server's database failed";
    case StatusCode::ServerFailure: return "the server failed";
    case StatusCode::SynchronizationFailed: return "synchronization failed";
    case StatusCode::ProtocolVersionNotSupported: return "protocol version not supported";
    case StatusCode::OperationCancelled: return "cancelled";
    case StatusCode::AtomicRollBackFailed: return "roll-back failed";
    case StatusCode::AtomicResponseTooLarge: return "response too large";
    }
    return "unlisted code";
}

} // namespace syncml
