#include "session/incoming.hpp"

#include "base/base64.hpp"

#include <utility>

namespace session {
namespace {

using syncml::StatusCode;

std::string uri_of(const std::optional<syncml::Location>& location)
{
    return location ? location->uri : std::string();
}

// Fills type and data; the result is a refusal, or Ok.
StatusCode read_data(const syncml::Meta& meta, syncml::Item& item, Incoming& incoming)
{
    auto* text = std::get_if<std::string>(&item.data);
    if (text == nullptr || text->empty())
        return StatusCode::IncompleteCommand;
    incoming.type = meta.type;
    if (meta.format.empty() || meta.format == "chr" || meta.format == "bin") {
        incoming.data = std::move(*text);
        return StatusCode::Ok;
    }
    if (meta.format != "b64")
        return StatusCode::UnsupportedMediaType;
    auto octets = base::decode_base64_leniently(*text);
    if (!octets)
        return StatusCode::BadRequest;
    incoming.data = std::move(*octets);
    return StatusCode::Ok;
}

} // namespace

std::variant<Incoming, StatusCode> read_incoming(const syncml::ItemCommand& command, syncml::Item& item)
{
    Incoming incoming;
    switch (command.verb) {
    case syncml::ItemVerb::Add: incoming.kind = IncomingKind::Add; break;
    case syncml::ItemVerb::Replace: incoming.kind = IncomingKind::Replace; break;
    case syncml::ItemVerb::Delete: incoming.kind = IncomingKind::Delete; break;
    case syncml::ItemVerb::Copy:
    case syncml::ItemVerb::Move: return StatusCode::OptionalFeatureNotSupported;
    }
    const auto meta = command.meta_of(item);
    if (meta.field_level)
        return StatusCode::OptionalFeatureNotSupported;

    // Target is our id. A Replace or Delete with nothing but the server's own id is
    // tolerated: the datastore may know it from an Add.
    incoming.guid = uri_of(item.source);
    if (incoming.kind != IncomingKind::Add)
        incoming.luid = uri_of(item.target);
    if (incoming.guid.empty() && incoming.luid.empty())
        return StatusCode::IncompleteCommand;

    if (incoming.kind == IncomingKind::Delete) {
        incoming.soft_delete = command.soft_delete;
        incoming.archive = command.archive;
        return incoming;
    }
    const auto code = read_data(meta, item, incoming);
    if (code != StatusCode::Ok)
        return code;
    return incoming;
}

} // namespace session
