#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

/// The names of elements and the WBXML tokens that stand for them.
namespace codec {

/// Where the name of an element is from: a namespace in XML. In WBXML, of a message, the code page of that number;
/// device information as a document of its own has its names on code page 0.
enum class Vocabulary : std::uint8_t { SyncML, MetInf, DevInf };

/// The element of this token, without the bits that tell of content and attributes; empty when there is none.
std::string_view find_name(Vocabulary vocabulary, std::uint8_t token);

std::optional<std::uint8_t> find_token(Vocabulary vocabulary, std::string_view name);

} // namespace codec
