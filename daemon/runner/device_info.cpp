#include "runner/device_info.hpp"

#include "runner/known_properties.hpp"

#include <sodium.h>

#include <array>

namespace runner {
namespace {

constexpr std::uint64_t MaxGuidSize = 255; // any would do; some servers want a number

} // namespace

syncml::DevInf own_device_info(std::string_view device_id, std::span<const kinds::ServiceKind* const> services,
                               bool properties, syncml::Version version)
{
    syncml::DevInf devinf;
    devinf.ver_dtd = syncml::dtd(version);
    devinf.manufacturer = "syncd";
    devinf.model = "syncd";
    devinf.software_version = SYNCD_VERSION;
    devinf.device_id = device_id;
    devinf.device_type = "workstation";
    devinf.utc = true;
    devinf.large_objects = true;
    devinf.number_of_changes = true;
    for (const kinds::ServiceKind* kind : services) {
        syncml::DataStoreInfo store;
        store.source_ref = kind->local_uri;
        store.max_guid_size = MaxGuidSize;
        for (const auto form : kind->forms) {
            const syncml::ContentType type{std::string(item::media_type(form)), std::string(item::version(form))};
            (form == kind->forms.front() ? store.rx_preferred : store.rx).push_back(type);
            if (properties)
                store.capabilities.push_back(known_properties(kind->content, form));
        }
        store.tx_preferred = store.rx_preferred;
        store.tx = store.rx;
        store.sync_types = {1, 2, 3, 4, 5, 6, 7}; // 7: alerted by the server
        devinf.datastores.push_back(std::move(store));
    }
    return devinf;
}

std::string fingerprint(std::string_view text)
{
    std::array<unsigned char, 16> hash{};
    crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                       nullptr, 0);
    std::array<char, 2 * hash.size() + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    return hex.data();
}

} // namespace runner
