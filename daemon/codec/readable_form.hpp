#pragma once

#include "codec/xml_writer.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace codec {

/// Where a readable document is.
struct Layout {
    std::size_t depth = 0;       ///< of the element that is open
    bool holds_elements = false; ///< the element that is open, or was closed last
};

/// Elements as XML for people: each on a line of its own, indented by its depth, and no CDATA, so that `<` and `>`
/// stand in markup alone. What it means is what XmlForm writes.
template <class Sink>
class ReadableForm {
public:
    ReadableForm(Sink& sink, Layout& layout) : sink_(sink), layout_(layout), form_(sink) {}

    /// No declaration: the document stands in another.
    void begin(Vocabulary, std::string_view version) { form_.begin(Vocabulary::DevInf, version); }
    bool can_name(std::string_view) const { return true; }

    std::string_view open(std::string_view name, std::optional<Vocabulary> from)
    {
        break_line();
        ++layout_.depth;
        layout_.holds_elements = false;
        return form_.open(name, from);
    }
    void close(std::string_view name)
    {
        --layout_.depth;
        if (layout_.holds_elements)
            break_line();
        form_.close(name);
        layout_.holds_elements = true; // the one around it
    }
    void flag(std::string_view name, std::optional<Vocabulary> from)
    {
        break_line();
        form_.flag(name, from);
        layout_.holds_elements = true;
    }
    void leave() {}
    void embed(auto write) { write(*this); }

    void plain(std::string_view text) { form_.plain(text); }
    void data(std::string_view text) { form_.text(text); }
    void text(std::string_view text) { form_.text(text); }

private:
    void break_line()
    {
        sink_("\n");
        for (std::size_t i = 0; i < layout_.depth; ++i)
            sink_("  ");
    }

    Sink& sink_;
    Layout& layout_;
    XmlForm<Sink> form_;
};

} // namespace codec
