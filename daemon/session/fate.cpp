#include "session/fate.hpp"

namespace session {
namespace {

using syncml::StatusCode;

Fate fate_of_failure(StatusCode code)
{
    switch (static_cast<int>(code) % 1000) { // 14xx and 15xx mirror the classes of failure
    case 400:                                // malformed
    case 403:                                // forbidden
    case 405:                                // not allowed
    case 406:                                // not supported
    case 411:                                // size required
    case 412:                                // incomplete
    case 413:                                // too large
    case 414:                                // identifier too long
    case 415:                                // content type
    case 416:                                // stated size too big
    case 425:                                // permission
    case 501:                                // not implemented
        return Fate::Refused;
    default: return Fate::PutOff;
    }
}

// 423: removed here by a soft delete, and deleted there. We send nothing of what is removed here; so it is alive, and
// goes as what it is to that server, a new item.
bool is_missing(StatusCode code)
{
    return code == StatusCode::NotFound || code == StatusCode::Gone || code == StatusCode::SoftDeleteConflict;
}

bool has_no_effect(StatusCode code) // of a Delete: there is nothing left to delete
{
    return code == StatusCode::ItemNotDeleted || is_missing(code);
}

Fate fate_of_incomplete(const SentItem& item, StatusCode code)
{
    // In chunks with Size: the server has lost what it had of the item.
    const bool is_lost = item.part != SentItem::Part::Whole &&
                         (code == StatusCode::SizeRequired || code == StatusCode::IncompleteCommand);
    // It goes with Size next time.
    if (is_lost || (code == StatusCode::SizeRequired && !item.with_size))
        return Fate::PutOff;
    // 400: Ovi's server says so now and then of what it takes the next time.
    return item.again || code == StatusCode::SizeRequired ? Fate::Refused : Fate::OnceMore;
}

} // namespace

Fate fate_of(const SentItem& item, StatusCode code, SyncType type)
{
    if (is_success_in_name_only(code))
        return Fate::PutOff;
    // The server may have put together what does not belong together; the whole is another thing.
    if (item.resumed && !syncml::is_success(code))
        return Fate::PutOff;
    // Success before the last chunk: who knows what the server has stored. The whole item must follow.
    if (item.part == SentItem::Part::Chunk && syncml::is_success(code))
        return Fate::PutOff;
    if (code == StatusCode::SizeRequired || code == StatusCode::IncompleteCommand ||
        code == StatusCode::PartialItemNotAccepted || code == StatusCode::BadRequest)
        return fate_of_incomplete(item, code);

    // The server keeps its version and sends it: ours changed nothing and is not to be sent again.
    if (code == StatusCode::ConflictResolvedServerWins)
        return Fate::Unchanged;

    if (item.kind == ChangeKind::Delete) {
        if (has_no_effect(code))
            return Fate::Unchanged;
        return syncml::is_success(code) ? Fate::Removed : fate_of_failure(code);
    }

    // In a slow sync "already exists" is the answer to an item that was matched.
    if (code == StatusCode::AlreadyExists && syncml::client_sends_all(type))
        return Fate::Updated;
    // The other way round it would be refused for ever: who answers an Add so wants a Replace.
    if (is_missing(code) && item.verb == syncml::ItemVerb::Replace)
        return Fate::Missing;
    // No room: it has not been stored.
    if (code == StatusCode::DeviceFull && item.verb == syncml::ItemVerb::Add)
        return Fate::Missing;
    if (!syncml::is_success(code))
        return fate_of_failure(code);
    if (code == StatusCode::ItemAdded || code == StatusCode::ConflictResolvedWithDuplicate)
        return Fate::Added;
    // Some servers say 200 where 201 belongs, but none calls a merge an addition.
    const bool merged = code == StatusCode::ConflictResolvedWithMerge || code == StatusCode::ConflictResolvedClientWins;
    return item.verb == syncml::ItemVerb::Add && !merged ? Fate::Added : Fate::Updated;
}

Fate fate_of(IncomingKind kind, StatusCode code)
{
    if (kind == IncomingKind::Delete) {
        if (has_no_effect(code))
            return Fate::Unchanged;
        return syncml::is_success(code) ? Fate::Removed : fate_of_failure(code);
    }
    if (!syncml::is_success(code))
        return fate_of_failure(code);
    return kind == IncomingKind::Add || code == StatusCode::ItemAdded ? Fate::Added : Fate::Updated;
}

bool is_success_in_name_only(StatusCode code)
{
    return code == StatusCode::PartialContent || code == StatusCode::ChunkedItemAccepted ||
           code == StatusCode::NotExecuted || code == StatusCode::AtomicRollBackOk;
}

void count(Counters& counters, Fate fate)
{
    ++counters.total;
    switch (fate) {
    case Fate::Added: ++counters.added; break;
    case Fate::Updated: ++counters.updated; break;
    case Fate::Removed: ++counters.removed; break;
    case Fate::Unchanged: break;
    case Fate::Refused:
    case Fate::Missing:
    case Fate::OnceMore:
    case Fate::PutOff: ++counters.failed; break;
    }
}

} // namespace session
