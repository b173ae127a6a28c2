#pragma once

#include "session/conversation.hpp"
#include "session/draft.hpp"

#include <optional>
#include <variant>

namespace session {

/// Fills the next message: the Status owed, then the commands of the current
/// package, as many as the server's messages may hold.
class Sender {
public:
    explicit Sender(Conversation& conversation) : conversation_(conversation) {}

    /// The finished message, or a question whose answer (in the service's Outgoing) is
    /// needed to go on. An error ends the session.
    base::Result<std::variant<ReadChanges, Send>> fill();

    /// Asks a server that was busy for what it owes: Alert 221, with nothing of ours but Status.
    base::Result<Send> ask_for_result();
    /// Nothing but Status: the server is to come again, with credentials.
    base::Result<Send> challenge();

    /// The last message of a session that is to be gone on with later: whatever is under way, and Alert 224, unless the
    /// server has sent that or there is no room left for it.
    base::Result<Send> suspend();

    /// Whether a message now would say nothing but that the last one came well.
    bool has_nothing_to_say() const;

    /// Whether the last message carried anything but Status and Alert 222.
    bool sent_commands() const { return own_commands_ > 0; }

private:
    enum class Filled { Done, Full, Asking };

    base::Result<void> begin();
    Filled fill_all();
    Filled fill_statuses();
    Filled fill_queue();
    std::optional<syncml::CmdId> place_in_bare_message(syncml::Command command);
    Filled fill_maps(Service& service);
    std::size_t maps_that_fit(const Service& service) const;
    Filled fill_changes(Service& service);
    bool place_change(Service& service);
    bool place_chunk(Service& service);
    bool place_empty_sync(Service& service);
    bool is_too_large(const Service& service, const Change& change) const;
    void refuse_change(Service& service, syncml::StatusCode status, std::string why);
    void refuse_large_change(Service& service);
    bool is_time_for_chunks(const Change& change) const;
    void on_placed(Service& service, const Draft::Placed& placed, SentItem sent);
    /// The message holds so little that what does not fit now will never fit.
    bool is_bare() const;
    Send finish(bool complete);
    Send take_draft(bool final);
    /// 221, 222, 224
    syncml::Alert alert_about_session(syncml::AlertCode code) const;

    Conversation& conversation_;
    std::optional<Draft> draft_;
    std::optional<ReadChanges> question_;
    std::size_t own_commands_ = 0; ///< in the draft: all but Status and Alerts 222 and 223
    bool repeatable_ = true;       ///< the draft does no harm when it is carried out twice
    std::vector<std::pair<ServiceIndex, std::string>> luids_;
};

} // namespace session
