#pragma once

#include "options.hpp"

#include "syncml/message.hpp"

#include <string>

namespace testserver {

/// Whether the server speaks what a header says.
inline bool understands(const Options& options, const syncml::Header& header)
{
    const auto version = syncml::find_version(header.ver_dtd);
    return version && options.versions.contains(*version) && header.ver_proto == syncml::protocol(*version);
}

/// The Status of such a header when it does not: which part is to blame and what would do.
inline syncml::Status refuse_version(const Options& options, const syncml::Header& header, syncml::Status status)
{
    const auto version = syncml::find_version(header.ver_dtd);
    const bool dtd = !version || !options.versions.contains(*version);
    status.code = dtd ? syncml::StatusCode::DtdVersionNotSupported : syncml::StatusCode::ProtocolVersionNotSupported;
    if (options.version_refusal == VersionRefusal::Protocol)
        status.code = syncml::StatusCode::ProtocolVersionNotSupported;
    if (options.version_refusal == VersionRefusal::BadRequest)
        status.code = syncml::StatusCode::BadRequest;
    if (options.version_refusal == VersionRefusal::NotImplemented)
        status.code = syncml::StatusCode::CommandNotImplemented;
    std::string list;
    for (const auto one : options.versions) {
        list += list.empty() ? "" : ",";
        list += status.code == syncml::StatusCode::DtdVersionNotSupported ? syncml::dtd(one) : syncml::protocol(one);
    }
    if (options.version_refusal == VersionRefusal::Status || options.version_refusal == VersionRefusal::Protocol)
        status.items.emplace_back().data = list;
    return status;
}

} // namespace testserver
