#include "codec/wbxml.hpp"

#include <algorithm>
#include <cctype>

namespace codec::wbxml {

namespace {

struct DocumentType {
    Vocabulary document;
    std::string_view version;
    std::uint32_t public_id;
};

// The first of a kind is the one for any other version.
constexpr std::array<DocumentType, 6> types{{
    {Vocabulary::SyncML, "1.2", 0x1201},
    {Vocabulary::SyncML, "1.1", 0x0FD3},
    {Vocabulary::SyncML, "1.0", 0x0FD1},
    {Vocabulary::DevInf, "1.2", 0x1203},
    {Vocabulary::DevInf, "1.1", 0x0FD4},
    {Vocabulary::DevInf, "1.0", 0x0FD2},
}};

bool contains(std::string_view text, std::string_view word)
{
    const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == b; };
    return std::search(text.begin(), text.end(), word.begin(), word.end(), same) != text.end();
}

} // namespace

std::uint32_t public_id(Vocabulary document, std::string_view version)
{
    const auto of_kind = [document](const DocumentType& type) { return type.document == document; };
    const auto exact =
        std::ranges::find_if(types, [&](const DocumentType& type) { return of_kind(type) && type.version == version; });
    return (exact != types.end() ? exact : std::ranges::find_if(types, of_kind))->public_id;
}

std::optional<Vocabulary> find_document(std::uint32_t public_id)
{
    const auto type = std::ranges::find(types, public_id, &DocumentType::public_id);
    return type != types.end() ? std::optional(type->document) : std::nullopt;
}

std::optional<Vocabulary> find_document(std::string_view name)
{
    if (contains(name, "dtd devinf"))
        return Vocabulary::DevInf;
    if (contains(name, "dtd syncml"))
        return Vocabulary::SyncML;
    return std::nullopt;
}

Number::Number(std::uint32_t value) : first_(octets_.size())
{
    constexpr char more = '\x80';
    do {
        octets_[--first_] = static_cast<char>(value & 0x7F);
        if (first_ + 1 < octets_.size())
            octets_[first_] |= more;
        value >>= 7;
    } while (value > 0);
}

} // namespace codec::wbxml
