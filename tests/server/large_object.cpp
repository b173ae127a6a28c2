#include "large_object.hpp"

#include <algorithm>

namespace testserver {

using syncml::StatusCode;

bool LargeObject::continues(const Exchange& exchange, const syncml::ItemCommand& command,
                            const syncml::Item& item) const
{
    return open_ && open_->exchange == &exchange && open_->verb == command.verb && open_->id == item.source->uri;
}

std::optional<StatusCode> LargeObject::take(const Exchange& exchange, const syncml::ItemCommand& command,
                                            syncml::Item& item, std::uint64_t max_size)
{
    if (chunk_seen_)
        broke_("an item behind a chunk in one message");
    const auto meta = command.meta_of(item);
    if (!continues(exchange, command, item)) {
        if (open_)
            broke_("the end of " + open_->id + " did not come before " + item.source->uri);
        open_.reset();
        was_large_ = item.more_data;
        if (!item.more_data)
            return std::nullopt;
        chunk_seen_ = true;
        if (!meta.size) {
            broke_("the first chunk of " + item.source->uri + " has no Size");
            return StatusCode::SizeRequired;
        }
        if (max_size != 0 && *meta.size > max_size) {
            broke_("Size of " + item.source->uri + " is above our MaxObjSize");
            return StatusCode::RequestedSizeTooBig;
        }
        open_ = Open{&exchange, command.verb, item.source->uri, meta.type, meta.format, {}, *meta.size};
    } else if (meta.size) {
        broke_("Size in a later chunk of " + open_->id);
    }
    chunk_seen_ = true;
    was_large_ = true;
    if (item.text().empty())
        broke_("an empty chunk of " + open_->id);
    if (meta.type != open_->type || meta.format != open_->format)
        broke_("a chunk of " + open_->id + " has another Type or Format");
    open_->data += item.text();
    if (item.more_data)
        return StatusCode::ChunkedItemAccepted;
    auto object = std::move(*open_);
    open_.reset();
    if (object.data.size() != object.size) {
        broke_("Size of " + object.id + " was " + std::to_string(object.size) + ", there came " +
               std::to_string(object.data.size()));
        return StatusCode::SizeMismatch;
    }
    item.data = std::move(object.data);
    return std::nullopt;
}

void LargeObject::end_message(bool final)
{
    if (!open_ || !final)
        return;
    broke_("Final before the end of " + open_->id);
    open_.reset();
}

std::size_t whole_characters(std::string_view rest, std::size_t most)
{
    auto end = std::min(rest.size(), most);
    while (end > 0 && end < rest.size() && (static_cast<unsigned char>(rest[end]) & 0xC0) == 0x80)
        --end;
    return end;
}

} // namespace testserver
