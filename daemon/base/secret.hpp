#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace base {

/// Bytes that must not be seen: a password, a key.
///
/// Held in locked memory that is left out of core files and wiped when the
/// object ends. Cannot be printed: it has no stream operator, no formatter and
/// no conversion to a string; `reveal()` is the one place to look for.
class Secret {
public:
    Secret() noexcept = default;
    /// Copies `bytes`; the caller still owns, and wipes, its own copy.
    explicit Secret(std::string_view bytes);
    Secret(const Secret& other);
    Secret& operator=(const Secret& other);
    Secret(Secret&&) noexcept;
    Secret& operator=(Secret&&) noexcept;
    ~Secret() = default;

    /// Takes the bytes of `text` and wipes `text`.
    static Secret consume(std::string& text);
    /// `size` zero bytes to be filled through `writable()`.
    static Secret of_size(std::size_t size);

    bool empty() const noexcept { return size_ == 0; }
    std::size_t size() const noexcept { return size_; }
    /// Valid while this object is unchanged.
    std::string_view reveal() const noexcept;
    std::span<unsigned char> writable() noexcept;

    /// Compares in constant time for equal sizes.
    bool operator==(const Secret& other) const noexcept;

private:
    struct Free {
        void operator()(unsigned char* bytes) const noexcept;
    };
    std::unique_ptr<unsigned char, Free> bytes_;
    std::size_t size_ = 0;
};

/// Overwrites the characters of `text` and empties it.
void wipe(std::string& text) noexcept;

} // namespace base
