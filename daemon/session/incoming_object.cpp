#include "session/incoming_object.hpp"

#include <algorithm>
#include <utility>

namespace session {

using syncml::StatusCode;

namespace {

// Longer than what the kinds of items share with each other and with a part of them: `BEGIN:VCARD`, `BEGIN:VCALENDAR`,
// `BEGIN:VEVENT`.
constexpr std::size_t telling_octets = 12;

bool begin_alike(std::string_view a, std::string_view b)
{
    const auto size = std::min({a.size(), b.size(), telling_octets});
    return a.substr(0, size) == b.substr(0, size);
}

bool agrees(std::uint64_t size, std::size_t octets)
{
    return size == octets || size == octets + 1;
}

std::string_view uri_of(const std::optional<syncml::Location>& location)
{
    return location ? std::string_view(location->uri) : std::string_view();
}

} // namespace

void IncomingObject::recall(ServiceIndex service, PartReceived part)
{
    if (!part.chunks.empty())
        recalled_.emplace(service, std::move(part));
}

bool IncomingObject::is_continued_by(std::optional<ServiceIndex> service, const syncml::ItemCommand& command,
                                     const syncml::Item& item) const
{
    if (!open_ || open_->service != service || open_->verb != command.verb ||
        uri_of(open_->target) != uri_of(item.target) || uri_of(open_->source) != uri_of(item.source))
        return false;
    // Size belongs into the first chunk: it begins the item again, unless the server repeats it everywhere.
    const auto size = command.meta_of(item).size;
    return !size || (size == open_->meta.size && !open_->refusal);
}

std::optional<StatusCode> IncomingObject::take(std::optional<ServiceIndex> service, const syncml::ItemCommand& command,
                                               syncml::Item& item, std::optional<StatusCode> refusal)
{
    bool first = false;
    if (!is_continued_by(service, command, item)) {
        const bool recalled = service && open_recalled(*service, command, item);
        if (!recalled && !item.more_data)
            return refusal; // in one piece
        if (!recalled) {
            open_ = Open{service, command.verb, item.target, item.source, command.meta_of(item), {}, {}, {}};
            open_->refusal = judge_size(open_->meta);
            first = true;
        }
    }
    auto& object = *open_;
    if (refusal)
        object.refusal = refusal;
    if (!object.refusal)
        append(item.text());
    if (item.more_data) {
        if (!object.refusal)
            note_chunk(item, first);
        if (object.refusal)
            object.data = std::string();
        return object.refusal.value_or(StatusCode::ChunkedItemAccepted);
    }

    if (!object.refusal && !agree_on_size())
        object.refusal = StatusCode::SizeMismatch;
    ended_ = object.service;
    const auto answer = object.refusal;
    if (!answer) {
        note_chunk(item, false);
        item.meta = std::move(object.meta); // Samsung's D600 leaves Type out of the last chunk
        item.data = std::move(object.data);
    }
    open_.reset();
    return answer;
}

bool IncomingObject::open_recalled(ServiceIndex service, const syncml::ItemCommand& command, const syncml::Item& item)
{
    if (!recalled_ || recalled_->first != service)
        return false;
    const auto& part = recalled_->second;
    if (part.verb != command.verb || part.target != uri_of(item.target) || part.source != uri_of(item.source))
        return false; // it may come later
    auto before = std::exchange(recalled_, std::nullopt)->second;
    const auto meta = command.meta_of(item);
    const auto& text = item.text();
    // The server begins again, with this item or with what has become of it meanwhile.
    if ((meta.size && meta.size != before.size) || begin_alike(before.chunks.front(), text))
        return false;
    open_ = Open{service, command.verb, item.target, item.source, {}, {}, {}, {}};
    open_->meta.type = before.type;
    open_->meta.format = before.format;
    open_->meta.size = before.size;
    open_->refusal = judge_size(open_->meta);
    const bool again = before.chunks.size() > 1 && comes_again(before, item);
    if (again)
        before.chunks.pop_back();
    for (const auto& chunk : before.chunks)
        if (!open_->refusal)
            append(chunk);
    if (again)
        rewritten_ = std::move(before.chunks);
    return true;
}

bool IncomingObject::comes_again(const PartReceived& before, const syncml::Item& item)
{
    const std::string_view text = item.text();
    if (!item.more_data) { // the Size tells whether it belongs behind the others
        std::size_t octets = text.size();
        auto line_ends = std::count(text.begin(), text.end(), '\n');
        for (const auto& chunk : before.chunks) {
            octets += chunk.size();
            line_ends += std::count(chunk.begin(), chunk.end(), '\n');
        }
        if (agrees(before.size, octets) || agrees(before.size, octets + static_cast<std::size_t>(line_ends)))
            return false;
    }
    // It may have been cut at another place this time.
    const std::string_view last = before.chunks.back();
    const auto common = std::min(text.size(), last.size());
    return common > 0 && text.substr(0, common) == last.substr(0, common);
}

void IncomingObject::note_chunk(const syncml::Item& item, bool first)
{
    if (!open_->service)
        return;
    auto chunks = std::exchange(rewritten_, {});
    auto& news = news_.emplace();
    news.service = *open_->service;
    news.first = first || !chunks.empty();
    chunks.push_back(item.text());
    news.part = {open_->verb,
                 std::string(uri_of(open_->target)),
                 std::string(uri_of(open_->source)),
                 open_->meta.type,
                 open_->meta.format,
                 open_->meta.size.value_or(0),
                 std::move(chunks)};
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
    // Once, for an item that grows is in memory twice meanwhile. It may be going to get a CR for each of its lines,
    // which in what is large are folded at 75 octets.
    if (data.capacity() < size)
        data.reserve(size + size / 32);
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
    if (agrees(size, data.size()) || agrees(size, data.size() + line_ends))
        return true;
    const auto& split = open_->split_line_ends;
    if (split.empty() || !agrees(size, data.size() + line_ends - 2 * split.size()))
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
    if (object)
        ended_ = object->service;
    if (!object || object->refusal)
        return std::nullopt;
    Lost lost;
    lost.service = object->service.value();
    lost.ids.target = object->target;
    lost.ids.source = object->source;
    return lost;
}

} // namespace session
