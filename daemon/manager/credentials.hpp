#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"
#include "manager/vault.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace manager {

struct Credentials {
    std::string user;
    base::Secret password;
};

/// Credentials as a caller gives them: an absent part is kept, an empty user clears both.
struct CredentialsInput {
    const std::optional<std::string>& user;
    const std::optional<base::Secret>& password;

    bool are_absent() const { return !user && !password; }
    /// Nothing of what is stored would be used.
    bool replace_all() const { return user && (user->empty() || password); }
};

/// Whose a box is: the profile's, or one of its services'.
std::string box_context(std::string_view profile, std::string_view service = {});

/// The box to store from now on; empty when there are no credentials. `stored`: the box up to now.
/// Errors: InvalidValue for a password without a user, or when a part of a box that does not
/// open any more would have to be kept; the message names the key.
base::Result<std::string> merge_credentials(const Vault& vault, const std::string& context, const std::string& stored,
                                            const CredentialsInput& input);

/// What a box holds; nothing for an empty one. Error: CredentialsLost.
base::Result<Credentials> open_credentials(const Vault& vault, const std::string& context, const std::string& stored);

} // namespace manager
