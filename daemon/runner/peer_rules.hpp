#pragma once

#include "base/result.hpp"
#include "item/restoration.hpp"
#include "syncml/devinf.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runner {

/// What is known of a server beside what it tells; an unset member says nothing.
struct PeerRules {
    std::optional<std::string> encoding; ///< `XML`, `WBXML`: where the profile leaves it to us
    std::optional<bool> believe_anchors;
    std::optional<bool> properties; ///< our device information tells which properties we keep
    std::optional<bool> filters;    ///< it can be sent a filter
    /// Sync types that it knows, as numbers of DevInf, in place of what it lists itself.
    std::optional<std::vector<std::uint32_t>> sync_types;
    std::optional<item::Rooms> rooms; ///< how much it keeps of a property, in place of what it lists itself
    bool operator==(const PeerRules&) const = default;
};

/// The files of peers, syncd-peers(5).
class PeerRulesFiles {
public:
    /// Reads `*.conf` of the directories, in the order of their names; a file of a later directory stands in place of
    /// an earlier one of the same name. A directory that is missing is empty. What cannot be understood is left out and
    /// told.
    PeerRulesFiles() = default; ///< none
    explicit PeerRulesFiles(const std::vector<std::filesystem::path>& directories);

    /// What all sections that match say, the later over the earlier. `devinf`: of the server, null as long as it is not
    /// known.
    PeerRules find(std::string_view url, const syncml::DevInf* devinf) const;
    const std::vector<std::string>& complaints() const { return complaints_; }

private:
    friend class PeerRulesReader;
    struct Section {
        std::vector<std::string> urls, manufacturers, models,
            software; ///< patterns; one of each that is given must match
        PeerRules rules;
    };
    std::vector<Section> sections_;
    std::vector<std::string> complaints_;
};

} // namespace runner
