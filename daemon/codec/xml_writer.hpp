#pragma once

#include "codec/characters.hpp"
#include "codec/devinf_content.hpp"
#include "codec/message_content.hpp"

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace codec {

/// Takes the pieces of a document into a string.
struct Appender {
    std::string& out;
    void operator()(std::string_view piece) { out.append(piece); }
};

/// Takes them for their number of octets only.
struct Counter {
    std::size_t octets = 0;
    void operator()(std::string_view piece) { octets += piece.size(); }
};

/// A visitor that finds out whether anything in a value would be written.
class Probe {
public:
    template <class T>
    static bool is_set(const T& value)
    {
        if constexpr (requires { value.empty(); })
            return !value.empty();
        else if constexpr (std::same_as<T, bool>)
            return value;
        else if constexpr (std::same_as<T, syncml::Data>)
            return !std::holds_alternative<std::monostate>(value);
        else if constexpr (requires { value.has_value(); })
            return value.has_value();
        else if constexpr (std::integral<T> || std::is_enum_v<T>)
            return true;
        else {
            Probe inside;
            content(inside, value);
            return inside.found_;
        }
    }

    bool found() const { return found_; }

    void operator()(std::string_view, const auto& member, Need = Need::IfSet) { found_ = found_ || is_set(member); }
    void metinf(std::string_view, const auto& member) { found_ = found_ || is_set(member); }
    void commands(const auto& list) { found_ = found_ || !list.empty(); }

private:
    bool found_ = false;
};

/// Writes values as XML, without white space between elements. One code for both
/// sinks: what is counted is what is written.
template <class Sink>
class XmlWriter {
public:
    explicit XmlWriter(Sink& sink) : sink_(sink) {}

    void message(const syncml::Message& message)
    {
        sink_(R"(<?xml version="1.0" encoding="UTF-8"?>)");
        element("SyncML", message, R"( xmlns="SYNCML:SYNCML1.2")");
    }

    /// A command, or any other element that writes its name from the value.
    template <class Variant>
    void command(const Variant& command)
    {
        std::visit([this](const auto& one) { named(one); }, command);
    }

    template <class T>
    void element(std::string_view name, const T& value, std::string_view attributes = {})
    {
        if constexpr (std::same_as<T, bool>) {
            put("<", name, attributes, "/>");
        } else {
            put("<", name, attributes, ">");
            inside(value);
            put("</", name, ">");
        }
    }
    template <class T>
    void element(std::string_view name, const std::optional<T>& value, std::string_view attributes = {})
    {
        if (value)
            element(name, *value, attributes);
    }
    template <class T>
    void element(std::string_view name, const std::vector<T>& values, std::string_view attributes = {})
    {
        for (const auto& value : values)
            element(name, value, attributes);
    }

    // ---- as a visitor (content.hpp) ---------------------------------------------

    void operator()(std::string_view name, const auto& member, Need need = Need::IfSet)
    {
        if (need == Need::Always || Probe::is_set(member))
            element(name, member);
    }
    void metinf(std::string_view name, const auto& member)
    {
        if (Probe::is_set(member))
            element(name, member, R"( xmlns="syncml:metinf")");
    }
    void reference(std::string_view name, const auto& member) { (*this)(name, member); }
    template <class T, class Content>
    void wrapper(std::string_view name, const T& value, Content content, Need need = Need::IfSet)
    {
        if (need == Need::IfSet) {
            Probe probe;
            content(probe, value);
            if (!probe.found())
                return;
        }
        put("<", name, ">");
        content(*this, value);
        put("</", name, ">");
    }
    template <class Variant>
    void commands(const std::vector<Variant>& list)
    {
        for (const auto& one : list)
            command(one);
    }

private:
    void put(auto... pieces) { (sink_(pieces), ...); }

    void named(const syncml::ItemCommand& command) { element(syncml::name(command.verb), command); }
    void named(const syncml::Group& group) { element(syncml::name(group.kind), group); }
    void named(const syncml::Unsupported& command) { element(command.name, command); }
    void named(const syncml::Status& status) { element("Status", status); }
    void named(const syncml::Alert& alert) { element("Alert", alert); }
    void named(const syncml::Put& put) { element("Put", put); }
    void named(const syncml::Get& get) { element("Get", get); }
    void named(const syncml::Results& results) { element("Results", results); }
    void named(const syncml::Sync& sync) { element("Sync", sync); }
    void named(const syncml::Map& map) { element("Map", map); }

    // What stands between the tags.
    void inside(const auto& value) { content(*this, value); }
    void inside(const std::string& text) { exact(text); }
    void inside(const base::Secret& secret) { exact(secret.reveal()); }
    void inside(std::uint32_t number) { decimal(number); }
    void inside(std::uint64_t number) { decimal(number); }
    void inside(syncml::StatusCode code) { decimal(static_cast<int>(code)); }
    void inside(syncml::AlertCode code) { decimal(static_cast<int>(code)); }
    void inside(const syncml::Data& data)
    {
        std::visit([this](const auto& one) { data_of(one); }, data);
    }

    void decimal(auto number)
    {
        std::array<char, 24> digits;
        const auto [end, _] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
        sink_({digits.data(), end});
    }

    void data_of(std::monostate) {}
    void data_of(const syncml::DevInf& devinf) { element("DevInf", devinf, R"( xmlns="syncml:devinf")"); }
    void data_of(const syncml::Anchor& anchor) { element("Anchor", anchor, R"( xmlns="syncml:metinf")"); }

    /// Item data. Carriage returns stay as they are, although the receiver's parser turns CR LF into LF
    /// (XML 1.0 §2.11): so do the servers and clients we know, and vCard and iCalendar are read with either
    /// line end. Where each octet counts, as with the Size of large objects, the data has to be base64.
    void data_of(const std::string& text)
    {
        const bool markup = text.find('<') != std::string::npos || text.find('&') != std::string::npos;
        if (markup && text.find("]]>") == std::string::npos && is_xml_text(text))
            put("<![CDATA[", text, "]]>");
        else
            escaped(text);
    }

    /// Any other text arrives exactly: a GUID must come back as it was sent.
    void exact(std::string_view text)
    {
        for (auto end = text.find('\r'); end != std::string_view::npos; end = text.find('\r')) {
            escaped(text.substr(0, end));
            put("&#13;");
            text.remove_prefix(end + 1);
        }
        escaped(text);
    }

    /// A character that XML cannot hold becomes U+FFFD: the document is well-formed whatever the value was.
    void escaped(std::string_view text)
    {
        std::size_t written = 0;
        std::size_t at = 0;
        const auto replace = [&](std::string_view by) {
            put(text.substr(written, at - written), by);
            written = ++at;
        };
        while ((at += count_plain(text.substr(at))) < text.size()) {
            switch (text[at]) {
            case '&': replace("&amp;"); break;
            case '<': replace("&lt;"); break;
            case '>': replace("&gt;"); break;
            default:
                if (const auto size = character_size(text.substr(at)); size > 0)
                    at += size;
                else
                    replace("\xEF\xBF\xBD");
            }
        }
        put(text.substr(written));
    }

    Sink& sink_;
};

} // namespace codec
