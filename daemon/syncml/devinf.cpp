#include "syncml/devinf.hpp"

namespace syncml {
namespace {

/// Without what peers write around one name: `./card`, `/card/`, `card?dr(-30,90)`.
std::string_view plain(std::string_view uri)
{
    uri = uri.substr(0, uri.find('?'));
    if (uri.substr(0, 2) == "./")
        uri.remove_prefix(2);
    while (!uri.empty() && uri.front() == '/')
        uri.remove_prefix(1);
    while (!uri.empty() && uri.back() == '/')
        uri.remove_suffix(1);
    return uri;
}

bool is_within(std::string_view uri, std::string_view outer)
{
    return uri.substr(0, outer.size()) == outer && (uri.size() == outer.size() || uri[outer.size()] == '/');
}

} // namespace

const DataStoreInfo* find_datastore(const DevInf& devinf, std::string_view uri)
{
    const auto wanted = plain(uri);
    const DataStoreInfo* found = nullptr;
    for (const auto& store : devinf.datastores) {
        const auto name = plain(store.source_ref);
        if (!name.empty() && is_within(wanted, name) &&
            (found == nullptr || name.size() > plain(found->source_ref).size()))
            found = &store;
    }
    return found;
}

} // namespace syncml
