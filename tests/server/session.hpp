#pragma once

#include "account.hpp"
#include "exchange.hpp"
#include "fault.hpp"
#include "guards.hpp"
#include "journal.hpp"
#include "large_object.hpp"
#include "outbox.hpp"
#include "referee.hpp"

#include <list>
#include <memory>
#include <string>

namespace testserver {

/// `./card`, `/card` and `card` are the same.
std::string_view plain_uri(std::string_view uri);

/// One session of one client, from its first message to the last Final: a message in,
/// a message out. Strict in what it reports, lenient in what it takes.
class Session {
public:
    /// `uri`: of the server, as clients know it. `resp_uri`: of this session; may be empty.
    Session(Store& store, UnfinishedSyncs& unfinished, Journal& journal, Faults& faults, const Options& options,
            std::string uri, std::string resp_uri);

    syncml::Message handle(const syncml::Message& message, const Envelope& envelope);

    /// The client has been told another address.
    void move_to(const std::string& resp_uri) { resp_uri_ = resp_uri; }

    const std::string& device() const { return report_->device; }
    const std::string& client_session() const { return report_->session; }
    SessionReport& report() { return *report_; }
    /// Its next message is not to come to our RespURI.
    bool awaits_login_elsewhere() const
    {
        return login_refused_ && !authenticated_ && options_.login_retry == LoginRetry::AtFirstAddress;
    }
    /// Every package was exchanged, or the client has suspended: nothing more can come.
    bool ended() const { return ended_; }

private:
    /// Whose turn it is: packages 1, 3, 5 are the client's, 2, 4, 6 the server's answers.
    enum class Package { ClientInit = 1, ServerInit, ClientSync, ServerSync, ClientMap, ServerMap };

    enum class Suspension { None, ByServer, ByClient };

    bool is_clients_turn() const { return static_cast<int>(package_) % 2 == 1; }
    syncml::Status status_for(const syncml::Message& message, syncml::CmdId id, std::string_view command,
                              syncml::StatusCode code) const;
    void answer(bool no_resp, syncml::Status status);
    /// In the highest version of the server.
    syncml::Message refuse_version(const syncml::Message& message, syncml::Status header_status);
    syncml::Message refuse(const syncml::Message& message, Verdict verdict);
    syncml::Message send_away(const syncml::Message& message, const std::string& to);
    std::string moved_uri() const { return uri_.substr(0, uri_.rfind('/')) + "/moved"; }
    syncml::Message reply(const syncml::Message& message, syncml::Status header_status);
    bool alerts_guarded_datastore(const syncml::Message& message) const;
    /// The client wants to know who we are: the last answer again, with our credentials.
    syncml::Message repeat_with_proof(const syncml::Status& header_status, const syncml::Status& refusal);
    /// 101: the answer is not ready, and is to be asked for.
    syncml::Message put_off(const syncml::Message& message, const syncml::Status& header_status);

    void on(const syncml::Message& message, const syncml::Status& status);
    void on(const syncml::Message& message, const syncml::Alert& alert);
    void on(const syncml::Message& message, const syncml::Put& put);
    void on(const syncml::Message& message, const syncml::Get& get);
    void on(const syncml::Message& message, const syncml::Results& results);
    void on(const syncml::Message& message, const syncml::Sync& sync);
    void on(const syncml::Message& message, const syncml::Map& map);
    void on(const syncml::Message& message, const syncml::ItemCommand& command);
    void on(const syncml::Message& message, const syncml::Group& group);
    void on(const syncml::Message& message, const syncml::Unsupported& command);

    void on_sync_alert(const syncml::Message& message, const syncml::Alert& alert, const syncml::Item& item);
    void on_item_command(const syncml::Message& message, const syncml::ItemCommand& command, Exchange* exchange);
    void on_sent_item(const SentCommand& sent, syncml::StatusCode code);
    /// A chunk of the client's, or what a chunk is spoilt to. Nothing: the item is whole.
    std::optional<syncml::StatusCode> take_chunk(const syncml::Message& message, const syncml::ItemCommand& command,
                                                 syncml::Item& item, Exchange& exchange);
    void refuse_commands(const syncml::Message& message, const syncml::Sync& sync, syncml::StatusCode code);
    /// What comes after the session was suspended is not carried out.
    void cancel(const syncml::Message& message, const syncml::Command& command);
    void suspend(Suspension by);
    void refuse_command(const syncml::Message& message, syncml::CmdId id, std::string_view name);
    void on_devinf(const syncml::DevInf& devinf);
    /// The Status for an Alert that comes with it; nothing: it can be used.
    std::optional<syncml::StatusCode> find_refusal(const syncml::Filter& filter, const DatastoreOptions& datastore);
    void plan(Exchange& exchange, bool early);
    void finish_client_package();
    void check_answers();
    void join_commands(syncml::Message& reply);
    syncml::DevInf devinf() const;
    // What 1.0 has not, and what 1.1 has not either.
    bool has_large_objects() const { return version_ >= syncml::Version::V1_1; }
    bool has_suspend() const { return version_ >= syncml::Version::V1_2; }
    bool sends_chunks() const { return has_large_objects() && options_.large_objects && device_.large_objects; }
    bool is_devinf_uri(std::string_view uri) const { return plain_uri(uri) == plain_uri(syncml::devinf_uri(version_)); }
    Exchange* find_exchange(const std::string& uri);
    syncml::Header our_header() const;

    Store& store_;
    UnfinishedSyncs& unfinished_;
    Faults& faults_;
    const Options options_;
    const std::string uri_;
    std::string resp_uri_;
    std::shared_ptr<SessionReport> report_;
    Referee referee_;
    Guards guards_{options_};
    Outbox outbox_;
    LargeObject large_;
    codec::Encoding encoding_ = codec::Encoding::Xml; ///< of the client's last message

    syncml::Version version_ = syncml::Version::V1_2;
    bool version_agreed_ = false;
    Package package_ = Package::ClientInit;
    syncml::MsgId our_message_ = 0;
    syncml::Header client_header_; ///< of its last message, without credentials
    bool authenticated_ = false;
    bool login_refused_ = false;
    bool ended_ = false;
    Suspension suspension_ = Suspension::None;
    bool said_final_ = false; ///< in the last message
    syncml::Message last_reply_;
    bool next_asked_ = false; ///< the message has an Alert 222, or 221
    bool result_asked_ = false;
    std::optional<syncml::Status> put_off_; ///< what was to be said of the header when 101 was
    Store::Device device_;
    std::uint64_t client_max_obj_size_ = UINT64_MAX;
    std::list<SentCommand> open_; ///< not answered yet, in the order sent
    std::list<Exchange> exchanges_;
    struct Announced {
        std::uint64_t changes = 0;
        std::uint64_t seen = 0;
    };
    std::map<Exchange*, Announced> announced_;
    std::set<Exchange*> sent_early_;
};

} // namespace testserver
