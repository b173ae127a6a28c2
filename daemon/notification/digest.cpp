#include "notification/digest.hpp"

#include "base/base64.hpp"
#include "base/md5.hpp"

#include <cstring>
#include <initializer_list>

namespace notification {

namespace {

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

base::Secret shared_secret(std::string_view server_id, const base::Secret& password)
{
    return base::encode_base64(md5({server_id, ":", password.reveal()}));
}

} // namespace

base::Secret digest(std::string_view server_id, const base::Secret& password, std::string_view nonce,
                    std::string_view notification)
{
    return md5({shared_secret(server_id, password).reveal(), ":", nonce, ":",
                base::encode_base64(md5({notification})).reveal()});
}

base::Secret basic_credentials(std::string_view server_id, const base::Secret& password)
{
    auto both = base::Secret::of_size(server_id.size() + 1 + password.size());
    const auto out = both.writable();
    std::memcpy(out.data(), server_id.data(), server_id.size());
    out[server_id.size()] = ':';
    if (!password.empty())
        std::memcpy(out.data() + server_id.size() + 1, password.reveal().data(), password.size());
    return base::encode_base64(both);
}

base::Secret md5_credentials(std::string_view server_id, const base::Secret& password, std::string_view nonce)
{
    return base::encode_base64(md5({shared_secret(server_id, password).reveal(), ":", nonce}));
}

} // namespace notification
