#pragma once

#include "base/result.hpp"
#include "base/secret.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace manager {

/// Seals credentials for the database (libsodium, XChaCha20-Poly1305) under one key of
/// the machine. `context` (whose they are) is bound into the box, so that a box moved
/// to another profile or service does not open.
class Vault {
public:
    /// The key, 32 random bytes: the systemd credential `syncd.key` ($CREDENTIALS_DIRECTORY)
    /// when there is one, else `key_file`, made with mode 0600 when missing. Refuses a key of the
    /// wrong size, and a key file that is a link, belongs to another user or can be read by others.
    /// Error: Failed; the message names the file and what to do.
    static base::Result<Vault> open(const std::filesystem::path& key_file);

    std::string seal(const base::Secret& plain, std::string_view context) const;
    /// Errors: CredentialsLost when the key is another or the box is damaged.
    base::Result<base::Secret> open_box(std::string_view sealed, std::string_view context) const;

private:
    explicit Vault(base::Secret key);
    base::Secret key_;
};

} // namespace manager
