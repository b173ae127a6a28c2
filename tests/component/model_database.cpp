#include "model_database.hpp"

#include <algorithm>
#include <utility>

namespace model {

using syncml::StatusCode;
using syncml::SyncType;

// ---- at the server's own console ---------------------------------------------

std::string Database::insert(std::string data, const std::string& by)
{
    auto guid = "g-" + std::to_string(next_guid_++);
    items_[guid] = {std::move(data), ++revision_, by};
    return guid;
}

std::string Database::put(std::string data)
{
    return insert(std::move(data), "");
}

void Database::change(const std::string& guid, std::string data)
{
    items_.at(guid) = {std::move(data), ++revision_, ""};
}

void Database::remove(const std::string& guid)
{
    items_.erase(guid); // what a device still maps and no longer exists is a deletion to it
    ++revision_;
}

std::vector<std::string> Database::guids() const
{
    std::vector<std::string> result;
    for (const auto& [guid, item] : items_)
        result.push_back(guid);
    return result;
}

std::multiset<std::string> Database::content() const
{
    std::multiset<std::string> result;
    for (const auto& [guid, item] : items_)
        result.insert(item.data);
    return result;
}

// ---- one session of a device ----------------------------------------------------

void Database::begin(const std::string& name, SyncType type)
{
    device_ = name;
    type_ = type;
    seen_ = device().mark;
    if (type == SyncType::Slow || syncml::is_refresh(type)) {
        device().guid_of.clear();
        device().refused.clear();
        device().anchors.reset(); // without the map they mean nothing
    }
    received_ = false;
}

void Database::receive()
{
    if (type_ == SyncType::RefreshFromClient && !std::exchange(received_, true)) {
        items_.clear();
        ++revision_;
    }
}

bool Database::changed_since_mark(const Item& item)
{
    return item.revision > device().mark && item.changed_by != device_;
}

bool Database::is_mapped(const std::string& guid)
{
    const auto& map = device().guid_of;
    return std::any_of(map.begin(), map.end(), [&](const auto& pair) { return pair.second == guid; });
}

StatusCode Database::add(const std::string& luid, std::string data)
{
    if (device().guid_of.count(luid) != 0)
        return replace(luid, std::move(data));
    device().guid_of[luid] = insert(std::move(data), device_);
    ++done_.added;
    return StatusCode::ItemAdded;
}

StatusCode Database::replace(const std::string& luid, std::string data)
{
    auto& map = device().guid_of;
    if (type_ == SyncType::Slow && map.count(luid) == 0) {
        for (const auto& [guid, item] : items_) {
            if (item.data != data || is_mapped(guid))
                continue;
            map[luid] = guid;
            ++done_.updated;
            return StatusCode::Ok;
        }
    }
    const auto mapped = map.find(luid);
    const auto item = mapped == map.end() ? items_.end() : items_.find(mapped->second);
    if (item == items_.end()) { // unknown, or deleted here: the change survives
        map.erase(luid);
        return add(luid, std::move(data));
    }
    if (changed_since_mark(item->second) && type_ != SyncType::OneWayFromClient)
        return StatusCode::ConflictResolvedServerWins; // and goes out with the changes
    device().refused.erase(item->first);
    item->second = {std::move(data), ++revision_, device_};
    ++done_.updated;
    return StatusCode::Ok;
}

StatusCode Database::remove_for_device(const std::string& luid)
{
    auto& map = device().guid_of;
    const auto mapped = map.find(luid);
    if (mapped == map.end())
        return StatusCode::ItemNotDeleted;
    const auto item = items_.find(mapped->second);
    map.erase(mapped);
    if (item == items_.end())
        return StatusCode::ItemNotDeleted;
    if (changed_since_mark(item->second))
        return StatusCode::ConflictResolvedServerWins; // comes back as an addition
    items_.erase(item);
    ++revision_;
    ++done_.removed;
    return StatusCode::Ok;
}

void Database::map(const std::string& guid, const std::string& luid)
{
    if (items_.count(guid) != 0)
        device().guid_of[luid] = guid;
}

std::vector<Database::Change> Database::changes()
{
    std::vector<Change> result;
    if (!syncml::server_sends(type_))
        return result;
    seen_ = revision_;
    for (const auto& [luid, guid] : device().guid_of) {
        const auto item = items_.find(guid);
        if (item == items_.end())
            result.push_back({Change::Delete, guid, luid, ""});
        else if (changed_since_mark(item->second) && type_ != SyncType::Slow)
            result.push_back({Change::Replace, guid, luid, item->second.data});
        else if (device().refused.count(guid) != 0)
            result.push_back({Change::Replace, guid, luid, item->second.data});
    }
    for (const auto& [guid, item] : items_) {
        if (!is_mapped(guid))
            result.push_back({Change::Add, guid, "", item.data});
    }
    return result;
}

void Database::on_status(const Change& change, bool success)
{
    if (!success) {
        device().refused.insert(change.guid);
        return;
    }
    device().refused.erase(change.guid);
    if (change.kind == Change::Delete)
        device().guid_of.erase(change.luid);
}

void Database::commit(Anchors anchors)
{
    // What the device was not told in this type of sync, it still lacks.
    device().mark = type_ == SyncType::RefreshFromClient ? revision_ : seen_;
    device().anchors = std::move(anchors);
}

Database::Anchors Database::anchors(const std::string& name) const
{
    const auto found = devices_.find(name);
    return found == devices_.end() || !found->second.anchors ? Anchors{} : *found->second.anchors;
}

} // namespace model
