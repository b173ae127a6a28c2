#pragma once

#include "codec/vocabulary.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

/// What reader and writer of WBXML share: the octets that are the same in every document
/// (WBXML 1.3 §7.1), and the public ids of SyncML's.
namespace codec::wbxml {

constexpr std::uint8_t version_1_1 = 0x01;
constexpr std::uint8_t version_1_2 = 0x02;
constexpr std::uint8_t version_1_3 = 0x03;

// Character sets, by the number that IANA gave them.
constexpr std::uint32_t unknown_charset = 0;
constexpr std::uint32_t us_ascii = 3;
constexpr std::uint32_t iso_8859_1 = 4;
constexpr std::uint32_t utf_8 = 106;

// Global tokens.
constexpr std::uint8_t switch_page = 0x00;
constexpr std::uint8_t end = 0x01;
constexpr std::uint8_t entity = 0x02;
constexpr std::uint8_t inline_string = 0x03;
constexpr std::uint8_t literal = 0x04;
constexpr std::uint8_t instruction = 0x43;
constexpr std::uint8_t table_string = 0x83;
constexpr std::uint8_t opaque = 0xC3;
constexpr std::uint8_t end_of_string = 0x00;

// The bits of a tag.
constexpr std::uint8_t with_attributes = 0x80;
constexpr std::uint8_t with_content = 0x40;
constexpr std::uint8_t token_bits = 0x3F;

/// The id of the document type of a message or of device information, of VerDTD 1.2 unless it is 1.1 or 1.0.
std::uint32_t public_id(Vocabulary document, std::string_view version);
/// What kind of document the id stands for.
std::optional<Vocabulary> find_document(std::uint32_t public_id);
/// The same for the name of a document type: `-//SYNCML//DTD SyncML 1.0//EN`.
std::optional<Vocabulary> find_document(std::string_view name);

/// A number as mb_u_int32: seven bits an octet, the highest first.
class Number {
public:
    explicit Number(std::uint32_t value);
    std::string_view octets() const { return std::string_view(octets_.data(), octets_.size()).substr(first_); }

private:
    std::array<char, 5> octets_{};
    std::size_t first_;
};

} // namespace codec::wbxml
