#pragma once

#include "codec/codec.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <variant>

/// What the tests of this room share.

inline const codec::Limits no_limits{};

/// A message whose body holds `commands`.
inline std::string message_with(std::string_view commands)
{
    return R"(<SyncML xmlns="SYNCML:SYNCML1.2"><SyncHdr><VerDTD>1.2</VerDTD><VerProto>SyncML/1.2</VerProto>)"
           "<SessionID>7</SessionID><MsgID>2</MsgID><Target><LocURI>http://host/ds</LocURI></Target>"
           "<Source><LocURI>device</LocURI></Source></SyncHdr><SyncBody>" +
           std::string(commands) + "</SyncBody></SyncML>";
}

inline syncml::Message decoded(std::string_view document, const codec::Limits& limits = no_limits,
                               codec::Encoding encoding = codec::Encoding::Xml)
{
    auto message = codec::decode(document, encoding, limits);
    if (!message)
        FAIL(message.error().message);
    return *message;
}

inline base::Error refused(std::string_view document, const codec::Limits& limits = no_limits,
                           codec::Encoding encoding = codec::Encoding::Xml)
{
    const auto message = codec::decode(document, encoding, limits);
    if (message)
        FAIL("decoded what should have been refused");
    return message.error();
}

inline std::string encoded(const syncml::Message& message, codec::Encoding encoding = codec::Encoding::Xml)
{
    return codec::encode(message, encoding);
}

inline syncml::Message decoded_wbxml(std::string_view document, const codec::Limits& limits = no_limits)
{
    return decoded(document, limits, codec::Encoding::Wbxml);
}

inline base::Error refused_wbxml(std::string_view document, const codec::Limits& limits = no_limits)
{
    return refused(document, limits, codec::Encoding::Wbxml);
}

/// The only command of a message with this body.
template <class T>
T command_in(std::string_view commands)
{
    auto message = decoded(message_with(commands));
    REQUIRE(message.body.size() == 1);
    REQUIRE(std::holds_alternative<T>(message.body.front()));
    return std::get<T>(std::move(message.body.front()));
}
