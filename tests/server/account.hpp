#pragma once

#include "options.hpp"
#include "store.hpp"

#include "syncml/message.hpp"

#include <optional>
#include <string>

namespace testserver {

/// The answer to the credentials of one message.
struct Verdict {
    syncml::StatusCode code = syncml::StatusCode::Ok;
    std::optional<syncml::Meta> chal; ///< with 401 and 407 always, else when a nonce goes with it
    std::string user;                 ///< whose data it is; empty without authentication

    bool accepted() const { return syncml::is_success(code); }
};

/// Checks the Cred of a message and spends the nonce it was made with: 212 (or
/// 200, as the options say), 401, 407. Hands out the next nonce with MD5.
Verdict check_credentials(const syncml::Header& header, syncml::Version version, const Options& options, Store& store);

/// The refusal of right credentials, for the misbehaviour of that name.
Verdict refuse_credentials(const syncml::Header& header, const Options& options, Store& store);

/// Checks the basic Cred of an Alert for a datastore that guards itself: 200, 401 or 407.
Verdict check_guard(const syncml::Alert& alert, const std::string& datastore, const Options& options);

} // namespace testserver
