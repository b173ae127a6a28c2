#include "find_profile.hpp"

#include "exit_status.hpp"

#include <fmt/format.h>

#include <vector>

namespace ctl {

syncd::SyncProfileInfo find_profile(syncd::Client& client, const std::string& id_or_name)
{
    std::vector<syncd::SyncProfileInfo> named;
    for (syncd::SyncProfileInfo& profile : client.get_all()) {
        if (profile.profile_id == id_or_name)
            return profile;
        if (profile.profile_name == id_or_name)
            named.push_back(std::move(profile));
    }
    if (named.size() == 1)
        return named.front();
    if (named.size() > 1) {
        std::string ids;
        for (const syncd::SyncProfileInfo& profile : named)
            ids += (ids.empty() ? "" : ", ") + profile.profile_id;
        throw Failure(ExitStatus::Usage, fmt::format("{} profiles are named \"{}\"", named.size(), id_or_name),
                      "Name one of them by its id: " + ids + ".");
    }
    // Not among the caller's own: root, and whoever may, can name those of others by id.
    return client.get(id_or_name);
}

} // namespace ctl
