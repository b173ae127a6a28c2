#pragma once

#include "account.hpp"

#include <map>
#include <optional>
#include <string>

namespace testserver {

/// The datastores of one session that guard themselves: each lets in who shows its own credentials, in the Alert and,
/// when these count for one command only, in each Sync.
class Guards {
public:
    explicit Guards(const Options& options) : options_(options) {}

    /// 200 for what is not guarded, or was let in before; 212, or 200 for this command; 401 or 407 with a challenge.
    Verdict check(const std::optional<syncml::Credentials>& cred, const std::string& datastore,
                  syncml::Version version);
    /// Whether an Alert for it was refused, and may come again.
    bool awaits(const std::string& datastore) const;

private:
    struct Door {
        std::string nonce;
        bool refused = false;
        bool open = false; ///< for the rest of the session
    };

    const Options& options_;
    std::map<std::string, Door> doors_;
};

} // namespace testserver
