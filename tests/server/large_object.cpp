#include "large_object.hpp"

#include <algorithm>

namespace testserver {

using syncml::StatusCode;

namespace {

/// In a resumed sync the client goes on behind the last chunk that it knows to be here, or begins again.
void cut_what_came_twice(PartialObject& object)
{
    const auto excess = object.data.size() - std::min<std::size_t>(object.data.size(), object.size);
    if (excess == 0 || excess > object.resumed_at)
        return;
    if (excess == object.resumed_at || excess == object.doubtful)
        object.data.erase(object.resumed_at - excess, excess);
}

} // namespace

bool LargeObject::continues(Exchange& exchange, const syncml::ItemCommand& command, const syncml::Item& item) const
{
    const auto& object = exchange.unfinished().incoming;
    if (!object || object->verb != command.verb || object->id != item.source->uri)
        return false;
    if (open_ != nullptr)
        return open_ == &exchange;
    // Left by another session. The client may have something else to say of the item by now.
    const auto size = command.meta_of(item).size;
    return item.more_data ? !size || *size == object->size : !item.text().starts_with("BEGIN:");
}

std::optional<StatusCode> LargeObject::begin(Exchange& exchange, const syncml::ItemCommand& command,
                                             const syncml::Item& item, std::uint64_t max_size)
{
    if (open_ != nullptr)
        broke_("the end of " + open_->unfinished().incoming->id + " did not come before " + item.source->uri);
    drop();
    was_large_ = item.more_data;
    if (!item.more_data)
        return std::nullopt;
    chunk_seen_ = true;
    const auto meta = command.meta_of(item);
    if (!meta.size) {
        if (exchange.report().resumed)
            return StatusCode::IncompleteCommand; // it goes on with what is not here any more
        broke_("the first chunk of " + item.source->uri + " has no Size");
        return StatusCode::SizeRequired;
    }
    if (max_size != 0 && *meta.size > max_size) {
        broke_("Size of " + item.source->uri + " is above our MaxObjSize");
        return StatusCode::RequestedSizeTooBig;
    }
    exchange.unfinished().incoming =
        PartialObject{command.verb, item.source->uri, meta.type, meta.format, {}, *meta.size};
    return std::nullopt;
}

std::optional<StatusCode> LargeObject::take(Exchange& exchange, const syncml::ItemCommand& command, syncml::Item& item,
                                            std::uint64_t max_size)
{
    if (chunk_seen_)
        broke_("an item behind a chunk in one message");
    if (!continues(exchange, command, item)) {
        if (const auto refused = begin(exchange, command, item, max_size); refused || !was_large_)
            return refused;
    } else if (open_ != nullptr && command.meta_of(item).size) {
        broke_("Size in a later chunk of " + item.source->uri);
    }
    return go_on(exchange, command, item);
}

std::optional<StatusCode> LargeObject::go_on(Exchange& exchange, const syncml::ItemCommand& command, syncml::Item& item)
{
    const auto meta = command.meta_of(item);
    auto& object = *exchange.unfinished().incoming;
    if (open_ == nullptr)
        exchange.report().kept_octets += object.data.size();
    open_ = &exchange;
    chunk_seen_ = true;
    was_large_ = true;
    if (item.text().empty())
        broke_("an empty chunk of " + object.id);
    if (meta.type != object.type || meta.format != object.format)
        broke_("a chunk of " + object.id + " has another Type or Format");
    object.data += item.text();
    object.last_chunk = item.text().size();
    if (item.more_data)
        return StatusCode::ChunkedItemAccepted;
    cut_what_came_twice(object);
    auto whole = std::move(object);
    drop();
    if (whole.data.size() > whole.size || whole.data.size() + slack_ < whole.size) {
        broke_("Size of " + whole.id + " was " + std::to_string(whole.size) + ", there came " +
               std::to_string(whole.data.size()));
        return StatusCode::SizeMismatch;
    }
    item.data = std::move(whole.data);
    return std::nullopt;
}

void LargeObject::drop()
{
    if (open_ != nullptr)
        open_->unfinished().incoming.reset();
    open_ = nullptr;
}

void LargeObject::end_message(bool final)
{
    if (open_ == nullptr || !final)
        return;
    broke_("Final before the end of " + open_->unfinished().incoming->id);
    drop();
}

std::size_t whole_characters(std::string_view rest, std::size_t most)
{
    auto end = std::min(rest.size(), most);
    while (end > 0 && end < rest.size() && (static_cast<unsigned char>(rest[end]) & 0xC0) == 0x80)
        --end;
    return end;
}

} // namespace testserver
