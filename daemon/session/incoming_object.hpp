#pragma once

#include "session/session.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace session {

/// The large object of the server that is on its way to us: its chunks are put together until the
/// item is whole (OMA DS 1.2 protocol, large objects). There is at most one in a session, and of it
/// never more in memory than it said it would be, nor than we take.
class IncomingObject {
public:
    /// `max_size`: our MaxObjSize, 0 for no limit.
    explicit IncomingObject(std::uint64_t max_size) : max_size_(max_size) {}

    /// A sync goes on that broke off within an object: its beginning is here.
    void recall(ServiceIndex service, PartReceived part);

    /// Whether `item` is the next chunk of the object that is open. `service`: none for a database that we do not know.
    bool is_continued_by(std::optional<ServiceIndex> service, const syncml::ItemCommand& command,
                         const syncml::Item& item) const;
    /// The open object has been refused: what still comes of it gets the same Status.
    bool is_refused() const { return open_ && open_->refusal; }

    /// Takes in an item, which continues the open object or finds none open. Nothing: `item`
    /// is whole, as it came or put together, and to be carried out. Else its Status: 213, or what refuses
    /// it, `refusal` before anything else.
    std::optional<syncml::StatusCode> take(std::optional<ServiceIndex> service, const syncml::ItemCommand& command,
                                           syncml::Item& item, std::optional<syncml::StatusCode> refusal);

    /// What of the chunk that came is to be kept; nothing of one that was refused.
    std::optional<KeepChunk> take_news() { return std::exchange(news_, std::nullopt); }
    /// After the end of an object in chunks: whose it was, once.
    std::optional<ServiceIndex> take_ended() { return std::exchange(ended_, std::nullopt); }

    /// An object that was cut off.
    struct Lost {
        ServiceIndex service = 0;
        syncml::Item ids; ///< Target and Source, for Alert 223
    };
    /// Drops the open object, whose end did not come. Nothing when none was open, or it was refused anyway.
    std::optional<Lost> give_up();

private:
    struct Open {
        std::optional<ServiceIndex> service;
        syncml::ItemVerb verb = syncml::ItemVerb::Add;
        std::optional<syncml::Location> target;
        std::optional<syncml::Location> source;
        syncml::Meta meta; ///< of the first chunk
        std::string data;
        std::vector<std::size_t> split_line_ends; ///< where one may have been cut in two
        std::optional<syncml::StatusCode> refusal;
    };

    /// Opens the object that was recalled, if `item` goes on with that.
    bool open_recalled(ServiceIndex service, const syncml::ItemCommand& command, const syncml::Item& item);
    /// Whether it stands in the place of the last chunk recalled: our Status for that was lost.
    static bool comes_again(const PartReceived& before, const syncml::Item& item);
    void note_chunk(const syncml::Item& item, bool first);
    std::optional<syncml::StatusCode> judge_size(const syncml::Meta& meta) const;
    void append(const std::string& text);
    bool agree_on_size();

    std::uint64_t max_size_;
    std::optional<Open> open_;
    std::optional<std::pair<ServiceIndex, PartReceived>> recalled_;
    std::vector<std::string> rewritten_; ///< the chunks recalled but the last, instead of which another one has come
    std::optional<KeepChunk> news_;
    std::optional<ServiceIndex> ended_;
};

} // namespace session
