#include "codec/wbxml_parser.hpp"

#include "base/base64.hpp"
#include "codec/characters.hpp"
#include "codec/wbxml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace codec {

namespace {

using base::Errc;

/// One run over one document. After an error nothing more is read: every step then finds the end.
class WbxmlParse {
public:
    WbxmlParse(std::string_view document, Vocabulary kind, const Limits& limits, Builder& builder)
        : rest_(document), size_(document.size()), kind_(kind), limits_(limits), builder_(builder)
    {
        open_.reserve(limits.max_depth);
    }

    base::Result<void> run();

private:
    void read_head();
    void read_part();
    void read_tag(std::uint8_t tag);
    void read_literal(std::uint8_t tag);
    void pass_attributes();

    void open(std::string_view name, std::uint8_t tag);
    void close();
    void take_text(std::string_view text);
    void take_opaque(std::string_view octets);
    void take_character(std::uint32_t code);

    std::uint8_t octet();
    std::uint32_t number(); ///< mb_u_int32
    std::string_view octets(std::size_t count);
    std::string_view string();
    std::string_view table_string(std::size_t at);
    bool has_room(std::size_t octets);

    void stop(Errc code, std::string_view what);
    void stop(std::string_view what) { stop(elements_ == 0 ? Errc::NotSyncML : Errc::Malformed, what); }

    std::string_view rest_;
    std::size_t size_;
    Vocabulary kind_;
    const Limits& limits_;
    Builder& builder_;
    std::string_view table_; ///< of strings
    std::uint8_t page_ = 0;
    std::vector<std::string_view> open_; ///< the names of open elements
    std::size_t elements_ = 0;
    std::size_t taken_ = 0; ///< octets of text and names
    std::optional<base::Error> error_;
};

// ---- octets ------------------------------------------------------------------------

void WbxmlParse::stop(Errc code, std::string_view what)
{
    if (!error_)
        error_ = base::Error{code, fmt::format("octet {}: {}", size_ - rest_.size(), what)};
    rest_ = {};
}

std::uint8_t WbxmlParse::octet()
{
    const auto one = octets(1);
    return one.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(one.front());
}

std::string_view WbxmlParse::octets(std::size_t count)
{
    if (count > rest_.size()) {
        stop("the document breaks off");
        return {};
    }
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
}

std::uint32_t WbxmlParse::number()
{
    constexpr int most = 5; // octets, of 7 bits each
    std::uint64_t value = 0;
    for (int i = 0; i < most && !error_; ++i) {
        const auto part = octet();
        value = value << 7 | (part & 0x7FU);
        if (value > std::numeric_limits<std::uint32_t>::max())
            break;
        if ((part & 0x80U) == 0)
            return static_cast<std::uint32_t>(value);
    }
    stop("a number has more than 32 bits");
    return 0;
}

std::string_view WbxmlParse::string()
{
    const auto end = rest_.find('\0');
    if (end == std::string_view::npos) {
        stop("the document breaks off within a string");
        return {};
    }
    const auto text = octets(end);
    octet();
    return text;
}

std::string_view WbxmlParse::table_string(std::size_t at)
{
    if (at >= table_.size()) {
        stop("a string is said to stand outside the string table");
        return {};
    }
    const auto from = table_.substr(at);
    return from.substr(0, from.find('\0')); // some phones leave out the last NUL
}

/// A short document can name a long string of its table often.
bool WbxmlParse::has_room(std::size_t octets)
{
    taken_ += octets;
    if (limits_.max_bytes == 0 || taken_ <= limits_.max_bytes)
        return true;
    stop(Errc::ReplyTooLarge, fmt::format("its texts have more than {} octets", limits_.max_bytes));
    return false;
}

// ---- elements -----------------------------------------------------------------------

void WbxmlParse::open(std::string_view name, std::uint8_t tag)
{
    const std::string_view root = kind_ == Vocabulary::SyncML ? "SyncML" : "DevInf";
    if (elements_ == 0 && name != root)
        return stop(fmt::format("the root is not {}", root));
    if (++elements_ > limits_.max_elements)
        return stop(Errc::ReplyTooLarge, fmt::format("more than {} elements", limits_.max_elements));
    if (open_.size() >= limits_.max_depth)
        return stop(Errc::ReplyTooLarge, fmt::format("elements nested more than {} deep", limits_.max_depth));
    builder_.start(name);
    if (builder_.room() > limits_.max_room)
        return stop(Errc::ReplyTooLarge, fmt::format("its values take more than {} octets", limits_.max_room));
    open_.push_back(name);
    if ((tag & wbxml::with_attributes) != 0)
        pass_attributes();
    if ((tag & wbxml::with_content) == 0 && !error_)
        close();
}

void WbxmlParse::close()
{
    if (open_.empty())
        return stop("an element ends that did not begin");
    if (!builder_.end())
        return stop(fmt::format("{} is not a number", open_.back()));
    open_.pop_back();
}

void WbxmlParse::read_tag(std::uint8_t tag)
{
    const auto vocabulary = kind_ == Vocabulary::DevInf ? Vocabulary::DevInf : static_cast<Vocabulary>(page_);
    const auto name = find_name(vocabulary, tag & wbxml::token_bits);
    open(name.empty() ? "Unknown" : name, tag);
}

void WbxmlParse::read_literal(std::uint8_t tag)
{
    auto name = table_string(number());
    if (error_ || !has_room(name.size()))
        return;
    name.remove_prefix(name.find(':') + 1); // nothing when there is no prefix
    open(is_xml_text(name) ? name : "Unknown", tag);
}

/// The list of attributes ends like an element. Device information and messages have none; some phones write the
/// namespace as one, with a name that points into no string table.
void WbxmlParse::pass_attributes()
{
    while (!error_) {
        switch (octet()) {
        case wbxml::end: return;
        case wbxml::switch_page: octet(); break;
        case wbxml::entity:
        case wbxml::literal:
        case wbxml::table_string: number(); break;
        case wbxml::inline_string: string(); break;
        case wbxml::opaque: octets(number()); break;
        default: break; // the name of an attribute, or a value or part of one, which is complete with its token
        }
    }
}

// ---- text -----------------------------------------------------------------------------

void WbxmlParse::take_text(std::string_view text)
{
    if (open_.empty())
        return stop("text stands before the root");
    if (!has_room(text.size()))
        return;
    // Some old phones and their servers say UTF-8 and write ISO-8859-1.
    if (is_xml_text(text))
        builder_.text(text);
    else
        builder_.text(read_stray_octets_as_latin1(text));
}

void WbxmlParse::take_opaque(std::string_view octets)
{
    if (open_.empty())
        return stop("text stands before the root");
    if (open_.back() == "Data") {
        if (has_room(octets.size()))
            builder_.text(octets);
    } else if (open_.back() == "NextNonce") {
        take_text(base::encode_base64(octets)); // raw here, while it is base64 as a string
    } else {
        take_text(octets.substr(0, octets.find('\0')));
    }
}

void WbxmlParse::take_character(std::uint32_t code)
{
    const auto octet = [](std::uint32_t value) { return static_cast<char>(value); };
    std::string text;
    if (code < 0x80)
        text = {octet(code)};
    else if (code < 0x800)
        text = {octet(0xC0 | code >> 6), octet(0x80 | (code & 0x3F))};
    else if (code < 0x10000)
        text = {octet(0xE0 | code >> 12), octet(0x80 | (code >> 6 & 0x3F)), octet(0x80 | (code & 0x3F))};
    else if (code < 0x110000)
        text = {octet(0xF0 | code >> 18), octet(0x80 | (code >> 12 & 0x3F)), octet(0x80 | (code >> 6 & 0x3F)),
                octet(0x80 | (code & 0x3F))};
    if (text.empty() || !is_xml_text(text)) // NUL and surrogates, too
        return stop(fmt::format("no character has the number {}", code));
    take_text(text);
}

// ---- the document -----------------------------------------------------------------------

void WbxmlParse::read_head()
{
    const auto version = octet();
    if (version < wbxml::version_1_1 || version > wbxml::version_1_3)
        return stop("the document is not WBXML");
    const auto public_id = number();
    const auto name_at = public_id == 0 ? number() : 0;
    const auto charset = number();
    table_ = octets(number());
    if (error_)
        return;

    constexpr std::uint32_t unknown = 1; // some servers leave it at that
    auto kind = std::optional(kind_);
    if (public_id == 0)
        kind = wbxml::find_document(table_string(name_at));
    else if (public_id != unknown)
        kind = wbxml::find_document(public_id);
    if (kind != kind_)
        return stop(fmt::format("the document is not {}", kind_ == Vocabulary::SyncML ? "SyncML" : "DevInf"));
    // ISO-8859-1 and ASCII are what octets are taken for that are no UTF-8.
    if (charset != wbxml::utf_8 && charset != wbxml::unknown_charset && charset != wbxml::us_ascii &&
        charset != wbxml::iso_8859_1)
        return stop(fmt::format("the document is in the character set {}, which is not read here", charset));
}

void WbxmlParse::read_part()
{
    const auto first = octet();
    switch (first) {
    case wbxml::switch_page:
        page_ = octet();
        if (page_ > static_cast<std::uint8_t>(kind_ == Vocabulary::DevInf ? Vocabulary::SyncML : Vocabulary::DevInf))
            stop(fmt::format("there is no code page {}", page_));
        break;
    case wbxml::end: close(); break;
    case wbxml::entity: take_character(number()); break;
    case wbxml::inline_string: take_text(string()); break;
    case wbxml::table_string: take_text(table_string(number())); break;
    case wbxml::opaque: take_opaque(octets(number())); break;
    case wbxml::instruction: pass_attributes(); break;
    default:
        if ((first & wbxml::token_bits) > wbxml::literal)
            read_tag(first);
        else if ((first & wbxml::token_bits) == wbxml::literal)
            read_literal(first);
        else
            stop("the document uses extensions of WBXML, which SyncML does not");
    }
}

base::Result<void> WbxmlParse::run()
{
    read_head();
    do
        read_part();
    while (!error_ && (elements_ == 0 || !open_.empty()));
    // Some peers count a NUL behind the document.
    if (!error_ && rest_.find_first_not_of('\0') != std::string_view::npos)
        stop("the document goes on after its end");
    if (error_)
        return tl::unexpected(std::move(*error_));
    return {};
}

} // namespace

base::Result<void> parse_wbxml(std::string_view document, Vocabulary kind, const Limits& limits, Builder& builder)
{
    if (limits.max_bytes > 0 && document.size() > limits.max_bytes)
        return base::fail(Errc::ReplyTooLarge,
                          fmt::format("the document has {} octets, more than {}", document.size(), limits.max_bytes));
    return WbxmlParse(document, kind, limits, builder).run();
}

} // namespace codec
