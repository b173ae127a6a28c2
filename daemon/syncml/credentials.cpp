#include "syncml/credentials.hpp"

#include "base/base64.hpp"
#include "base/md5.hpp"

#include <cstring>

namespace syncml {

base::Secret md5(std::initializer_list<std::string_view> parts)
{
    base::Md5 md5;
    for (const auto part : parts)
        md5.add(part);
    auto digest = md5.digest();
    const base::Secret octets({reinterpret_cast<const char*>(digest.data()), digest.size()});
    explicit_bzero(digest.data(), digest.size());
    return octets;
}

base::Secret password_digest(std::string_view user, const base::Secret& password)
{
    return base::encode_base64(md5({user, ":", password.reveal()}));
}

base::Secret basic_credentials(std::string_view user, const base::Secret& password)
{
    auto all = base::Secret::of_size(user.size() + 1 + password.size());
    const auto out = all.writable();
    std::memcpy(out.data(), user.data(), user.size());
    out[user.size()] = ':';
    const auto shown = password.reveal();
    if (!shown.empty())
        std::memcpy(out.data() + user.size() + 1, shown.data(), shown.size());
    return base::encode_base64(all);
}

base::Secret md5_credentials(std::string_view user, const base::Secret& password, std::string_view nonce,
                             Version version)
{
    if (version == Version::V1_0)
        return base::encode_base64(md5({user, ":", password.reveal(), ":", nonce}));
    return base::encode_base64(md5({password_digest(user, password).reveal(), ":", nonce}));
}

} // namespace syncml
