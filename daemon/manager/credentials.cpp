#include "manager/credentials.hpp"

#include <cstring>
#include <utility>

namespace manager {
namespace {

// In the box: the user, a NUL (which a user cannot hold), the password.

base::Secret pack(const std::string& user, const base::Secret& password)
{
    auto packed = base::Secret::of_size(user.size() + 1 + password.size());
    auto* to = packed.writable().data();
    std::memcpy(to, user.c_str(), user.size() + 1);
    if (!password.empty())
        std::memcpy(to + user.size() + 1, password.reveal().data(), password.size());
    return packed;
}

Credentials unpack(const base::Secret& packed)
{
    const auto text = packed.reveal();
    const auto end = std::min(text.find('\0'), text.size());
    Credentials credentials;
    credentials.user = text.substr(0, end);
    if (end < text.size())
        credentials.password = base::Secret(text.substr(end + 1));
    return credentials;
}

} // namespace

std::string box_context(std::string_view profile, std::string_view service)
{
    std::string context(profile);
    if (!service.empty())
        context.append("/").append(service);
    return context;
}

base::Result<Credentials> open_credentials(const Vault& vault, const std::string& context, const std::string& stored)
{
    if (stored.empty())
        return Credentials();
    return vault.open_box(stored, context).map(unpack);
}

base::Result<std::string> merge_credentials(const Vault& vault, const std::string& context, const std::string& stored,
                                            const CredentialsInput& input)
{
    if (input.are_absent())
        return stored; // even when it does not open any more: the user was not asked
    Credentials merged;
    if (!input.replace_all()) {
        auto opened = open_credentials(vault, context, stored);
        if (!opened)
            return base::fail(base::Errc::InvalidValue,
                              "Id and Password: the stored ones cannot be opened any more, both must be given");
        merged = std::move(*opened);
    }
    if (input.user)
        merged.user = *input.user;
    if (input.password)
        merged.password = *input.password;
    if (!merged.user.empty())
        return vault.seal(pack(merged.user, merged.password), context);
    if (input.password && !input.password->empty())
        return base::fail(base::Errc::InvalidValue, "Password: there is no Id to go with it");
    return std::string();
}

} // namespace manager
