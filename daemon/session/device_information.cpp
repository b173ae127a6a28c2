#include "session/device_information.hpp"

namespace session {

bool is_devinf_uri(std::string_view uri, syncml::Version version)
{
    const auto known = syncml::devinf_uri(version);
    return uri == known || uri == known.substr(2);
}

syncml::Put put_devinf(const Setup& setup)
{
    syncml::Put put;
    put.meta.type = setup.devinf_type;
    auto& item = put.items.emplace_back();
    item.source = syncml::Location{std::string(syncml::devinf_uri(setup.version)), {}};
    item.data = setup.devinf;
    return put;
}

syncml::Get get_devinf(const Setup& setup)
{
    syncml::Get get;
    get.meta.type = setup.devinf_type;
    get.items.emplace_back().target = syncml::Location{std::string(syncml::devinf_uri(setup.version)), {}};
    return get;
}

syncml::Results devinf_results(const Setup& setup, syncml::MsgId message, syncml::CmdId command)
{
    syncml::Results results;
    results.msg_ref = message;
    results.cmd_ref = command;
    results.meta.type = setup.devinf_type;
    auto& item = results.items.emplace_back();
    item.source = syncml::Location{std::string(syncml::devinf_uri(setup.version)), {}};
    item.data = setup.devinf;
    return results;
}

bool leave_out_properties(syncml::Command& command)
{
    auto* put = std::get_if<syncml::Put>(&command);
    auto* results = std::get_if<syncml::Results>(&command);
    if (put == nullptr && results == nullptr)
        return false;
    for (auto& item : put != nullptr ? put->items : results->items) {
        auto* devinf = std::get_if<syncml::DevInf>(&item.data);
        if (devinf == nullptr)
            continue;
        devinf->capabilities.clear();
        for (auto& datastore : devinf->datastores)
            datastore.capabilities.clear();
    }
    return true;
}

const syncml::DevInf* find_devinf(const std::vector<syncml::Item>& items)
{
    for (const auto& item : items) {
        if (const auto* devinf = std::get_if<syncml::DevInf>(&item.data))
            return devinf;
    }
    return nullptr;
}

} // namespace session
