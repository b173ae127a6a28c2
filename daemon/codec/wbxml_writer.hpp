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
/// The page is turned before a tag, the one place where the grammar has it (WBXML 1.3 §5.3).
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
        page_ = vocabulary_ = document;
    }
    bool can_name(std::string_view name) const { return find_token(vocabulary_, name).has_value(); }

    /// Where the names beside the element are from.
    Vocabulary open(std::string_view name, std::optional<Vocabulary> from)
    {
        const auto beside = vocabulary_;
        vocabulary_ = from.value_or(beside);
        tag(name, wbxml::with_content);
        return beside;
    }
    void close(Vocabulary beside)
    {
        octets(wbxml::end);
        vocabulary_ = beside;
    }
    void flag(std::string_view name, std::optional<Vocabulary> from)
    {
        const auto beside = vocabulary_;
        vocabulary_ = from.value_or(beside);
        tag(name, 0);
        vocabulary_ = beside;
    }
    /// What is to follow has its names where the document began.
    void leave() { turn(); }

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

    void tag(std::string_view name, std::uint8_t bits)
    {
        turn();
        const auto token = find_token(page_, name);
        assert(token); // every name that values are written under has one
        octets(*token | bits);
    }

    void turn()
    {
        if (page_ == vocabulary_)
            return;
        page_ = vocabulary_;
        octets(wbxml::switch_page, static_cast<std::uint8_t>(page_));
    }

    Sink& sink_;
    Vocabulary page_ = Vocabulary::SyncML;
    Vocabulary vocabulary_ = Vocabulary::SyncML; ///< of the next name, unless it says another
};

} // namespace codec
