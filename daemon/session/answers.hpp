#pragma once

#include "syncml/message.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace session {

/// The Status owed for the commands of one message, in the order of the commands,
/// while some of them still wait for their outcome.
class Answers {
public:
    /// A place for the Status of one item.
    struct Slot {
        std::size_t answer = 0;
        std::size_t item = 0;
    };

    /// `wanted`: false obeys NoResp. Commands without CmdID cannot be answered.
    void begin(syncml::MsgId message, bool wanted);

    /// A command that is answered as a whole.
    void add(syncml::CmdId command, std::string name, bool no_resp, syncml::StatusCode code);
    /// The same with references and an Item, as a Status for an Alert has.
    void add(syncml::Status status, bool no_resp);
    /// A command whose Items are answered one by one through `place` and `fill`.
    void add_items(const syncml::ItemCommand& command);
    Slot place(const syncml::Item& item);
    void fill(Slot slot, syncml::StatusCode code);
    /// The item's id: the peer's, or else ours.
    const std::string& id(Slot slot) const;

    /// Everything, once every slot is filled. One Status for a command whose Items have one
    /// code, else one per Item (RepPro 1.2, Status).
    std::vector<syncml::Status> take();

private:
    struct Item {
        std::string target;
        std::string source;
        std::optional<syncml::StatusCode> code;
    };
    struct Answer {
        syncml::Status status;
        bool wanted = true;
        std::vector<Item> items;
    };

    void push(Answer answer, bool no_resp);
    static void append(std::vector<syncml::Status>& out, Answer answer);

    syncml::MsgId message_ = 0;
    bool wanted_ = true;
    std::vector<Answer> answers_;
};

} // namespace session
