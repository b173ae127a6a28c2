#pragma once

#include "codec/characters.hpp"
#include "codec/vocabulary.hpp"
#include "syncml/version.hpp"

#include <optional>
#include <string_view>

namespace codec {

/// Elements as XML, without white space between them.
template <class Sink>
class XmlForm {
public:
    explicit XmlForm(Sink& sink) : sink_(sink) {}

    void begin(Vocabulary document, std::string_view version)
    {
        if (document == Vocabulary::SyncML) // device information stands within
            put(R"(<?xml version="1.0" encoding="UTF-8"?>)");
        version_ = syncml::find_version(version).value_or(syncml::Version::V1_2);
    }
    bool can_name(std::string_view) const { return true; }

    std::string_view open(std::string_view name, std::optional<Vocabulary> from)
    {
        put("<", name, xmlns(from), ">");
        return name;
    }
    void close(std::string_view name) { put("</", name, ">"); }
    void flag(std::string_view name, std::optional<Vocabulary> from) { put("<", name, xmlns(from), "/>"); }

    void leave() {}

    /// Calls `write` with the form of a document in Data.
    void embed(auto write) { write(*this); }

    /// Digits.
    void plain(std::string_view text) { put(text); }

    /// Item data. Carriage returns stay as they are, although the receiver's parser turns CR LF into LF
    /// (XML 1.0 §2.11): so do the servers and clients we know, and vCard and iCalendar are read with either
    /// line end. Where each octet counts, as with the Size of large objects, the caller gives it plain line feeds.
    void data(std::string_view text)
    {
        const bool markup = text.find('<') != std::string_view::npos || text.find('&') != std::string_view::npos;
        if (markup && text.find("]]>") == std::string_view::npos && is_xml_text(text))
            put("<![CDATA[", text, "]]>");
        else
            escaped(text);
    }

    /// Any other text arrives exactly: a GUID must come back as it was sent.
    void text(std::string_view text)
    {
        for (auto end = text.find('\r'); end != std::string_view::npos; end = text.find('\r')) {
            escaped(text.substr(0, end));
            put("&#13;");
            text.remove_prefix(end + 1);
        }
        escaped(text);
    }

private:
    void put(auto... pieces) { (sink_(pieces), ...); }

    std::string_view xmlns(std::optional<Vocabulary> from) const
    {
        if (!from)
            return {};
        switch (*from) {
        case Vocabulary::SyncML:
            switch (version_) {
            case syncml::Version::V1_0: return R"( xmlns="SYNCML:SYNCML1.0")";
            case syncml::Version::V1_1: return R"( xmlns="SYNCML:SYNCML1.1")";
            case syncml::Version::V1_2: return R"( xmlns="SYNCML:SYNCML1.2")";
            }
            return {};
        case Vocabulary::MetInf: return R"( xmlns="syncml:metinf")";
        case Vocabulary::DevInf: return R"( xmlns="syncml:devinf")";
        }
        return {};
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
    syncml::Version version_ = syncml::Version::V1_2;
};

} // namespace codec
