#pragma once

#include "session.hpp"

#include <map>
#include <memory>
#include <string>

namespace testserver {

/// Where messages come in: finds the session each belongs to, or opens one.
class Desk {
public:
    Desk(Store& store, UnfinishedSyncs& unfinished, Journal& journal, Faults& faults, const Options& options)
        : store_(store), unfinished_(unfinished), journal_(journal), faults_(faults), options_(options)
    {
    }
    /// How clients know this server; before the first message.
    void set_uri(std::string uri) { uri_ = std::move(uri); }

    /// The document that answers `message`. Nothing when `sid`, from the address it was sent
    /// to, names no session.
    std::optional<std::string> answer(const syncml::Message& message, const Envelope& envelope, const std::string& sid);
    /// Whether a page in HTML is all that the message gets, for its version.
    bool refuses_by_page(const syncml::Message& message) const;
    bool reads_wbxml_alone() const { return options_.reads_wbxml_alone; }
    const std::string& content_type_tail() const { return options_.content_type_tail; }
    void close_all() { sessions_.clear(); }

private:
    struct Open {
        std::string sid;
        std::unique_ptr<Session> session;
        std::string last_document, last_answer, earlier_answer; ///< a message that comes again gets the same answer
    };
    Open& open_session(const std::string& device);
    std::string new_sid();

    Store& store_;
    UnfinishedSyncs& unfinished_;
    Journal& journal_;
    Faults& faults_;
    const Options& options_;
    std::string uri_;
    std::map<std::string, Open> sessions_; ///< by device: a new session of one ends its old one
    unsigned last_sid_ = 0;
};

} // namespace testserver
