#include "evolution/keeper.hpp"

#include "evolution/frame.hpp"
#include "evolution/glib.hpp"
#include "evolution/store.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>
#include <vector>

namespace evolution {
namespace {

/// Whether the server writes a line of its own accord, with every touch of an item or when there is none.
bool is_noise(std::string_view line)
{
    for (const std::string_view name : {"REV", "CREATED", "LAST-MODIFIED", "DTSTAMP", "PRODID"})
        if (line.size() > name.size() && line.starts_with(name) &&
            (line[name.size()] == ':' || line[name.size()] == ';'))
            return true;
    return false;
}

/// The lines that somebody may have edited, those that are folded with what follows.
std::vector<std::string_view> lines_of(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        auto end = text.find('\n');
        while (end != std::string_view::npos && end + 1 < text.size() &&
               (text[end + 1] == ' ' || text[end + 1] == '\t'))
            end = text.find('\n', end + 1);
        const auto line = text.substr(0, end == std::string_view::npos ? end : end + 1);
        if (!is_noise(line))
            lines.push_back(line.substr(0, line.find_last_not_of("\r\n") + 1));
        text.remove_prefix(line.size());
    }
    return lines;
}

/// Another one whenever somebody has edited the item.
std::string stamp_of(std::string_view text)
{
    auto lines = lines_of(text);
    // A contact is listed in another order than it is read in. Of components the order matters: two may have exchanged
    // their lines.
    if (!lines.empty() && lines.front() == "BEGIN:VCARD")
        std::sort(lines.begin(), lines.end());
    const std::unique_ptr<GChecksum, void (*)(GChecksum*)> sum(g_checksum_new(G_CHECKSUM_SHA256), &g_checksum_free);
    std::size_t size = 0;
    for (const auto line : lines) {
        g_checksum_update(sum.get(), reinterpret_cast<const guchar*>(line.data()), static_cast<gssize>(line.size()));
        g_checksum_update(sum.get(), reinterpret_cast<const guchar*>("\n"), 1);
        size += line.size();
    }
    guint8 digest[32];
    gsize length = sizeof digest;
    g_checksum_get_digest(sum.get(), digest, &length);
    std::int64_t parts[2];
    std::memcpy(parts, digest, sizeof parts);
    return std::to_string(parts[0]) + " " + std::to_string(parts[1]) + " " + std::to_string(size);
}

Frame list(Store& store)
{
    Frame answer{"done"};
    store.each([&](const std::string& uid, const std::string& text) {
        answer.push_back(uid);
        answer.push_back(stamp_of(text));
    });
    return fits(answer) ? answer : Frame{"failed", "it holds more items than can be looked at"};
}

/// The stamp is that of the item as it is listed.
Frame read(Store& store, const std::string& uid, Frame answer = {"done"})
{
    auto item = store.read(uid);
    if (!item)
        return {"none"};
    answer.push_back(stamp_of(item->listed));
    answer.push_back(std::move(item->complete));
    return fits(answer) ? answer : Frame{"refused", "it is too large"};
}

Frame find(Store& store, const std::string& uid)
{
    const auto text = store.find(uid);
    return text ? Frame{"done", stamp_of(*text)} : Frame{"none"};
}

bool is_known(Store& store, const std::string& uid, const std::string& stamp)
{
    const auto text = store.find(uid);
    return text && stamp_of(*text) == stamp;
}

using Open = std::function<Opened()>;

Frame answer(const Open& open, std::unique_ptr<Store>& store, const Frame& request)
try {
    const auto is = [&](std::string_view word, std::size_t fields) {
        return request.front() == word && request.size() == fields + 1;
    };
    if (is("open", 0)) {
        auto opened = open();
        store = std::move(opened.store);
        return {"done", std::move(opened.mark)};
    }
    if (!store)
        return {"failed", "nothing is open"};
    if (is("list", 0))
        return list(*store);
    if (is("find", 1))
        return find(*store, request[1]);
    if (is("read", 1))
        return read(*store, request[1]);
    if (is("add", 1)) {
        const auto uid = store->add(request[1]);
        return read(*store, uid, {"done", uid});
    }
    if (is("replace", 3)) {
        if (!is_known(*store, request[1], request[2]))
            return {"none"};
        store->replace(request[1], request[3]);
        return read(*store, request[1]);
    }
    if (is("remove", 2)) {
        if (!is_known(*store, request[1], request[2]))
            return {"none"};
        store->remove(request[1]);
        return {"done"};
    }
    return {"failed", "syncd-session is of another version"};
} catch (const Refusal& refusal) {
    const auto& word = request.front();
    return {word == "open" || word == "list" || word == "find" ? "failed" : "refused", refusal.what()};
} catch (const std::exception& failure) {
    return {"failed", failure.what()};
}

} // namespace

void keep(int socket, const std::string& service, const std::string& source_uid)
{
    const Open open = [&] { return open_store(service, source_uid); };
    std::unique_ptr<Store> store;
    // A worker may have nothing to ask for hours.
    while (const auto request = receive(socket, std::chrono::hours(24 * 20)))
        send(socket, answer(open, store, *request));
}

} // namespace evolution
