#include "base/base64.hpp"

#include <sodium.h>

#include <cstddef>
#include <span>
#include <utility>

namespace base {

namespace {

constexpr int alphabet = sodium_base64_VARIANT_ORIGINAL;

// sodium counts and writes a terminating NUL.
std::size_t terminated_size(std::size_t bytes)
{
    return sodium_base64_encoded_len(bytes, alphabet);
}

void write_base64(char* text, std::size_t terminated_size, std::string_view bytes)
{
    sodium_bin2base64(text, terminated_size, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      alphabet);
}

std::optional<std::string> decode(std::string_view text, const char* ignored, int variant)
{
    std::string bytes(text.size() / 4 * 3 + 3, '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(),
                          ignored, &size, &end, variant) != 0 ||
        end != text.data() + text.size())
        return std::nullopt;
    bytes.resize(size);
    return bytes;
}

} // namespace

std::string encode_base64(std::string_view bytes)
{
    const auto size = terminated_size(bytes.size());
    std::string text(size - 1, '\0'); // a string has room for the NUL behind its end
    write_base64(text.data(), size, bytes);
    return text;
}

Secret encode_base64(const Secret& bytes)
{
    const auto size = terminated_size(bytes.size());
    auto terminated = Secret::of_size(size);
    write_base64(reinterpret_cast<char*>(terminated.writable().data()), size, bytes.reveal());
    return Secret(terminated.reveal().substr(0, size - 1));
}

std::optional<std::string> decode_base64(std::string_view text)
{
    return decode(text, nullptr, sodium_base64_VARIANT_ORIGINAL);
}

std::optional<std::string> decode_base64_leniently(std::string_view text)
{
    constexpr const char* white = " \t\r\n\v\f";
    // Padding is either there in full or not at all; sodium wants to know which.
    const auto last = text.find_last_not_of(white);
    const bool padded = last != std::string_view::npos && text[last] == '=';
    return decode(text, white, padded ? sodium_base64_VARIANT_ORIGINAL : sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

} // namespace base
