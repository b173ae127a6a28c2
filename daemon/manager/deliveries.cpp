#include "manager/deliveries.hpp"

#include "base/log.hpp"
#include "manager/records.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <stdexcept>
#include <utility>

namespace manager {
namespace {

using base::Errc;
using storage::Delivery;

constexpr std::size_t page_items = 500;
constexpr std::size_t page_bytes = 1024 * 1024;
constexpr std::size_t max_explained = 200;

} // namespace

base::Result<std::vector<SentItem>> Deliveries::list(Caller caller, std::string_view id, std::uint64_t session,
                                                     std::string_view after)
{
    std::vector<const Profile*> profiles;
    if (const auto* profile = around_.book.find(caller, id))
        profiles.push_back(profile);
    else if (!id.empty())
        return base::fail(Errc::NotFound, "there is no such profile");
    else
        profiles = around_.book.of(caller.uid);
    for (const auto* profile : profiles) {
        if (!may_see_items(caller, *profile))
            return base::fail(Errc::AccessDenied, "only its owner may see what a session sent");
        const auto file = around_.files.sync_db(profile->row.owner, profile->row.id);
        auto deliveries = manager::deliveries(file, session, after, page_items);
        if (!deliveries)
            return tl::unexpected(std::move(deliveries.error()));
        if (*deliveries)
            return with_contents(*profile, std::move(**deliveries));
    }
    return base::fail(Errc::NotFound,
                      fmt::format("of session {} it is not kept what it sent: it sent nothing, it is too long ago, or "
                                  "there was none; `syncctl history` shows which there were",
                                  session));
}

std::vector<SentItem> Deliveries::with_contents(const Profile& profile, std::vector<Delivery> deliveries)
{
    const auto store = around_.stores.open(profile.row.owner);
    std::vector<SentItem> items;
    std::size_t size = 0;
    for (auto& delivery : deliveries) {
        if (size >= page_bytes)
            break;
        // Without a store it is still known what was sent.
        auto content = store ? (*store)->find_last_content(delivery.luid) : std::nullopt;
        size += content ? content->size() : 0;
        items.push_back({std::move(delivery), profile.row.id, std::move(content)});
    }
    return items;
}

std::vector<SentItem> Deliveries::of_item(Uid owner, std::string_view luid)
{
    std::vector<SentItem> items;
    for (const auto* profile : around_.book.of(owner)) {
        try {
            const auto found =
                manager::item_deliveries(around_.files.sync_db(owner, profile->row.id), luid, max_explained);
            if (!found)
                throw std::runtime_error(found.error().message);
            for (const auto& delivery : *found)
                items.push_back({delivery, profile->row.id, std::nullopt});
        } catch (const std::exception& error) {
            spdlog::warn("profile {}: how it sent items cannot be told: {}", profile->row.name, error.what());
        }
    }
    std::ranges::stable_sort(items, std::ranges::greater(), &SentItem::session);
    if (items.size() > max_explained)
        items.resize(max_explained);
    return items;
}

} // namespace manager
