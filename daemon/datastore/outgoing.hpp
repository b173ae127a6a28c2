#pragma once

#include "datastore/course.hpp"
#include "item/audience.hpp"
#include "session/session.hpp"
#include "storage/item_store.hpp"
#include "storage/sync_state.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace datastore {

/// Which items of a store a profile identifies as its own.
struct Scope {
    std::string profile;
    std::string service;
    storage::ItemKind kind = storage::ItemKind::Contact;
    std::uint64_t mark = 0;  ///< where the last session left off; 0: never synced
    std::uint64_t upto = 0;  ///< the revision this session looks at
    item::Audience server{}; ///< what it understands of items
};

/// The local changes of one session on their way out: which are to go, and what is
/// remembered of them until an answer settles them.
class Outgoing {
public:
    /// All but `scope` outlive it.
    Outgoing(storage::ItemStore& items, storage::SyncState& state, Scope scope, session::SyncType type, Course& course);

    /// How many `read` delivers, at most: an item that is edited meanwhile waits for the next session.
    std::uint64_t total() const { return total_; }
    session::Changes read(std::size_t bytes);
    void note_sent(const std::vector<std::string>& luids);
    void note_confirmed(const std::vector<session::Confirm::Entry>& entries);
    void note_part(const std::string& luid, const session::PartSent& part);
    /// Up to which revision the peer may overwrite the item: edits after it are still to be sent, or the peer has not
    /// taken them.
    std::uint64_t overwritable_to(const std::string& luid) const;
    /// Whether the peer has seen our change of the item and not taken it (419), in this session or in one that broke
    /// off: its version follows.
    bool is_overruled(const std::string& luid) const;
    /// The peer has it no more: it goes out as Add, in the next session.
    void note_missing(const std::string& luid, std::uint64_t revision);
    /// The server knows it after all: it goes there as Replace again.
    void note_found(const std::string& luid);
    /// The session ends well: notes for the next one what was delivered and not settled. The mark where
    /// that one is to begin.
    std::uint64_t settle();
    /// What the server was not told, for its form has no words for it, since the last call.
    std::vector<std::string> take_notes();

private:
    using Note = storage::SyncState::SentItem;
    using State = storage::SyncState::SentState;
    using Delivery = storage::Delivery;

    struct Delivered {
        std::uint64_t revision = 0;
        session::ChangeKind kind = session::ChangeKind::Add;
        bool sent = false;
        bool converted = false;
        bool has_other_form = false; ///< to go in when the server does not take the one that it goes in
    };
    struct Lost {
        std::size_t items = 0;
        std::string example; ///< of the first
    };

    static bool is_settled(const Note& note, std::uint64_t revision, bool deleted);
    void judge_notes();
    void judge(const Note& note, std::vector<Note>& obsolete);
    void read_owed(session::Changes& page, std::size_t bytes);
    void read_changed(session::Changes& page, std::size_t bytes);
    void read_all(session::Changes& page, std::size_t bytes);
    void deliver(session::Changes& page, session::ChangeKind kind, std::string luid, std::uint64_t revision,
                 std::string data);
    void note_losses(const std::string& luid, const item::Rendering& rendering);
    /// Whether the note's Status has the item sent once more, and that has not been done.
    static bool is_again(const Note& note);
    /// For the next session, of what no answer has settled.
    Note note_to_leave(const std::string& luid, const Delivered& delivered) const;
    /// For the history.
    Delivery delivery(const std::string& luid, const Delivered& delivered) const;
    static Delivery::Answer answer_of(const session::Confirm::Entry& entry, const Delivered& delivered);
    static bool goes_in_other_form(const session::Confirm::Entry& entry, const Delivered& delivered);
    void note_answer(const session::Confirm::Entry& entry, const Delivered& delivered, std::vector<Note>& notes);
    void follow_confirmed();
    bool sends_all() const { return syncml::client_sends_all(type_); }

    storage::ItemStore& items_;
    storage::SyncState& state_;
    Scope scope_;
    session::SyncType type_;
    Course& course_;
    std::uint64_t total_ = 0;
    std::uint64_t delivered_ = 0;
    std::size_t size_ = 0;             ///< of the page being read
    std::uint64_t after_revision_ = 0; ///< where the next page of changes begins
    std::string after_luid_;           ///< and of all items
    bool end_ = false;
    std::map<std::string, Lost> lost_;                     ///< by form and field
    std::optional<storage::SyncState::PartSent> part_;     ///< of an item that was on its way when the sync broke off
    std::unordered_map<std::string, Note> notes_;          ///< of this session's answers and of earlier sessions
    std::deque<std::string> owed_;                         ///< to be sent though `changes` does not name them
    std::unordered_map<std::string, Delivered> unsettled_; ///< delivered, and no answer has settled them
    std::deque<std::string> order_; ///< where everything is sent: delivered, from the first unsettled one on
};

} // namespace datastore
