#pragma once

#include "codec/vocabulary.hpp"
#include "codec/wbxml.hpp"
#include "codec/writer.hpp"

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace codec {

/// Elements as WBXML 1.2, without a string table, on which some phones and their servers fail.
///
/// Each element ends on the code page where it began, so that what an element takes does not depend on what
/// stands before it.
template <class Sink>
class WbxmlForm {
public:
    explicit WbxmlForm(Sink& sink) : sink_(sink) {}

    void begin(Vocabulary document, std::string_view version)
    {
        constexpr std::uint8_t no_string_table = 0;
        octets(wbxml::version_1_2);
        number(wbxml::public_id(document, version));
        octets(wbxml::utf_8, no_string_table);
        page_ = document;
    }
    bool can_name(std::string_view name) const { return find_token(page_, name).has_value(); }

    /// The code page on which the element began.
    Vocabulary open(std::string_view name, std::optional<Vocabulary> from)
    {
        tag(name, from, wbxml::with_content);
        return page_;
    }
    void close(Vocabulary page)
    {
        turn_to(page);
        octets(wbxml::end);
    }
    void flag(std::string_view name, std::optional<Vocabulary> from) { tag(name, from, 0); }

    /// Calls `write` with the form of a document in Data: one of its own, as opaque octets.
    void embed(auto write)
    {
        Counter counter;
        write(WbxmlForm<Counter>(counter));
        opaque(counter.octets);
        write(WbxmlForm(sink_));
    }

    /// Digits.
    void plain(std::string_view text)
    {
        octets(wbxml::inline_string);
        sink_(text);
        octets(wbxml::end_of_string);
    }

    /// No text that comes from a document holds NUL, and none can in a string.
    void text(std::string_view text)
    {
        if (text.empty())
            return;
        octets(wbxml::inline_string);
        for (auto nul = text.find('\0'); nul != std::string_view::npos; nul = text.find('\0')) {
            sink_(text.substr(0, nul));
            sink_("\xEF\xBF\xBD");
            text.remove_prefix(nul + 1);
        }
        sink_(text);
        octets(wbxml::end_of_string);
    }

    /// Item data goes as it is, octet for octet.
    void data(std::string_view text)
    {
        if (text.empty())
            return;
        opaque(text.size());
        sink_(text);
    }

private:
    void octets(auto... values)
    {
        const std::array<char, sizeof...(values)> all{static_cast<char>(values)...};
        sink_({all.data(), all.size()});
    }

    void number(std::uint32_t value)
    {
        const wbxml::Number coded(value);
        sink_(coded.octets());
    }

    void opaque(std::size_t size)
    {
        assert(size <= UINT32_MAX);
        octets(wbxml::opaque);
        number(static_cast<std::uint32_t>(size));
    }

    void tag(std::string_view name, std::optional<Vocabulary> from, std::uint8_t bits)
    {
        if (from)
            turn_to(*from);
        const auto token = find_token(page_, name);
        assert(token); // every name that values are written under has one
        octets(*token | bits);
    }

    void turn_to(Vocabulary page)
    {
        if (page == page_)
            return;
        octets(wbxml::switch_page, static_cast<std::uint8_t>(page));
        page_ = page;
    }

    Sink& sink_;
    Vocabulary page_ = Vocabulary::SyncML;
};

} // namespace codec
