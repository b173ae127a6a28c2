#pragma once

#include "datastore/outgoing.hpp"
#include "datastore/reconciler.hpp"
#include "storage/item_store.hpp"
#include "storage/reviews.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace datastore {

/// Finds, when a slow sync ends, which items that the server has added are nearly the same as one that is here, and
/// plans that they become one: docs/decisions/0023-similar-items.md.
class Pairing {
public:
    /// All must outlive it.
    Pairing(storage::ItemStore& items, storage::Reviews& reviews, const Scope& scope, const Reconciler& reconciler)
        : items_(items), reviews_(reviews), scope_(scope), reconciler_(reconciler)
    {
    }

    /// `beside`: the items here that the server has stored as new ones; it may hold another one of each. `taken`: those
    /// that it has not. `since`: where the first slow sync began of which this one is the end: what the server added
    /// then and has now, beside one here, are two items there. Every pair is planned durably.
    void plan(const storage::Luids& beside, const storage::Luids& taken, std::uint64_t since);
    /// The plan is carried out: lists what of it contradicts. Within that transaction.
    void note_conflicts();
    /// What was done, for people; empty: nothing.
    std::vector<std::string> notes() const;

private:
    /// An item of the server's and one that is here.
    struct Pair {
        double score = 0;
        std::string theirs, ours;
        bool is_by_name = false;
    };
    std::vector<Pair> find(const storage::Luids& beside, const storage::Luids& taken, std::uint64_t since) const;
    /// It was here when this sync began, which sends everything.
    bool was_sent(const std::string& luid) const;
    void plan(const Pair& pair);

    storage::ItemStore& items_;
    storage::Reviews& reviews_;
    const Scope& scope_;
    const Reconciler& reconciler_;
    std::vector<storage::ItemConflict> conflicts_;
    std::size_t merged_ = 0, kept_ = 0;
};

} // namespace datastore
