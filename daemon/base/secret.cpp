#include "base/secret.hpp"

#include <sodium.h>

#include <cstring>
#include <new>
#include <utility>

namespace base {

void Secret::Free::operator()(unsigned char* bytes) const noexcept
{
    sodium_free(bytes); // wipes before it frees
}

Secret Secret::of_size(std::size_t size)
{
    Secret secret;
    if (size == 0)
        return secret;
    if (sodium_init() < 0)
        throw std::bad_alloc();
    auto* bytes = static_cast<unsigned char*>(sodium_malloc(size));
    if (bytes == nullptr)
        throw std::bad_alloc();
    sodium_memzero(bytes, size);
    secret.bytes_.reset(bytes);
    secret.size_ = size;
    return secret;
}

Secret::Secret(std::string_view bytes)
{
    *this = of_size(bytes.size());
    if (!bytes.empty())
        std::memcpy(bytes_.get(), bytes.data(), bytes.size());
}

Secret::Secret(const Secret& other) : Secret(other.reveal()) {}

Secret& Secret::operator=(const Secret& other)
{
    if (this != &other)
        *this = Secret(other.reveal());
    return *this;
}

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept
{
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
    return *this;
}

Secret Secret::consume(std::string& text)
{
    Secret secret{std::string_view(text)};
    wipe(text);
    return secret;
}

std::string_view Secret::reveal() const noexcept
{
    return {reinterpret_cast<const char*>(bytes_.get()), size_};
}

std::span<unsigned char> Secret::writable() noexcept
{
    return {bytes_.get(), size_};
}

bool Secret::operator==(const Secret& other) const noexcept
{
    return size_ == other.size_ && (size_ == 0 || sodium_memcmp(bytes_.get(), other.bytes_.get(), size_) == 0);
}

void wipe(std::string& text) noexcept
{
    // The whole capacity: an earlier, longer value may still stand behind size().
    sodium_memzero(text.data(), text.capacity());
    text.clear();
}

} // namespace base
