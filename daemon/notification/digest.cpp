#include "notification/digest.hpp"

#include "base/base64.hpp"
#include "syncml/credentials.hpp"

namespace notification {

base::Secret digest(std::string_view server_id, const base::Secret& password, std::string_view nonce,
                    std::string_view notification)
{
    return syncml::md5({syncml::password_digest(server_id, password).reveal(), ":", nonce, ":",
                        base::encode_base64(syncml::md5({notification})).reveal()});
}

} // namespace notification
