#pragma once

#include "model_server.hpp"
#include "session/engine.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace model {

/// A device's items in memory, and what it remembers between sessions.
class Store {
public:
    // ---- the user
    std::string put(std::string data);
    void change(const std::string& luid, std::string data);
    void remove(const std::string& luid);
    std::vector<std::string> luids() const;
    std::multiset<std::string> content() const;

    // ---- one session
    std::uint64_t prepare(session::SyncType type);
    session::Changes read(std::size_t bytes);
    void note_sent(const std::string& luid);
    void note_confirmed(const session::Confirm::Entry& entry);
    session::Outcome apply(const session::Incoming& item);
    void confirm_maps(const std::vector<syncml::MapItem>& maps);
    void commit(std::string own_anchor, std::string peer_anchor);
    void abandon() { staged_.clear(); }
    /// What `apply` did in this session.
    const Database::Done& done() const { return done_; }
    void forget_done() { done_ = {}; }

    std::string own_last, peer_last;
    std::vector<syncml::MapItem> pending_maps;

private:
    enum class Pending { Nothing, Add, Update };
    struct Item {
        std::string data;
        Pending pending = Pending::Nothing;
        std::uint64_t edited = 0; ///< when, in edits
    };

    session::Outcome apply_add(const session::Incoming& item);

    std::map<std::string, Item> items_;
    std::map<std::string, std::uint64_t> deletions_; ///< to be sent; when
    std::map<std::string, std::string> luid_of_;     ///< by guid, of items that came from the server
    std::uint64_t edits_ = 0;
    int next_luid_ = 1;

    session::SyncType type_ = session::SyncType::TwoWay;
    std::uint64_t prepared_at_ = 0;
    std::vector<session::Change> outgoing_;
    std::size_t read_ = 0;
    std::map<std::string, Item> staged_;
    Database::Done done_;
};

/// A device: stores, and a driver that carries the engine's sessions out against
/// a model server.
class Client {
public:
    Client(Server& server, std::string device);

    std::map<std::string, Store> stores; ///< by the server's database
    std::uint64_t max_msg_size = 0;
    bool put_devinf = true;
    /// Called before every Apply: the user works while the session runs.
    std::function<void()> meanwhile;

    /// At which exchange the connection breaks, and whether the server still got the message.
    struct Cut {
        int exchange = 0;
        bool after_the_server = false;
    };

    struct Run {
        std::optional<base::Error> error;
        std::vector<session::ServiceStatistics> statistics; ///< in the order of the databases
        std::vector<Database::Done> at_server, at_client;
        int exchanges = 0;
        std::vector<std::string> notes;
    };
    Run sync(session::SyncType type, std::optional<Cut> cut = {});

private:
    session::Setup setup(session::SyncType type);
    void carry_out(const session::Effect& effect, Run& run);

    Server& server_;
    std::string device_;
    std::vector<std::string> order_; ///< databases by service
    std::string nonce_;
    std::optional<syncml::DevInf> peer_devinf_;
    std::uint32_t next_session_ = 1;
    int next_anchor_ = 1;
};

} // namespace model
