#include "bus/store_object.hpp"

#include "bus/dictionary.hpp"
#include "bus/introspection.hpp"
#include "item/conversion.hpp"
#include "item/item.hpp"
#include "item/splitter.hpp"
#include "kinds/service_kind.hpp"

#include <fmt/format.h>

#include <malloc.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace bus {
namespace {

using base::Errc;
using storage::ItemKind;

constexpr std::size_t export_slice = 256 * 1024;
/// Octets of an item that goes in a message. The system's bus lets 32 MiB pass, and parts with who sends more.
constexpr std::size_t max_in_message = 8 * 1024 * 1024;

sdbus::Error as_bus_error(const base::Error& error)
{
    return {std::string(base::dbus_name(error.code)), error.message};
}

/// Null when no store is there.
const kinds::ServiceKind* find_kind(std::string_view path)
{
    const auto all = kinds::all();
    const auto found = std::ranges::find_if(all, [&](const auto& kind) { return path == store_path(kind.items); });
    return found == all.end() ? nullptr : &*found;
}

void fail_not_found(const Call& call, ItemKind kind, std::string_view id)
{
    call.fail({Errc::NotFound, fmt::format("there is no {} with the id '{}'", kinds::of(kind).word(), id)});
}

/// Everything that Import reads, until it is stored.
struct Arrival {
    /// `most`: octets of an item; `limit`: of all of them.
    Arrival(ItemKind kind, std::size_t most, std::size_t limit)
        : left(limit), splitter(
                           kinds::of(kind).content, [this](item::Item item) { return take(std::move(item)); }, most)
    {
    }

    base::Result<void> take(item::Item item)
    {
        // Each event gets a copy of its time zones, so that a short stream can become long.
        if (item.data.size() > left)
            return base::fail(Errc::InvalidValue,
                              fmt::format("item {}: the items before it are too large together", items.size() + 1));
        left -= item.data.size();
        items.push_back(std::move(item.data));
        return {};
    }

    std::size_t left;
    std::vector<std::string> items;
    item::Splitter splitter;
};

/// Once it is stored. The C library keeps what a large one took, for this process alone, unless it is told not to.
void give_back(Arrival& arrival)
{
    arrival.items = {};
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

/// Of texts one after another nobody knows where one ends.
std::string as_object(std::string data)
{
    if (item::find_form(data) != item::Form::PlainText)
        return data;
    auto journal = item::convert(data, item::Form::ICalendar20);
    return journal ? std::move(journal->data) : std::move(data);
}

/// What Export writes: one item, or what is there when it begins, page by page.
struct Departure {
    std::string id;
    std::uint64_t upto = 0;
    std::string after, text;
    std::uint32_t count = 0;
};

} // namespace

std::string store_path(ItemKind kind)
{
    return fmt::format("{}/{}", stores_path, kinds::of(kind).word());
}

StoreObject::StoreObject(manager::Manager& manager, manager::Observer& observer, sd_event* loop, Limits limits)
    : manager_(manager), observer_(observer), loop_(loop), limits_(limits)
{
}

StoreObject::~StoreObject() = default;

bool StoreObject::is_at(std::string_view path) const
{
    return find_kind(path) != nullptr;
}

StoreObject::Handler StoreObject::find_handler(std::string_view member)
{
    static constexpr std::pair<std::string_view, Handler> handlers[] = {
        {"List", &StoreObject::list},          {"Get", &StoreObject::get},       {"Put", &StoreObject::put},
        {"Delete", &StoreObject::remove},      {"Import", &StoreObject::import}, {"Export", &StoreObject::export_all},
        {"GetCount", &StoreObject::get_count},
    };
    const auto* const found = std::ranges::find(handlers, member, &std::pair<std::string_view, Handler>::first);
    return found == std::end(handlers) ? nullptr : found->second;
}

void StoreObject::on_call(const Row& row, const Authorizer::Subject& caller, const Call& call)
{
    (this->*find_handler(row.member))({caller.uid, find_kind(call.path())->items}, call);
}

void StoreObject::find_properties(const Authorizer::Subject&, const Call&, Found found)
{
    found(Values());
}

storage::ItemStore& StoreObject::items(const Place& place)
{
    const auto items = manager_.items(place.owner);
    if (!items)
        throw as_bus_error(items.error());
    return **items;
}

void StoreObject::list(const Place& place, const Call& call)
{
    std::vector<sdbus::Struct<std::string, std::uint64_t>> listed;
    for (auto& [luid, revision] : items(place).list(place.kind))
        listed.emplace_back(std::move(luid), revision);
    call.reply(listed);
}

void StoreObject::get(const Place& place, const Call& call)
{
    std::string id;
    call.arguments() >> id;
    const auto item = items(place).find(place.kind, id);
    if (!item)
        return fail_not_found(call, place.kind, id);
    if (item->data.size() > max_in_message)
        return call.fail(protocol_error::limits_exceeded,
                         fmt::format("the {} '{}' has {} octets, which no message holds; Export with Id writes it",
                                     kinds::of(place.kind).word(), id, item->data.size()));
    call.reply(item->data);
}

void StoreObject::put(const Place& place, const Call& call)
{
    std::string id, data;
    call.arguments() >> id >> data;
    auto& store = items(place);
    if (!id.empty() && !store.find(place.kind, id))
        return fail_not_found(call, place.kind, id);
    const auto item = item::check(std::move(data), kinds::of(place.kind).content, manager_.max_item_bytes());
    if (!item)
        return call.fail(item.error());

    storage::ItemStore::ChangedIds changed;
    if (id.empty()) {
        id = store.add(place.kind, item->data);
        changed.added.push_back(id);
    } else {
        const auto before = store.revision();
        if (!store.replace(place.kind, id, item->data)) // a sync may have removed it meanwhile
            return fail_not_found(call, place.kind, id);
        if (store.revision() != before)
            changed.updated.push_back(id);
    }
    call.reply(id);
    if (!changed.added.empty() || !changed.updated.empty())
        observer_.on_store_changed(place.owner, place.kind, changed);
}

void StoreObject::remove(const Place& place, const Call& call)
{
    std::string id;
    call.arguments() >> id;
    if (!items(place).remove(place.kind, id))
        return fail_not_found(call, place.kind, id);
    call.reply();
    storage::ItemStore::ChangedIds changed;
    changed.removed.push_back(id);
    observer_.on_store_changed(place.owner, place.kind, changed);
}

void StoreObject::get_count(const Place& place, const Call& call)
{
    call.reply(static_cast<std::uint32_t>(items(place).count(place.kind)));
}

void StoreObject::import(const Place& place, const Call& call)
{
    auto stream = take_stream(place, call, ForeignFd::Direction::Read);
    if (!stream)
        return;
    const auto number = next_++;
    auto arrival = std::make_shared<Arrival>(place.kind, manager_.max_item_bytes(), 2 * limits_.import_bytes);
    const auto take = [arrival](std::string_view slice) { return arrival->splitter.feed(slice); };
    const auto done = [this, place, call, arrival, number, id = stream->id](base::Result<void> read) {
        const auto ended = running_.extract(number);
        guarded(call, [&] {
            if (read)
                read = arrival->splitter.finish();
            if (!read)
                return call.fail(read.error());
            if (!id.empty())
                return replace_by(place, call, id, arrival->items);
            auto& store = items(place);
            storage::ItemStore::ChangedIds changed;
            store.in_transaction([&] {
                for (const auto& data : arrival->items)
                    changed.added.push_back(store.add(place.kind, data));
            });
            call.reply(static_cast<std::uint32_t>(changed.added.size()));
            if (!changed.added.empty())
                observer_.on_store_changed(place.owner, place.kind, changed);
        });
        give_back(*arrival);
    };
    running_[number] = Transfer::read(loop_, std::move(stream->fd), limits_.patience, limits_.import_bytes, take, done);
}

void StoreObject::replace_by(const Place& place, const Call& call, const std::string& id,
                             const std::vector<std::string>& found)
{
    if (found.size() != 1)
        return call.fail(
            {Errc::InvalidValue, fmt::format("option Id: one item takes its place, not {}", found.size())});
    auto& store = items(place);
    const auto before = store.revision();
    if (!store.replace(place.kind, id, found.front())) // a sync may have removed it meanwhile
        return fail_not_found(call, place.kind, id);
    call.reply(std::uint32_t{1});
    storage::ItemStore::ChangedIds changed;
    changed.updated.push_back(id);
    if (store.revision() != before)
        observer_.on_store_changed(place.owner, place.kind, changed);
}

void StoreObject::export_all(const Place& place, const Call& call)
{
    auto stream = take_stream(place, call, ForeignFd::Direction::Write);
    if (!stream)
        return;
    const auto number = next_++;
    auto departure = std::make_shared<Departure>();
    departure->id = stream->id;
    departure->upto = items(place).revision();
    const auto give = [this, place, departure]() -> base::Result<std::string_view> {
        departure->text.clear();
        if (!departure->id.empty()) {
            auto item = departure->count == 0 ? items(place).find(place.kind, departure->id) : std::nullopt;
            departure->count = 1;
            departure->text = item ? std::move(item->data) : std::string();
            return departure->text;
        }
        for (auto& item : items(place).page(place.kind, departure->upto, departure->after, export_slice)) {
            departure->text += as_object(std::move(item.data));
            departure->after = std::move(item.luid);
            ++departure->count;
        }
        return departure->text;
    };
    const auto done = [this, call, departure, number](const base::Result<void>& written) {
        const auto ended = running_.extract(number);
        guarded(call, [&] {
            if (written)
                call.reply(departure->count);
            else
                call.fail(written.error());
        });
    };
    running_[number] = Transfer::write(loop_, std::move(stream->fd), limits_.patience, give, done);
}

std::shared_ptr<void> StoreObject::reserve(const Place& place, const Call& call)
{
    std::erase_if(reserved_, [](const auto& each) { return each.second.expired(); });
    const auto own = static_cast<std::size_t>(
        std::ranges::count(reserved_, place.owner, &std::pair<manager::Uid, std::weak_ptr<void>>::first));
    if (own >= limits_.transfers_per_uid || reserved_.size() >= limits_.transfers) {
        call.fail(protocol_error::limits_exceeded,
                  "too many imports and exports are running; try again when one has ended");
        return nullptr;
    }
    std::shared_ptr<void> held = std::make_shared<char>();
    reserved_.emplace_back(place.owner, held);
    return held;
}

std::optional<StoreObject::Stream> StoreObject::take_stream(const Place& place, const Call& call,
                                                            ForeignFd::Direction direction)
{
    sdbus::UnixFd given;
    call.arguments() >> given;
    Dictionary options(call.raw(), "option ");
    std::optional<std::string> id;
    options.each([&](std::string_view key) {
        if (key != "Id")
            return false;
        id = options.text();
        return true;
    });
    if (!options.complaint().empty()) {
        call.fail({Errc::InvalidValue, options.complaint()});
        return std::nullopt;
    }
    if (id && !items(place).find(place.kind, *id)) {
        fail_not_found(call, place.kind, *id);
        return std::nullopt;
    }
    auto held = reserve(place, call);
    if (!held)
        return std::nullopt;
    auto fd = ForeignFd::take(given.get(), direction, std::move(held));
    if (!fd) {
        call.fail(fd.error());
        return std::nullopt;
    }
    return Stream{std::move(*fd), id.value_or(std::string())};
}

} // namespace bus
