#include "commands.hpp"
#include "documents.hpp"
#include "find_profile.hpp"
#include "profile_text.hpp"
#include "table.hpp"
#include "words.hpp"

#include <memory>

namespace ctl {
namespace {

std::string text(const syncd::SyncProfileInfo& profile)
{
    const syncd::SyncInfo& info = profile.sync_info;
    std::vector<std::pair<std::string, std::string>> rows{
        {"Id", profile.profile_id},
        {"Name", profile.profile_name},
        {"URL", info.url},
        {"When", schedule_text(info)},
        {"Credentials", profile.has_credentials ? "stored" : "none"},
        {"HTTP credentials", profile.has_http_credentials ? "stored" : "none"},
        {"Client certificate", profile.has_client_certificate ? "stored" : "none"},
        {"Unencrypted password", info.allow_plain_credentials ? "allowed" : "refused"},
        {"CA file", info.ca_file.empty() ? "the system's" : info.ca_file},
        {"Device id", info.device_id},
        {"Encoding", word(info.encoding)},
        {"SyncML", info.protocol_version == syncd::SyncProtocolVersion::Auto ? "the newest that the server speaks"
                                                                             : word(info.protocol_version)},
    };
    if (!info.server_id.empty()) {
        rows.emplace_back("Server id", info.server_id);
        rows.emplace_back("Server password", profile.has_server_password ? "stored" : "none");
        rows.emplace_back("Server proves itself", info.authenticate_server ? "in every sync" : "when it notifies");
    }
    for (const syncd::SyncServiceInfo& service : profile.service_info)
        rows.emplace_back("Service " + word(service.service_type),
                          service.server_database_uri + (service.enable ? "" : " (off)"));
    return join(properties(rows));
}

} // namespace

void declare_profile_show(Command parent)
{
    auto name = std::make_shared<std::string>();
    Command command = parent.subcommand("show", "Show a profile; its credentials are never shown");
    command.argument("PROFILE", *name, "Its id or name");
    command.does([name](Context& context) {
        const auto profile = find_profile(context.client, *name);
        context.print(document(profile), text(profile));
        return ExitStatus::Ok;
    });
}

} // namespace ctl
