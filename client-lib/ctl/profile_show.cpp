#include "commands.hpp"
#include "device_text.hpp"
#include "documents.hpp"
#include "find_profile.hpp"
#include "profile_text.hpp"
#include "table.hpp"
#include "units.hpp"
#include "words.hpp"

#include <fmt/format.h>

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
        {"Conflicts", word(info.conflict_policy)},
        {"SyncML", info.protocol_version == syncd::SyncProtocolVersion::Auto ? "the newest that the server speaks"
                                                                             : word(info.protocol_version)},
    };
    rows.emplace_back("Review", info.review_percent >= 100
                                    ? "never"
                                    : fmt::format("of more than {} deletions and changes that are more than {} %",
                                                  info.review_items, info.review_percent));
    rows.emplace_back("Unexpected slow sync", info.hold_slow_sync ? "waits for review" : "runs");
    rows.emplace_back("Transcripts kept",
                      info.keep_transcripts == 0 ? "none" : fmt::format("of the last {} syncs", info.keep_transcripts));
    if (!info.server_id.empty()) {
        rows.emplace_back("Server id", info.server_id);
        rows.emplace_back("Server password", profile.has_server_password ? "stored" : "none");
        rows.emplace_back("Server proves itself", info.authenticate_server ? "in every sync" : "when it notifies");
    }
    for (const syncd::SyncServiceInfo& service : profile.service_info) {
        rows.emplace_back("Service " + word(service.service_type),
                          service.server_database_uri + (service.enable ? "" : " (off)"));
        if (!service.filter.empty())
            rows.emplace_back("Filter of " + word(service.service_type), service.filter);
        if (!service.store.empty())
            rows.emplace_back("Store of " + word(service.service_type), service.store);
    }
    return join(properties(rows));
}

struct Options {
    std::string profile;
    bool device_info = false;
};

void show_device(Context& context, const std::string& id)
{
    const auto information = context.client.device_information(id);
    if (!information)
        return context.print({{"received", 0}, {"device", nullptr}},
                             "The server has not told anything about itself yet.\n");
    try {
        const auto device = Json::parse(information->document);
        context.print({{"received", microseconds(information->received)}, {"device", device}},
                      context.json ? std::string() : device_text(*information, device));
    } catch (const Json::exception&) {
        throw syncd::Error("org.syncd1.Error.Storage", "what is stored of the server's device information cannot be "
                                                       "read; sync again, and it is asked for again");
    }
}

} // namespace

void declare_profile_show(Command parent)
{
    auto options = std::make_shared<Options>();
    Command command = parent.subcommand("show", "Show a profile; its credentials are never shown");
    command.argument("PROFILE", options->profile, "Its id or name");
    command.flag("--device-info", options->device_info, "Show what its server tells of itself instead");
    command.does([options](Context& context) {
        const auto profile = find_profile(context.client, options->profile);
        if (options->device_info) {
            show_device(context, profile.profile_id);
            return ExitStatus::Ok;
        }
        context.print(document(profile), text(profile));
        return ExitStatus::Ok;
    });
}

} // namespace ctl
