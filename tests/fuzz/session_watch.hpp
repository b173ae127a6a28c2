#pragma once

#include "session/session.hpp"
#include "session_script.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fuzz {

/// Sees everything that goes in and out of an engine, and requires what must be true of any session: nothing is called
/// confirmed that the server did not confirm, no anchor moves over an item without an answer, no message is larger than
/// the server takes, nothing is written where or when it must not be, and what is owed is paid.
class SessionWatch {
public:
    explicit SessionWatch(const SessionScript& script);

    /// In the order in which they happen.
    void on(const std::vector<session::Effect>& effects);
    void on_turn(const SessionScript::Turn& turn);
    /// The answer to a question is that it cannot be done.
    void on_broken(session::ServiceIndex service) { services_.at(service).broken = true; }
    /// The engine may say no more.
    void at_end(const std::vector<session::ServiceStatistics>& statistics) const;

private:
    using Reference = std::pair<syncml::MsgId, syncml::CmdId>;

    struct SentCommand {
        enum class Kind { Alert, Sync, Item, Map, Other } kind = Kind::Other;
        std::size_t service = 0;
        std::string luid;
        session::ChangeKind change = session::ChangeKind::Add;
        bool complete = true; ///< not a chunk with more to come
        std::vector<syncml::MapItem> maps;
        std::optional<syncml::StatusCode> code; ///< of its first Status
    };
    struct Service {
        std::optional<session::SyncType> type; ///< once prepared
        bool broken = false;
        bool concluded = false;
        bool failed = false;
        bool server_sent_sync = false;
        std::set<std::string> confirmed;      ///< luids
        std::set<std::string> server_anchors; ///< that its Alerts gave
        std::map<std::string, std::string> chunks;
    };

    void on(const session::Send& send);
    void on(const session::Confirm& confirm);
    void on(const session::ConfirmMaps& confirm);
    void on(const session::Prepare& prepare);
    void on(const session::ReadChanges& read);
    void on(const session::Apply& apply);
    void on(const session::Wait& wait) const;
    void on(const session::Conclude& conclude);
    void on(const session::Finished& finished);
    void on(const session::Progress& progress) const;
    void on(const session::Note& note) const;
    void on(const session::SaveNonce& save) const;
    void on(const session::GiveServerNonce& give) const;
    void on(const session::SizesWanted&) const {}
    void on(const session::SavePeerInfo&) const {}
    void on(const session::TryAnchors&) const {}
    void on(const session::NotePartSent& note) const;
    void on(const session::KeepChunk& keep) const;
    void on(const session::DropPart&) const {}
    void on(const session::Quarantine& refused) const;

    void check_size(const syncml::Message& message) const;
    void check_status(const syncml::Status& status);
    void check_item(std::size_t service, const syncml::ItemCommand& command);
    void note_sent(Reference reference, const syncml::Command& command);
    std::size_t service_of(const std::string& remote_uri) const;
    void note_answers(const syncml::Message& message);
    void note_received(const syncml::Command& command, bool answerable);

    const SessionScript& script_;
    const session::Setup setup_;
    std::vector<Service> services_;
    std::map<Reference, SentCommand> sent_;
    syncml::MsgId last_sent_ = 0;
    std::string session_id_;
    std::uint64_t peer_max_msg_size_ = 0;
    std::size_t items_received_ = 0; ///< in the last message
    syncml::MsgId last_received_ = 0;
    syncml::MsgId settled_ = 0; ///< the last one received before our last Final
    /// Of the server's commands that want an answer: how many Statuses may still come.
    std::map<Reference, std::size_t> owed_;
    bool stopped_ = false;
    bool suspended_ = false;
    bool finished_ = false;
    bool failed_ = false;
};

} // namespace fuzz
