#pragma once

#include "base/secret.hpp"
#include "syncml/version.hpp"

#include <initializer_list>
#include <string_view>

namespace syncml {

/// MD5 of these one behind the other, 16 octets.
base::Secret md5(std::initializer_list<std::string_view> parts);

/// What stands for a password in the digests of SyncML: B64(MD5(user ":" password)) (RepPro 1.2, authentication).
base::Secret password_digest(std::string_view user, const base::Secret& password);

/// Cred/Data of the two schemes (RepPro 1.2), as base64 text.
base::Secret basic_credentials(std::string_view user, const base::Secret& password);
/// `nonce`: the decoded octets of NextNonce. SyncML 1.0 has a digest of its own.
base::Secret md5_credentials(std::string_view user, const base::Secret& password, std::string_view nonce,
                             Version version = Version::V1_2);

} // namespace syncml
