#pragma once

#include "syncml/message.hpp"
#include "transport/transport.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// A server on the other end of a Transport that agrees to everything: every command
/// succeeds, every type and anchor is accepted, and each datastore hands out the items it was given.
class ObligingServer : public transport::Transport {
public:
    /// Item commands for the client, by the client's datastore; handed out in the first
    /// reply to a Sync of it.
    std::map<std::string, std::vector<syncml::SyncCommand>> items;
    /// Item commands that come with the answer to an Alert, where they do not belong.
    std::vector<syncml::SyncCommand> early;
    /// Looks at each request before it is answered; an error is what `post` returns instead.
    std::function<base::Result<void>(const syncml::Message&)> on_request;
    /// What a message in WBXML is answered with, if the server does not read that.
    std::optional<base::Error> on_wbxml;

    std::string resp_uri;                     ///< of every reply
    unsigned status = 200;                    ///< HTTP's, of every reply
    std::optional<std::chrono::seconds> wait; ///< how long it wants to be left alone

    std::vector<std::string> media_types; ///< of all that was posted
    std::vector<syncml::Message> requests;
    std::vector<std::string> urls;
    bool interrupted = false;

    base::Result<transport::Reply> post(const std::string& url, std::string_view media_type, std::string_view body,
                                        transport::Repeat) override;
    unsigned http_status() const override { return status; }
    std::optional<std::chrono::seconds> retry_after() const override { return wait; }
    void interrupt() noexcept override { interrupted = true; }

private:
    syncml::Message answer(const syncml::Message& request);
    std::map<std::string, std::string> anchors_; ///< ours, by the client's datastore
};

syncml::SyncCommand server_add(std::string guid, std::string data);
