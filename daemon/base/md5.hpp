#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace base {

/// MD5 (RFC 1321), for the one place that demands it: the `syncml:auth-md5`
/// scheme of OMA DS. Not fit for anything that needs a secure hash.
///
/// What passed through is wiped when the object ends, so a password may be fed.
class Md5 {
public:
    using Digest = std::array<unsigned char, 16>;

    Md5() noexcept = default;
    Md5(const Md5&) = delete;
    Md5& operator=(const Md5&) = delete;
    ~Md5();

    Md5& add(std::string_view bytes) noexcept;
    /// Of everything added. Ends the computation: nothing may be added afterwards.
    Digest digest() noexcept;

private:
    void take_block() noexcept;

    std::array<std::uint32_t, 4> state_{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    std::array<unsigned char, 64> block_{};
    std::uint64_t size_ = 0; ///< octets added so far
};

} // namespace base
