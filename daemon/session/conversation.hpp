#pragma once

#include "session/authentication.hpp"
#include "session/sent_commands.hpp"
#include "session/server_proof.hpp"
#include "session/service.hpp"
#include "session/session.hpp"

#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace session {

/// Our packages (OMA DS 1.2 protocol, packages): #1, #3 and #5.
enum class Package { Initialization, Modifications, Mapping };

/// What the two halves of the engine, Receiver and Sender, know in common about
/// one session: who talks to whom, how far the packages are, and what is owed.
struct Conversation {
    explicit Conversation(Setup from);

    const Setup setup;
    Authentication authentication;
    ServerProof server_proof;
    std::vector<Service> services;

    // Addresses and numbers.
    std::string server_uri; ///< where sessions begin: as configured, unless the server has moved
    std::string url;        ///< where to post; also Target LocURI
    int redirections = 0;
    std::uint32_t session_id;
    syncml::MsgId last_msg_id = 0;      ///< ours
    syncml::MsgId peer_last_msg_id = 0; ///< the server's
    SentCommands sent;

    // The server's limits and wishes; 0: no limit.
    std::uint64_t peer_max_msg_size = 0;
    std::uint64_t peer_max_obj_size = 0;
    bool peer_wants_counts = false; ///< NumberOfChanges
    bool peer_takes_chunks = false; ///< SupportLargeObjs
    Objection objection = Objection::None;
    bool states_sizes = false; ///< Size with every item

    // Packages.
    Package package = Package::Initialization;
    bool own_final_sent = false; ///< of `package`
    bool peer_final = true;      ///< the server's last message ended its package
    bool peer_suspends = false;  ///< it wants to go on in another session
    bool peer_refused = false;   ///< it must prove itself before anything of its last message counts
    bool peer_busy = false;      ///< its last message asked for patience (101): the answer is to be fetched

    // To be sent, in this order.
    std::optional<syncml::Status> header_answer; ///< for the last message
    std::deque<syncml::Status> owed;
    bool server_nonce_given = false; ///< with the answer to a header
    std::deque<std::pair<syncml::Command, Sent>> queue;

    std::vector<Effect> effects;

    /// What the server's device information says of its limits and wishes.
    void learn(const syncml::DevInf& peer);

    /// Starts `package`: puts its fixed commands into the queue.
    void begin(Package next);
    /// Goes on with the initialization for the databases that want other credentials. False: none does.
    bool log_in();
    /// Everything goes to the beginning, as after a challenge. `afresh`: in a new session.
    void restart(bool afresh);
    /// The same in a new session, without what was refused (Service::must_begin_again).
    void begin_again();
    base::Result<syncml::Header> next_header();

    Service* find_service(std::string_view target, std::string_view source);
    /// For the report, as long as that is of a bearable length.
    void note(std::optional<ServiceIndex> service, std::string_view text);
    /// The same for one of many items; only the first few are told.
    void note_item(ServiceIndex service, std::string text);
    void report_progress(const Service& service, bool from_server);
    /// Together with what else of the service is refused in this step.
    void quarantine(ServiceIndex service, Quarantine::Item item);

private:
    void queue_alert(const Service& service);
    /// With the Statuses that stand before all else in the first package.
    void answer(const ServerAlerts& alerts);

    std::size_t notes_ = 0;               ///< told so far
    std::vector<std::size_t> item_notes_; ///< of them about items, per service
};

} // namespace session
