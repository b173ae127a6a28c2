#pragma once

#include "session/session.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

/// A server as plain data: its items, what it knows of one client's LUIDs, what it still has to send. In a normal
/// sync it is as unforgiving as servers are: every Add makes a new item. It uses GUIDs again.
/// An item's text is its key, a slash, and a version number.
class ModelServer {
public:
    static std::string card(const std::string& text)
    {
        return "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:" + text + "\r\nEND:VCARD\r\n";
    }
    static std::string text_of(const std::string& data)
    {
        const auto at = data.find("FN:") + 3;
        return data.substr(at, data.find('\r', at) - at);
    }
    static std::string key_of(const std::string& text) { return text.substr(0, text.find('/')); }
    static int version_of(const std::string& text) { return std::stoi(text.substr(text.find('/') + 1)); }

    std::map<std::string, std::string> items;   ///< GUID to text
    std::map<std::string, std::string> luids;   ///< GUID to the client's LUID
    std::set<std::string> changed;              ///< GUIDs to be sent though mapped
    std::map<std::string, std::string> deleted; ///< GUIDs whose Delete is to be sent, with the LUID
    std::set<std::string> offered;              ///< GUIDs of Adds whose Map has not come
    std::string client_anchor;                  ///< Next of the last session that ended well here

    // ---- its own users ---------------------------------------------------------------
    std::string add(const std::string& text)
    {
        int guid = 0;
        while (items.contains(std::to_string(guid)) || deleted.contains(std::to_string(guid)) ||
               offered.contains(std::to_string(guid)))
            ++guid;
        items[std::to_string(guid)] = text;
        return std::to_string(guid);
    }
    void edit(const std::string& guid, const std::string& text)
    {
        items[guid] = text;
        changed.insert(guid);
    }
    void remove(const std::string& guid)
    {
        items.erase(guid);
        changed.erase(guid);
        if (luids.contains(guid))
            deleted[guid] = luids.extract(guid).mapped();
    }

    // ---- the client's commands -------------------------------------------------------
    /// Slow and refresh: what it knew of the client's items is void, until the session has ended well.
    void begin_anew()
    {
        client_anchor.clear();
        luids.clear();
        changed.clear();
        deleted.clear();
        offered.clear();
    }

    syncml::StatusCode take(const session::Change& change, bool slow)
    {
        const bool added = carry_out(change, slow);
        for (auto pending = deleted.begin(); pending != deleted.end();) // gone there already, or changed: it came back
            pending = pending->second == change.luid ? deleted.erase(pending) : std::next(pending);
        return added ? syncml::StatusCode::ItemAdded : syncml::StatusCode::Ok;
    }
    void map(const std::string& guid, const std::string& luid)
    {
        offered.erase(guid);
        if (items.contains(guid))
            luids[guid] = luid;
        else
            deleted[guid] = luid;
    }

    // ---- its own -----------------------------------------------------------------------
    std::vector<session::Incoming> to_send()
    {
        using session::IncomingKind;
        std::vector<session::Incoming> commands;
        for (const auto& [guid, luid] : deleted)
            commands.push_back({IncomingKind::Delete, luid, {}, {}, {}, false});
        for (const auto& [guid, text] : items) {
            if (!luids.contains(guid)) {
                offered.insert(guid);
                commands.push_back({IncomingKind::Add, {}, guid, "text/vcard", card(text), false});
            } else if (changed.contains(guid))
                commands.push_back({IncomingKind::Replace, luids.at(guid), {}, "text/vcard", card(text), false});
        }
        return commands;
    }
    void take_status(const session::Incoming& command, syncml::StatusCode status)
    {
        using syncml::StatusCode;
        if (command.kind == session::IncomingKind::Delete) {
            std::erase_if(deleted, [&](const auto& pending) { return pending.second == command.luid; });
        } else if (command.kind == session::IncomingKind::Replace) {
            const auto guid = guid_of(command.luid);
            if (status == StatusCode::Ok)
                changed.erase(guid);
            else if (status == StatusCode::NotFound)
                luids.erase(guid);
        }
    }

private:
    bool carry_out(const session::Change& change, bool slow)
    {
        if (slow)
            return match(change.luid, text_of(change.data));
        const auto guid = guid_of(change.luid);
        if (change.kind == session::ChangeKind::Delete) {
            luids.erase(guid);
            if (!changed.erase(guid)) // else it is added to the client anew
                items.erase(guid);
            return false;
        }
        if (change.kind == session::ChangeKind::Add || guid.empty()) {
            luids[add(text_of(change.data))] = change.luid;
            return true;
        }
        items[guid] = text_of(change.data); // the client wins
        changed.erase(guid);
        return false;
    }
    std::string guid_of(const std::string& luid) const
    {
        for (const auto& [guid, known] : luids)
            if (known == luid)
                return guid;
        return {};
    }
    /// Slow sync: the same key is the same item, the higher version wins.
    bool match(const std::string& luid, const std::string& text)
    {
        for (auto& [guid, mine] : items) {
            if (key_of(mine) != key_of(text) || luids.contains(guid))
                continue;
            luids[guid] = luid;
            if (version_of(mine) > version_of(text))
                changed.insert(guid);
            else
                mine = text;
            return false;
        }
        luids[add(text)] = luid;
        return true;
    }
};
