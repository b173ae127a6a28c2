#pragma once

#include <cstddef>
#include <string>
#include <string_view>

/// Which octets may stand in an XML document as they are.
namespace codec {

/// The octets at the start of `text` that mean nothing to XML: ASCII, line ends
/// and tabs, without `&`, `<`, `>` and other control characters.
std::size_t count_plain(std::string_view text);

/// The octets of the first character of `text` when it is well-formed UTF-8 and
/// a Char of XML 1.0 §2.2, else 0. `text` is not empty.
std::size_t character_size(std::string_view text);

/// Whether all of `text` is such characters.
bool is_xml_text(std::string_view text);

/// `text` with every octet that is not part of well-formed UTF-8 read as the
/// ISO-8859-1 character of that number.
std::string read_stray_octets_as_latin1(std::string_view text);

} // namespace codec
