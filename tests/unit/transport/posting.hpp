#pragma once

#include "scripted_server.hpp"
#include "transport/transport.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

/// What the tests of this room share.

inline const std::string media_type = "application/vnd.syncml+xml";

inline transport::Options options()
{
    transport::Options options;
    options.user_agent = "syncd/test";
    options.max_reply_bytes = 1'000'000;
    return options;
}

inline base::Result<transport::Reply> post(transport::Transport& transport, const std::string& url,
                                           std::string_view body = "<SyncML/>",
                                           transport::Repeat repeat = transport::Repeat::Freely)
{
    return transport.post(url, media_type, body, repeat);
}

/// The error of one post through a transport of its own.
inline base::Error refused(const std::string& url, const transport::Options& with = options())
{
    const auto transport = transport::create_http_transport(with);
    const auto reply = post(*transport, url);
    if (reply)
        FAIL("a reply came where an error was expected");
    return reply.error();
}
