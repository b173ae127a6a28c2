#include "transport/body_decoder.hpp"

#include <array>

namespace transport {

namespace {

bool is(std::string_view word, std::string_view lower)
{
    return word.size() == lower.size() && g_ascii_strncasecmp(word.data(), lower.data(), lower.size()) == 0;
}

/// RFC 1950 §2.2: the method is 8 and the window 32 KiB at most.
bool begins_zlib(unsigned char first)
{
    return (first & 0x0f) == 8 && first >> 4 <= 7;
}

} // namespace

std::optional<BodyDecoder> BodyDecoder::create(std::string_view coding, std::size_t most)
{
    if (coding.empty() || is(coding, "identity"))
        return BodyDecoder(Coding::None, most);
    if (is(coding, "gzip") || is(coding, "x-gzip"))
        return BodyDecoder(Coding::Gzip, most);
    if (is(coding, "deflate"))
        return BodyDecoder(Coding::Deflate, most);
    return std::nullopt;
}

BodyDecoder::Result BodyDecoder::feed(std::string_view octets)
{
    if (octets.empty())
        return Result::More;
    // Compressed data can go on for ever without a single octet behind it.
    if (octets.size() > most_ - received_)
        return Result::TooLarge;
    if (received_ == 0)
        begin(static_cast<unsigned char>(octets.front()));
    received_ += octets.size();
    if (decompressor_ != nullptr)
        return decompress(octets);
    body_ += octets;
    return Result::More;
}

void BodyDecoder::begin(unsigned char first)
{
    constexpr unsigned char gzip_begins = 0x1f;
    // Some servers call a body gzip that a proxy has unpacked on the way, and some mean the bare data by deflate.
    if (coding_ == Coding::Gzip && first == gzip_begins)
        decompressor_.reset(G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP)));
    else if (coding_ == Coding::Deflate)
        decompressor_.reset(G_CONVERTER(g_zlib_decompressor_new(begins_zlib(first) ? G_ZLIB_COMPRESSOR_FORMAT_ZLIB
                                                                                   : G_ZLIB_COMPRESSOR_FORMAT_RAW)));
}

BodyDecoder::Result BodyDecoder::decompress(std::string_view octets)
{
    std::array<char, 32 * 1024> piece;
    std::size_t written = 0;
    do {
        if (ended_)
            return Result::More;
        std::size_t read = 0;
        GError* error = nullptr;
        const auto result = g_converter_convert(decompressor_.get(), octets.data(), octets.size(), piece.data(),
                                                piece.size(), G_CONVERTER_NO_FLAGS, &read, &written, &error);
        if (result == G_CONVERTER_ERROR) {
            const Owned<GError> failure(error);
            return g_error_matches(error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) != 0 ? Result::More : Result::Broken;
        }
        ended_ = result == G_CONVERTER_FINISHED;
        if (written > most_ - body_.size())
            return Result::TooLarge;
        body_.append(piece.data(), written);
        octets.remove_prefix(read);
    } while (!octets.empty() || written == piece.size());
    return Result::More;
}

} // namespace transport
