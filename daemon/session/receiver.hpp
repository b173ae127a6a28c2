#pragma once

#include "session/answers.hpp"
#include "session/conversation.hpp"
#include "session/incoming_object.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace session {

/// Reads the server's messages: takes in what the Status for our commands say,
/// collects the item commands for the datastores, and prepares the Status owed.
class Receiver {
public:
    explicit Receiver(Conversation& conversation)
        : conversation_(conversation), object_(conversation.setup.max_obj_size)
    {
    }

    /// Takes in a message; GoOn, or what a challenge asks for. `only_confirmations`:
    /// nothing of it but the Status for what we sent. An error ends the session; nothing
    /// of such a message was taken in.
    base::Result<Authentication::Next> receive(syncml::Message message, bool only_confirmations);

    /// The sync of a service goes on that broke off within an item of the server.
    void recall(ServiceIndex service, PartReceived part) { object_.recall(service, std::move(part)); }

    /// The item commands of the message, one Apply per service. `on_applied` or
    /// `on_apply_failed` answers each before the next.
    std::optional<Apply> next_apply();
    void on_applied(const std::vector<Outcome>& outcomes);
    /// `code`: for all of them.
    void on_apply_failed(syncml::StatusCode code = syncml::StatusCode::DataStoreFailure);

    /// After the last Apply: everything owed for the message stands in the conversation.
    void settle();

    /// Whether the message moved the session on: an item, an answer to one.
    bool made_progress() const { return made_progress_; }
    /// Whether it held more than Status and Alert 222.
    bool brought_commands() const { return brought_commands_; }

private:
    struct Batch {
        std::vector<Incoming> items; ///< handed over to Apply
        struct Entry {
            Answers::Slot slot;
            IncomingKind kind;
            std::string guid;
            std::uint64_t size;
        };
        std::vector<Entry> entries;
    };

    base::Result<void> check(const syncml::Message& message) const;
    /// Answers for the header, and when the server has yet to prove itself, refuses the rest. Whether that may be read.
    base::Result<bool> admit(const syncml::Message& message);
    void read_body(syncml::Message& message, bool only_confirmations);
    base::Result<Authentication::Next> read_header_status(const syncml::Status& status);
    base::Result<Authentication::Next> redirect(const syncml::Status& status);
    base::Result<void> learn(const syncml::Header& header);

    void read_status(const syncml::Status& status);
    /// What a success asks for beyond its own command.
    void read_wish(Service& service, syncml::StatusCode code);
    void read_item_status(const SentItem& item, syncml::StatusCode code);
    void learn_limits(const Service& service, const SentItem& item, syncml::StatusCode code);
    void read_map_status(SentMap map, syncml::StatusCode code);
    void report_confirmed();

    void read(const syncml::Status& status);
    void read(const syncml::Alert& alert);
    void read(const syncml::Put& put);
    void read(const syncml::Get& get);
    void read(const syncml::Results& results);
    void read(syncml::Sync& sync);
    void read(const syncml::Map& map);
    void read(const syncml::ItemCommand& command);
    void read(const syncml::Group& group);
    void read(const syncml::Unsupported& command);

    void read_no_end_of_data(const syncml::Alert& alert);
    syncml::StatusCode read_sync_alert(syncml::AlertCode code, const syncml::Item& item);
    bool keep_devinf(const std::vector<syncml::Item>& items);

    /// Commands inside a Sync. `refusal`: the code that all of them get.
    using Refusal = std::optional<syncml::StatusCode>;
    void read_inner(Service* service, syncml::SyncCommand& command, Refusal refusal);
    void read_items(Service* service, syncml::ItemCommand& command, Refusal refusal);
    void read_group(Service* service, syncml::Group& group, Refusal refusal);
    void read_item(Service* service, const syncml::ItemCommand& command, syncml::Item& item, Refusal refusal);
    void carry_out(Service& service, Answers::Slot slot, Incoming incoming);
    /// Something else has come where the rest of a large object was due.
    void give_up_object();
    void note_not_stored(const Service& service, Answers::Slot slot, std::string_view why);
    /// Of an Add or Replace: if the same would only be refused again, it is kept for people.
    void quarantine(const Service& service, Answers::Slot slot, syncml::StatusCode code, std::string why,
                    std::uint64_t size);

    Conversation& conversation_;
    Answers answers_;
    IncomingObject object_;
    std::map<ServiceIndex, Batch> batches_;
    std::map<ServiceIndex, std::vector<Confirm::Entry>> confirmed_;
    std::set<ServiceIndex> ended_objects_;    ///< in chunks, with this message
    std::set<ServiceIndex> answered_objects_; ///< with the one before
    bool made_progress_ = false;
    bool brought_commands_ = false;
};

} // namespace session
