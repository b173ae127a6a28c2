#include "transport/incoming_body.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <utility>

namespace transport {

using base::Errc;
using base::fail;

namespace {

tl::unexpected<base::Error> too_large(const std::string& address, std::size_t most)
{
    return fail(Errc::ReplyTooLarge,
                fmt::format("The reply of {} is larger than {} octets. Tell the server's operator.", address, most));
}

tl::unexpected<base::Error> undecodable(const std::string& address)
{
    return fail(Errc::NotSyncML, fmt::format("The reply of {} is compressed in a way that cannot be undone. Tell the "
                                             "server's operator.",
                                             address));
}

} // namespace

IncomingBody::IncomingBody(std::string address, std::size_t most, BodyDecoder decoder)
    : address_(std::move(address)), most_(most), decoder_(std::move(decoder))
{
}

base::Result<IncomingBody> IncomingBody::begin(std::string address, SoupMessageHeaders* headers, std::size_t most)
{
    if (soup_message_headers_get_encoding(headers) == SOUP_ENCODING_CONTENT_LENGTH) {
        const auto announced = soup_message_headers_get_content_length(headers);
        if (announced < 0 || static_cast<std::uint64_t>(announced) > most)
            return too_large(address, most);
    }
    const char* coding = soup_message_headers_get_list(headers, "Content-Encoding");
    auto decoder = BodyDecoder::create(coding != nullptr ? coding : "", most);
    if (!decoder)
        return undecodable(address);
    return IncomingBody(std::move(address), most, std::move(*decoder));
}

base::Result<void> IncomingBody::feed(std::string_view octets)
{
    switch (decoder_.feed(octets)) {
    case BodyDecoder::Result::More: return {};
    case BodyDecoder::Result::TooLarge: return too_large(address_, most_);
    case BodyDecoder::Result::Broken: break;
    }
    return undecodable(address_);
}

base::Result<std::string> IncomingBody::end() &&
{
    if (!decoder_.is_complete())
        return undecodable(address_);
    return std::move(decoder_.body());
}

} // namespace transport
