#include "notification/alert_message.hpp"

namespace notification {

namespace {

using syncml::AlertCode;

bool is_by_server(AlertCode code)
{
    return code >= AlertCode::TwoWayByServer && code <= AlertCode::RefreshFromServerByServer;
}

std::optional<int> find_version(std::string_view ver_proto)
{
    constexpr std::string_view prefix = "SyncML/1.";
    if (!ver_proto.starts_with(prefix) || ver_proto.size() != prefix.size() + 1)
        return std::nullopt;
    const char minor = ver_proto.back();
    return minor >= '0' && minor <= '2' ? std::optional(10 + (minor - '0')) : std::nullopt;
}

} // namespace

tl::expected<Notification, Refusal> read_alerts(const syncml::Message& message)
{
    const auto& header = message.header;
    const auto version = find_version(header.ver_proto);
    if (!version)
        return tl::unexpected(Refusal::Version);
    Notification result;
    result.version = *version;
    result.server_id = header.source.uri;
    constexpr std::size_t longest_id = 16; // four octets, says RepPro 1.2 §5.1.16; not every server heeds it
    if (header.session_id != "0" && header.session_id.size() <= longest_id)
        result.session_id = header.session_id;
    result.message = header.msg_id;
    result.target = header.target.uri;
    for (const auto& command : message.body) {
        const auto* alert = std::get_if<syncml::Alert>(&command);
        if (alert == nullptr || !alert->code || !is_by_server(*alert->code))
            continue;
        for (const auto& item : alert->items)
            if (item.source && !item.source->uri.empty())
                result.syncs.push_back({*alert->code, item.source->uri, item.meta.type, alert->cmd_id,
                                        item.target ? item.target->uri : std::string()});
    }
    if (result.syncs.empty())
        return tl::unexpected(Refusal::NothingToSync);
    return result;
}

} // namespace notification
