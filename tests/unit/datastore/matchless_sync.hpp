#pragma once

#include "../item/look_alikes.hpp"
#include "../storage/temporary_directory.hpp"

#include "datastore/embedded.hpp"
#include "storage/item_store.hpp"
#include "storage/sync_state.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// A slow sync of the two sides of a corpus with a server that matches nothing: it takes all of ours, and adds all of
/// its own. Of what contradicts, ours stays.
class MatchlessSync {
public:
    struct Result {
        std::size_t same = 0; ///< of theirs
        std::size_t near = 0;
        std::size_t same_left = 0; ///< are in the store once more
        std::size_t merged = 0;    ///< not the same, and no item of their own
        std::size_t rightly = 0;   ///< of them, into the item that they were made of
        std::size_t changed = 0;   ///< of ours
    };

    /// Ours are stored. `corpus` must outlive it.
    MatchlessSync(const look_alikes::Corpus& corpus, storage::ItemKind kind, const char* service)
        : corpus_(corpus), kind_(kind), setup_{"p", service,         kind, "uri",
                                               0,   {0, 100, false}, true, datastore::ConflictPolicy::ClientWins}
    {
        items_->in_transaction([&] {
            for (const auto& text : corpus.ours)
                ours_.push_back(items_->add(kind, text));
        });
        before_ = items_->revision();
        state_->bind_to("server");
        state_->anchors(service, "uri");
    }

    storage::ItemStore& items() { return *items_; }

    /// The server has taken all of ours.
    void send()
    {
        store_.emplace(*items_, *state_, setup_);
        store_->prepare(session::SyncType::Slow, false);
        for (bool end = false; !end;) {
            const auto page = store_->read(std::size_t{1} << 20);
            end = page.end;
            std::vector<session::Confirm::Entry> entries;
            for (const auto& change : page.changes)
                entries.push_back({change.luid, change.kind, syncml::StatusCode::ItemAdded});
            store_->note_confirmed(entries);
        }
    }

    /// All of theirs are stored, by the message.
    void receive()
    {
        constexpr std::size_t at_once = 100;
        const auto& theirs = corpus_.theirs;
        for (std::size_t at = 0; at < theirs.size(); at += at_once) {
            std::vector<session::Incoming> adds;
            for (auto i = at; i < std::min(at + at_once, theirs.size()); ++i)
                adds.push_back({session::IncomingKind::Add, {}, "g" + std::to_string(i), {}, theirs[i].text});
            for (auto& outcome : store_->apply(adds, 0))
                outcomes_.push_back(std::move(outcome));
        }
    }

    void end() { store_->commit(); }

    Result result() const
    {
        const auto is_changed = [&](const std::string& luid) {
            const auto item = items_->find(kind_, luid);
            return item && item->revision > before_;
        };
        Result result;
        for (std::size_t i = 0; i < corpus_.theirs.size(); ++i) {
            const auto& theirs = corpus_.theirs[i];
            const bool is_there = items_->find(kind_, outcomes_.at(i).luid).has_value();
            result.same += theirs.is_same;
            result.same_left += theirs.is_same && is_there;
            result.near += theirs.ours && !theirs.is_same;
            result.merged += !is_there && !theirs.is_same;
            result.rightly += !is_there && !theirs.is_same && theirs.ours && is_changed(ours_.at(*theirs.ours));
        }
        result.changed = static_cast<std::size_t>(std::count_if(ours_.begin(), ours_.end(), is_changed));
        return result;
    }
    const std::vector<session::Outcome>& outcomes() const { return outcomes_; }

private:
    const look_alikes::Corpus& corpus_;
    const storage::ItemKind kind_;
    const TemporaryDirectory directory_;
    const std::unique_ptr<storage::ItemStore> items_ = storage::ItemStore::open(directory_ / "items.db").value();
    const std::unique_ptr<storage::SyncState> state_ = storage::SyncState::open(directory_ / "state.db").value();
    const datastore::Embedded::Setup setup_;
    std::uint64_t before_ = 0;
    std::vector<std::string> ours_; ///< LUIDs
    std::optional<datastore::Embedded> store_;
    std::vector<session::Outcome> outcomes_;
};
