#include "session/incoming_object.hpp"

#include <algorithm>
#include <utility>

namespace session {

using syncml::StatusCode;

bool IncomingObject::is_continued_by(std::optional<ServiceIndex> service, const syncml::ItemCommand& command,
                                     const syncml::Item& item) const
{
    const auto uri = [](const std::optional<syncml::Location>& location) {
        return location ? std::string_view(location->uri) : std::string_view();
    };
    if (!open_ || open_->service != service || open_->verb != command.verb || uri(open_->target) != uri(item.target) ||
        uri(open_->source) != uri(item.source))
        return false;
    // Size belongs into the first chunk: it begins the item again, unless the server repeats it everywhere.
    const auto size = command.meta_of(item).size;
    return !size || (size == open_->meta.size && !open_->refusal);
}

std::optional<StatusCode> IncomingObject::take(std::optional<ServiceIndex> service, const syncml::ItemCommand& command,
                                               syncml::Item& item, std::optional<StatusCode> refusal)
{
    if (!is_continued_by(service, command, item)) {
        if (!item.more_data)
            return refusal; // in one piece
        open_ = Open{service, command.verb, item.target, item.source, command.meta_of(item), {}, {}, {}};
        open_->refusal = judge_size(open_->meta);
    }
    auto& object = *open_;
    if (refusal)
        object.refusal = refusal;
    if (!object.refusal)
        append(item.text());
    if (item.more_data) {
        if (object.refusal)
            object.data = std::string();
        return object.refusal.value_or(StatusCode::ChunkedItemAccepted);
    }

    if (!object.refusal && !agree_on_size())
        object.refusal = StatusCode::SizeMismatch;
    const auto answer = object.refusal;
    if (!answer) {
        item.meta = std::move(object.meta); // Samsung's D600 leaves Type out of the last chunk
        item.data = std::move(object.data);
    }
    open_.reset();
    return answer;
}

std::optional<StatusCode> IncomingObject::judge_size(const syncml::Meta& meta) const
{
    if (!meta.size)
        return StatusCode::SizeRequired;
    if (max_size_ > 0 && *meta.size > max_size_)
        return StatusCode::RequestedSizeTooBig;
    return std::nullopt;
}

void IncomingObject::append(const std::string& text)
{
    auto& data = open_->data;
    const auto size = *open_->meta.size;
    if (text.size() > size - data.size()) {
        open_->refusal = StatusCode::SizeMismatch;
        return;
    }
    if (data.capacity() < size)
        data.reserve(size); // once: an item that grows would be in memory twice
    if (!data.empty() && data.back() == '\n' && text.starts_with('\n'))
        open_->split_line_ends.push_back(data.size());
    data += text;
}

// docs/decisions/0005-large-objects.md
bool IncomingObject::agree_on_size()
{
    auto& data = open_->data;
    const auto size = *open_->meta.size;
    const auto line_ends = static_cast<std::size_t>(std::count(data.begin(), data.end(), '\n'));
    const auto agrees = [size](std::size_t octets) { return size == octets || size == octets + 1; };
    if (agrees(data.size()) || agrees(data.size() + line_ends))
        return true;
    const auto& split = open_->split_line_ends;
    if (split.empty() || !agrees(data.size() + line_ends - 2 * split.size()))
        return false;
    // In one pass: a server may cut an item of 4 MiB at each octet.
    auto dropped = split.begin();
    auto to = split.front();
    for (auto from = to; from < data.size(); ++from) {
        if (dropped != split.end() && *dropped == from)
            ++dropped;
        else
            data[to++] = data[from];
    }
    data.resize(to);
    return true;
}

std::optional<IncomingObject::Lost> IncomingObject::give_up()
{
    const auto object = std::exchange(open_, std::nullopt);
    if (!object || object->refusal)
        return std::nullopt;
    Lost lost;
    lost.service = object->service.value();
    lost.ids.target = object->target;
    lost.ids.source = object->source;
    return lost;
}

} // namespace session
