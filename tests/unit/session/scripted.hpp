#pragma once

#include "session/engine.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Tools for tests that play the server by hand: a client that carries out what
/// the engine asks for, and a builder for the server's messages.
namespace scripted {

inline constexpr auto device = "urn:uuid:5f1c2a90-77";
inline constexpr auto server = "https://sync.example.net/ds";

/// A service `card`/`contacts` with anchors from an earlier session.
session::ServiceSetup contacts(session::SyncType type = session::SyncType::TwoWay);
/// A second one, `cal`/`calendar`.
session::ServiceSetup calendar(session::SyncType type = session::SyncType::TwoWay);
/// Account alice, MD5, no device information exchange.
session::Setup setup(std::vector<session::ServiceSetup> services = {contacts()});

session::Change added(std::string luid, std::string data = "BEGIN:VCARD");
session::Change updated(std::string luid, std::string data = "BEGIN:VCARD");
session::Change removed(std::string luid);

/// The server's message, one command after the other, CmdIDs counted.
class Reply {
public:
    Reply(std::string session, syncml::MsgId message);

    Reply& status(syncml::MsgId message, syncml::CmdId command, std::string name, int code);
    /// Status for the header of `message`, 212 unless told otherwise.
    Reply& header_status(syncml::MsgId message, int code = 212);
    Reply& challenge(syncml::MsgId message, int code, std::string type, std::string nonce);
    Reply& alert(int code, std::string target, std::string source, syncml::Anchor anchor);
    Reply& alert(int code);
    Reply& sync(std::string target, std::string source, std::vector<syncml::SyncCommand> commands = {},
                std::optional<std::uint64_t> number_of_changes = {});
    Reply& command(syncml::Command command);
    Reply& final();

    operator syncml::Message() const { return message_; }
    syncml::Header& header() { return message_.header; }

private:
    syncml::Message message_;
    syncml::CmdId next_ = 1;
};

/// The usual answer to message 1: 212, and every Alert of it agreed with anchor
/// `s900`/`s901`. CmdIDs of its own Alerts follow those of the Status: with one service it is 3.
Reply agreed(const syncml::Message& first);

/// Item commands as the server writes them; CmdIDs are given by Reply::sync.
syncml::ItemCommand server_add(std::string guid, std::string data = "BEGIN:VCARD");
syncml::ItemCommand server_replace(std::string luid, std::string data = "BEGIN:VCARD");
syncml::ItemCommand server_delete(std::string luid);

/// Drives an engine. Questions about services are answered from `changes` and
/// `outcomes`; the network is the test.
class Client {
public:
    explicit Client(session::Setup setup);

    /// Local changes of each service, read in portions of `read_at_once`.
    std::map<session::ServiceIndex, std::vector<session::Change>> changes;
    std::size_t read_at_once = 1000;
    /// The user stops the session while this ReadChanges is answered; 0: never.
    int stop_at_read = 0;
    /// Outcomes by guid or luid; what is not listed is done, additions get luids 100, 101 …
    std::map<std::string, session::Outcome> outcomes;
    /// Answers the next question of this kind about this service with Broke.
    std::map<session::ServiceIndex, base::Error> prepare_breaks, read_breaks, apply_breaks, conclude_breaks;
    /// The reason of `apply_breaks` is that there is no room.
    bool is_full = false;

    /// Runs until the engine wants to send or has finished.
    void start();
    void reply(const syncml::Message& message);
    /// The network breaks.
    void fail(base::Error error);
    /// `start`, and the server agrees to everything.
    void initialize();

    session::Engine engine;

    /// The message to be posted; nothing when finished.
    const syncml::Message& sent() const { return send.value().message; }
    std::optional<session::Send> send;
    std::optional<session::Finished> finished;

    /// Everything the engine ever said, in order.
    std::vector<session::Effect> log;
    template <class T>
    std::vector<T> all() const
    {
        std::vector<T> result;
        for (const auto& effect : log) {
            if (const auto* one = std::get_if<T>(&effect))
                result.push_back(*one);
        }
        return result;
    }
    bool noted(std::string_view part) const;

private:
    void run(std::vector<session::Effect> effects);
    session::Event answer(const session::Effect& question);
    session::Event answer(const session::Prepare& question);
    session::Event answer(const session::ReadChanges& question);
    session::Event answer(const session::Apply& question);
    session::Event answer(const session::Conclude& question);

    std::map<session::ServiceIndex, std::size_t> read_;
    int next_luid_ = 100;
    int reads_ = 0;
};

// ---- looking at messages -----------------------------------------------------

/// The commands of one kind at the top of a body.
template <class T>
std::vector<T> commands(const syncml::Message& message)
{
    std::vector<T> result;
    for (const auto& command : message.body) {
        if (const auto* one = std::get_if<T>(&command))
            result.push_back(*one);
    }
    return result;
}
/// The commands within the Syncs of a message, each as its Sync's Target, its CmdID, verb and our id.
struct SentItemCommand {
    std::string database;
    syncml::CmdId cmd_id = 0;
    syncml::ItemVerb verb = syncml::ItemVerb::Add;
    std::string luid;
};
std::vector<SentItemCommand> item_commands(const syncml::Message& message);
/// The codes of all Status but the header's, in order.
std::vector<int> codes(const syncml::Message& message);
/// One line per command: `Status 1/6 Alert 200`, `Sync card [Replace 17, Add 52]`, `Map card [g-1=100]`, `Final`.
std::vector<std::string> outline(const syncml::Message& message);

} // namespace scripted
