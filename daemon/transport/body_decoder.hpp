#pragma once

#include "transport/glib.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace transport {

/// Undoes the Content-Encoding of one body as it comes in: gzip, deflate or none.
/// Whatever the octets say, the body grows to its limit and no further.
class BodyDecoder {
public:
    enum class Result { More, TooLarge, Broken };

    /// For the header's value, empty when there is none. Nothing for other codings, and for
    /// several on top of each other, which nobody sends and each of which takes memory.
    static std::optional<BodyDecoder> create(std::string_view coding, std::size_t most);

    /// Takes the next octets off the line. What comes after the end of the compressed data is passed over.
    Result feed(std::string_view octets);
    /// Whether the body may end here.
    bool is_complete() const { return decompressor_ == nullptr || ended_; }
    std::string& body() { return body_; }

private:
    enum class Coding { None, Gzip, Deflate };
    BodyDecoder(Coding coding, std::size_t most) : coding_(coding), most_(most) {}
    void begin(unsigned char first);
    Result decompress(std::string_view octets);

    Coding coding_;
    std::size_t most_;         ///< octets, of the body and of what stands for it on the line
    std::size_t received_ = 0; ///< octets off the line
    Owned<GConverter> decompressor_;
    bool ended_ = false;
    std::string body_;
};

} // namespace transport
