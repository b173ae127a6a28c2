#pragma once

#include "model_database.hpp"
#include "session/session.hpp"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace model {

/// An OMA DS 1.2 server on message values: MD5 with a nonce per device, anchors,
/// all six types, packages of several messages, one session per device.
/// It checks what it is sent: a message that breaks a rule is a failed test.
class Server {
public:
    static constexpr auto base_url = "https://model.example/ds";

    std::map<std::string, Database> databases; ///< by URI
    std::uint64_t max_msg_size = 0;
    bool accepts_for_session = true; ///< 212; false: 200, credentials with every message
    bool counts_changes = true;      ///< NumberOfChanges
    bool asks_for_devinf = false;
    bool takes_second_alert = true; ///< false: 403, as SyncEvolution's server

    /// The reply to a message posted to `url`.
    syncml::Message respond(const std::string& url, const syncml::Message& message);
    /// The next digest of this device is computed from a nonce that is no longer known.
    void forget_nonce(const std::string& device) { nonces_.erase(device); }
    const std::vector<std::string>& violations() const { return violations_; }

private:
    struct Service {
        std::string client_uri;
        std::string database;
        syncml::SyncType type = syncml::SyncType::TwoWay;
        Database::Anchors next;
    };
    struct Session {
        std::string device;
        std::string id;
        std::string url;
        syncml::MsgId client_message = 0;
        syncml::MsgId own_message = 0;
        std::uint64_t client_max_msg_size = 0;
        bool authorized = false;
        int client_packages = 0; ///< Finals received
        bool owes_final = false; ///< the client's package is complete, ours is not
        bool ended = false;
        std::vector<Service> services;
        std::deque<syncml::Status> statuses;
        std::deque<syncml::Command> commands;
        struct Outgoing {
            std::size_t service = 0;
            std::deque<Database::Change> changes;
            std::uint64_t total = 0;
            bool begun = false;
        };
        std::deque<Outgoing> outgoing;
        // What waits for the client's Status, by our MsgID and CmdID.
        std::map<std::pair<syncml::MsgId, syncml::CmdId>, std::pair<std::size_t, Database::Change>> sent;
        std::map<std::pair<syncml::MsgId, syncml::CmdId>, std::string> alerts; ///< database
    };

    Session& session_for(const std::string& url, const syncml::Message& message);
    bool authenticate(Session& session, const syncml::Message& message, syncml::Status& status);
    void read(Session& session, const syncml::Message& message);
    void read(Session& session, const syncml::Alert& alert);
    void read(Session& session, const syncml::Sync& sync);
    void read(Session& session, const syncml::Map& map);
    void read(Session& session, const syncml::Status& status);
    void end_of_client_package(Session& session);
    void commit(Session& session);
    syncml::Message reply(Session& session, const syncml::Message& to, syncml::Status header_status);
    bool fill(Session& session, syncml::Message& message);
    bool fill_sync(Session& session, syncml::Message& message);
    void answer(Session& session, syncml::CmdId command, std::string name, syncml::StatusCode code);
    Service* find(Session& session, const std::string& database);
    void expect(bool condition, std::string rule);

    std::map<std::string, std::string> nonces_;                ///< by device, decoded
    std::map<std::string, std::unique_ptr<Session>> sessions_; ///< by device
    int next_session_ = 1;
    int next_nonce_ = 1;
    int next_anchor_ = 1;
    std::vector<std::string> violations_;
};

} // namespace model
