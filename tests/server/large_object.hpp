#pragma once

#include "exchange.hpp"

#include <functional>
#include <optional>
#include <string>

namespace testserver {

/// The client's large object on its way here, and the judge of how it is sent.
class LargeObject {
public:
    /// `broke`: records what the client does wrong.
    explicit LargeObject(std::function<void(std::string)> broke) : broke_(std::move(broke)) {}

    /// So many octets may be missing in the end: white space that was trimmed.
    void allow(std::uint64_t slack) { slack_ = slack; }
    /// Before each message of the client, and at its end: whether there was a chunk.
    void begin_message() { chunk_seen_ = false; }
    void end_message(bool final);

    /// One item, of a Sync of `exchange`. Nothing: it is whole, put together if it came in chunks, and to be applied.
    /// Else the Status of a chunk.
    std::optional<syncml::StatusCode> take(Exchange& exchange, const syncml::ItemCommand& command, syncml::Item& item,
                                           std::uint64_t max_size);
    /// Whether the last item that was taken came in chunks.
    bool was_large() const { return was_large_; }
    /// As if nothing of it had ever come.
    void drop();

private:
    bool continues(Exchange& exchange, const syncml::ItemCommand& command, const syncml::Item& item) const;
    std::optional<syncml::StatusCode> begin(Exchange& exchange, const syncml::ItemCommand& command,
                                            const syncml::Item& item, std::uint64_t max_size);
    std::optional<syncml::StatusCode> go_on(Exchange& exchange, const syncml::ItemCommand& command, syncml::Item& item);

    std::function<void(std::string)> broke_;
    Exchange* open_ = nullptr; ///< whose object is on its way in this session
    std::uint64_t slack_ = 0;
    bool chunk_seen_ = false;
    bool was_large_ = false;
};

/// How many octets of `rest`, at most `most`, end at the end of a character.
std::size_t whole_characters(std::string_view rest, std::size_t most);

} // namespace testserver
