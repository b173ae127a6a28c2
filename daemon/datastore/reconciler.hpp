#pragma once

#include "datastore/conflict_policy.hpp"
#include "datastore/outgoing.hpp"
#include "session/session.hpp"
#include "storage/reviews.hpp"

#include <optional>
#include <string>

namespace datastore {

/// Brings together what the server wants of an item and what was done to it here meanwhile:
/// docs/decisions/0019-merge.md. Within the transaction that applies the server's commands.
class Reconciler {
public:
    /// All must outlive it. `mark`: up to which the server knew our changes before this session, 0: unknown.
    Reconciler(storage::ItemStore& items, storage::Reviews& reviews, Outgoing& outgoing, const Scope& scope,
               ConflictPolicy policy, std::uint64_t mark)
        : items_(items), reviews_(reviews), outgoing_(outgoing), scope_(scope), policy_(policy), mark_(mark)
    {
    }

    /// From here on what it would write to items is planned.
    void plan() { plans_ = true; }
    /// The server's version of an item that was edited or deleted here.
    session::Outcome replace(const std::string& luid, const std::string& theirs);
    /// The server has deleted an item that was edited here: it stays, and goes there again. `done`: the Status of a
    /// deletion, for one that both sides have deleted.
    session::Outcome remove(const std::string& luid, syncml::StatusCode done);
    /// What both versions of the item were made of, if that is known.
    std::optional<std::string> find_base(const std::string& luid) const;
    /// What of two versions of an item contradicts, as it is listed, and whose way it goes.
    storage::ItemConflict describe(const std::string& luid, const std::string& ours, const std::string& theirs,
                                   const std::optional<std::string>& base) const;

private:
    void write(const std::string& luid, const std::string& theirs, const std::string& merged);
    session::Outcome settle(storage::ItemConflict conflict);

    storage::ItemStore& items_;
    storage::Reviews& reviews_;
    Outgoing& outgoing_;
    const Scope& scope_;
    const ConflictPolicy policy_;
    const std::uint64_t mark_;
    bool plans_ = false;
};

} // namespace datastore
