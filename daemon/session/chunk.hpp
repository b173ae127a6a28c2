#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace session {

/// Gives the text the line ends that every reader of XML sees (XML 1.0 §2.11): a line feed for CR LF and for CR. Then
/// both sides count the same octets for Size. In place: a large object is not twice in memory.
void make_line_ends_plain(std::string& text);

/// How much of `rest`, which is text, makes a chunk of at most `most` octets: ends within no character and, when
/// it can be helped, not at white space, which some readers cut off.
std::size_t text_chunk(std::string_view rest, std::size_t most);
/// The same of base64 text: whole groups of four, so that each chunk can be decoded by itself.
std::size_t base64_chunk(std::string_view rest, std::size_t most);

} // namespace session
