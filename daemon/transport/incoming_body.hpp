#pragma once

#include "base/result.hpp"
#include "transport/body_decoder.hpp"

#include <libsoup/soup.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace transport {

/// The body of a reply as it comes off the line, within its limit, uncompressed.
/// Errors: ReplyTooLarge, NotSyncML (a compression that cannot be undone).
class IncomingBody {
public:
    /// `address`: where it comes from, for people. `most`: octets it may have.
    static base::Result<IncomingBody> begin(std::string address, SoupMessageHeaders* headers, std::size_t most);

    base::Result<void> feed(std::string_view octets);
    /// All of it has come.
    base::Result<std::string> end() &&;

private:
    IncomingBody(std::string address, std::size_t most, BodyDecoder decoder);

    std::string address_;
    std::size_t most_;
    BodyDecoder decoder_;
};

} // namespace transport
