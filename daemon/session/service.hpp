#pragma once

#include "base/error.hpp"
#include "session/datastore_login.hpp"
#include "session/outgoing.hpp"
#include "session/session.hpp"

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace session {

/// One pair of datastores, ours and the server's, through one session: anchors,
/// the agreed type, what went each way, and how it ended.
class Service {
public:
    Service(ServiceSetup setup, ServiceIndex index, DatastoreLogin login);

    const ServiceSetup& setup() const { return setup_; }
    ServiceIndex index() const { return index_; }
    /// Asked for, and once agreed, the type that runs.
    SyncType type() const { return type_; }
    /// Whether the server can filter, from its device information.
    void learn(const syncml::DevInf& devinf);
    /// Whether a command with these LocURIs (target: ours) means this service.
    bool is_addressed_by(std::string_view target, std::string_view source) const;

    // ---- initialization
    /// Decides about the type to ask for and whether the filter goes with it. Fails when the server does not know the
    /// type.
    void begin();
    /// Why a slow sync is asked for instead of another type; empty when none is.
    std::string why_slow() const;
    /// Our Alert: the code that asks for `type`, or for the interrupted sync to go on.
    syncml::AlertCode alert_code() const;
    /// Its Item: both datastores and our anchors.
    syncml::Item alert_item() const;
    /// Its Cred, for a database that guards itself.
    std::optional<syncml::Credentials> credentials() const { return login_.credentials(setup_); }
    void on_alert_status(const syncml::Status& status);
    /// The database asks for other credentials: the Alert goes once more, with these.
    bool must_log_in() const { return must_log_in_ && !error_; }
    void on_logging_in() { must_log_in_ = false; }
    struct Reply {
        syncml::StatusCode status = syncml::StatusCode::Ok;
        std::string note; ///< empty: nothing out of the ordinary
    };
    /// The server's Alert: agrees on a type or fails the service.
    Reply on_server_alert(syncml::AlertCode code, const syncml::Item& item);
    /// A sync Alert after the initialization: only the echo of our own second one is allowed.
    syncml::StatusCode on_late_alert(syncml::AlertCode code, const syncml::Item& item);
    /// The server has ended its initialization.
    void on_initialized();
    bool is_agreed() const { return agreed_ && !error_; }
    /// The server goes on with the sync that broke off (OMA DS 1.2 protocol, resume).
    bool is_resumed() const { return resumed_; }
    /// The session begins again: what was asked for beside a plain sync was refused by an error instead of another
    /// type, the anchors are to be others, or it turns out that the server can filter.
    bool must_begin_again() const { return resume_refused_ || must_try_ || filter_refused_ || is_filter_late(); }
    /// Without what was refused. What there is to tell of it, if anything.
    std::string begin_again();
    /// The filter that the server was given and took; empty: none.
    std::string filter() const { return filter_sent_ ? setup_.filter : std::string(); }
    /// There is one that it was not given.
    bool lacks_filter() const { return wants_filter() && !filter_sent_; }
    /// We answered 508, so an Alert 201 of ours must follow.
    bool must_alert_again() const { return must_alert_again_; }
    void on_alerted_again();
    const std::string& peer_next() const { return peer_next_; }

    // ---- to the server
    void on_prepared(std::uint64_t total);
    bool is_prepared() const { return prepared_; }
    Outgoing& outgoing() { return outgoing_; }
    const Outgoing& outgoing() const { return outgoing_; }
    void on_sync_status(const syncml::Status& status);
    /// `count`: the server wants NumberOfChanges; it stands in the first Sync only.
    syncml::Sync sync_shell(bool count) const;
    std::optional<std::uint64_t> peer_max_obj_size;

    // ---- from the server
    /// The Status for the server's Sync command itself; an error here refuses its items as well.
    syncml::StatusCode on_server_sync(const syncml::Sync& sync);
    /// `outcome.status` is what the server is told. An item that the server knows as `guid` is mapped.
    void on_incoming(IncomingKind kind, const std::string& guid, const Outcome& outcome);
    void on_incoming_refused();
    std::uint64_t announced() const { return announced_; }
    const Counters& from_server() const { return from_server_; }

    // ---- maps
    const std::deque<syncml::MapItem>& maps() const { return maps_; }
    /// At most `count` of them, to be sent.
    std::vector<syncml::MapItem> take_maps(std::size_t count);
    void on_map_answered() { --unanswered_maps_; }
    bool waits_for_maps() const { return unanswered_maps_ > 0; }

    // ---- end
    /// The server has asked for everything to be compared (205).
    void on_refresh_wanted() { refresh_wanted_ = true; }
    bool compares_next() const;
    /// The first error stays.
    void fail(base::Errc code, std::string message);
    void fail(base::Error error);
    const std::optional<base::Error>& error() const { return error_; }
    /// After the last message: whether everything of the service was confirmed.
    void judge();

private:
    bool asks_to_resume() const { return setup_.interrupted && !plain_; }
    void refuse_alert(syncml::StatusCode code);
    void fail_login(syncml::StatusCode code);
    const std::string& own_last() const { return tries_ ? setup_.tried_own : setup_.own_last; }
    const std::string& peer_last() const { return tries_ ? setup_.tried_peer : setup_.peer_last; }
    bool may_try() const { return !tries_ && !setup_.tried_own.empty(); }
    bool wants_filter() const;
    bool is_filter_late() const;
    SyncType type_to_ask_for() const;
    Reply agree(SyncType proposed, const syncml::Anchor& anchor);
    Reply ask_for_slow(std::string note);
    Reply refuse_or_try(SyncType proposed);
    void refuse_type(SyncType proposed);

    ServiceSetup setup_;
    ServiceIndex index_;
    SyncType type_;
    bool plain_ = false; ///< the interrupted sync, if any, is not asked for
    DatastoreLogin login_;
    bool must_log_in_ = false;
    bool alert_accepted_ = false;
    bool resume_refused_ = false;
    bool must_try_ = false; ///< ServiceSetup::tried_own, in another session
    bool tries_ = false;
    bool refresh_wanted_ = false;
    std::string filtered_type_;   ///< content type that the server can filter; empty: it cannot
    bool filter_sent_ = false;    ///< with our Alert
    bool filter_refused_ = false; ///< by its Status
    bool filter_given_up_ = false;
    bool resumed_ = false;
    bool agreed_ = false;
    bool must_alert_again_ = false;
    bool alerted_again_ = false;
    bool prepared_ = false;
    bool server_sync_seen_ = false;
    std::string peer_next_;
    Outgoing outgoing_;
    std::uint64_t announced_ = 0; ///< NumberOfChanges
    Counters from_server_;
    std::deque<syncml::MapItem> maps_;
    std::size_t unanswered_maps_ = 0;
    std::optional<base::Error> error_;
};

} // namespace session
