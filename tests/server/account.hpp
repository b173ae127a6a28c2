#pragma once

#include "options.hpp"
#include "store.hpp"

#include "syncml/message.hpp"

#include <optional>
#include <string>
#include <string_view>

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

/// What MD5 credentials must be (RepPro 1.2; otherwise in 1.0): the nonce goes in as octets, not as text.
std::string md5_credentials(std::string_view user, std::string_view password, std::string_view nonce,
                            syncml::Version version);
std::string new_nonce();

} // namespace testserver
