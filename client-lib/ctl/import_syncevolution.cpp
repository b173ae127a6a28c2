#include "commands.hpp"
#include "profile_options.hpp"
#include "syncevolution.hpp"
#include "text.hpp"
#include "words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>

namespace ctl {
namespace {

struct Options {
    std::optional<std::string> directory;
    bool dry_run = false;
};

std::filesystem::path usual_directory()
{
    if (const auto* place = std::getenv("XDG_CONFIG_HOME"); place != nullptr && *place == '/')
        return std::filesystem::path(place) / "syncevolution";
    const auto* home = std::getenv("HOME");
    return std::filesystem::path(home != nullptr ? home : "/") / ".config/syncevolution";
}

std::string services_text(const syncd::SyncProfileInfo& profile)
{
    std::string text;
    for (const auto& service : profile.service_info)
        text += fmt::format("{}{} with {}{}", text.empty() ? "" : ", ", word(service.service_type),
                            printable(service.server_database_uri), service.enable ? "" : " (off)");
    return text.empty() ? "nothing" : text;
}

ExitStatus run(Context& context, const Options& options)
{
    const auto directory = options.directory ? std::filesystem::path(*options.directory) : usual_directory();
    auto peers = read_syncevolution(directory);
    const auto known = context.client.get_all();
    Json told = Json::array();
    std::string text;
    for (auto& peer : peers) {
        const SecretsWiped wiped(peer.profile);
        if (peer.refusal.empty() && std::any_of(known.begin(), known.end(), [&](const auto& profile) {
                return profile.profile_name == peer.profile.profile_name;
            }))
            peer.refusal = "there is a profile of that name already";
        std::string id;
        if (peer.refusal.empty() && !options.dry_run) {
            try {
                id = context.client.add(peer.profile);
            } catch (const syncd::Error& error) {
                if (error.kind() != syncd::ErrorKind::InvalidValue && error.kind() != syncd::ErrorKind::QuotaExceeded)
                    throw;
                peer.refusal = error.what();
            }
        }
        told.push_back({{"name", peer.name},
                        {"profile_id", id.empty() ? Json() : Json(id)},
                        {"refusal", peer.refusal.empty() ? Json() : Json(peer.refusal)},
                        {"not_taken", peer.notes}});
        if (!peer.refusal.empty()) {
            text += fmt::format("{}: not taken, {}\n", printable(peer.name), printable(peer.refusal));
            continue;
        }
        text += fmt::format("{}: {} {}, {}\n", printable(peer.name), options.dry_run ? "would be" : "is now",
                            options.dry_run ? "a profile" : "profile " + id, services_text(peer.profile));
        for (const auto& note : peer.notes)
            text += fmt::format("    not taken: {}\n", printable(note));
    }
    if (peers.empty())
        text = fmt::format("There is no peer in {}.\n", printable(directory.string()));
    context.print({{"directory", directory.string()}, {"peers", std::move(told)}}, text);
    return ExitStatus::Ok;
}

} // namespace

void declare_import_syncevolution(Command parent)
{
    auto options = std::make_shared<Options>();
    Command command = parent.subcommand("import-syncevolution",
                                        "Make profiles of the SyncML servers that SyncEvolution is configured for");
    command.optional_argument("DIR", options->directory, "Its configuration; ~/.config/syncevolution when not given");
    command.flag("--dry-run", options->dry_run, "Say what would be made, and make nothing");
    command.does([options](Context& context) { return run(context, *options); });
}

} // namespace ctl
