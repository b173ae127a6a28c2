#pragma once

#include "codec/content.hpp"
#include "codec/devinf_content.hpp"
#include "codec/message_content.hpp"
#include "codec/vocabulary.hpp"

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
    template <class T, class Content>
    void wrapper(std::string_view, const T& value, Content content, Need = Need::IfSet)
    {
        content(*this, value);
    }
    void commands(const auto& list) { found_ = found_ || !list.empty(); }

private:
    bool found_ = false;
};

/// Writes values in a form of elements, XmlForm or WbxmlForm. One code for both sinks: what is counted is what is
/// written.
template <class Form>
class Writer {
public:
    explicit Writer(Form form) : form_(form) {}

    void message(const syncml::Message& message)
    {
        form_.begin(Vocabulary::SyncML, message.header.ver_dtd);
        element("SyncML", message, Vocabulary::SyncML);
    }

    void devinf(const syncml::DevInf& devinf)
    {
        form_.begin(Vocabulary::DevInf, devinf.ver_dtd);
        const auto opened = form_.open("DevInf", Vocabulary::DevInf);
        if (is_of_old_version(devinf))
            old_content(*this, devinf);
        else
            content(*this, devinf);
        form_.close(opened);
    }

    /// A command, or any other element that writes its name from the value.
    template <class Variant>
    void command(const Variant& command)
    {
        std::visit([this](const auto& one) { this->named(one); }, command);
    }

    /// As if more would follow.
    void leave() { form_.leave(); }

    /// `from`: where the name is from, when it is not from where that of the parent is.
    template <class T>
    void element(std::string_view name, const T& value, std::optional<Vocabulary> from = {})
    {
        if constexpr (std::same_as<T, bool>) {
            form_.flag(name, from);
        } else {
            const auto opened = form_.open(name, from);
            inside(value);
            form_.close(opened);
        }
    }
    template <class T>
    void element(std::string_view name, const std::optional<T>& value, std::optional<Vocabulary> from = {})
    {
        if (value)
            element(name, *value, from);
    }
    template <class T>
    void element(std::string_view name, const std::vector<T>& values, std::optional<Vocabulary> from = {})
    {
        for (const auto& value : values)
            element(name, value, from);
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
            element(name, member, Vocabulary::MetInf);
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
        const auto opened = form_.open(name, {});
        content(*this, value);
        form_.close(opened);
    }
    template <class Variant>
    void commands(const std::vector<Variant>& list)
    {
        for (const auto& one : list)
            command(one);
    }

private:
    void named(const syncml::ItemCommand& command) { element(syncml::name(command.verb), command); }
    void named(const syncml::Group& group) { element(syncml::name(group.kind), group); }
    void named(const syncml::Unsupported& command)
    {
        if (form_.can_name(command.name))
            element(command.name, command);
    }
    void named(const syncml::Status& status) { element("Status", status); }
    void named(const syncml::Alert& alert) { element("Alert", alert); }
    void named(const syncml::Put& put) { element("Put", put); }
    void named(const syncml::Get& get) { element("Get", get); }
    void named(const syncml::Results& results) { element("Results", results); }
    void named(const syncml::Sync& sync) { element("Sync", sync); }
    void named(const syncml::Map& map) { element("Map", map); }

    // What stands between the tags.
    void inside(const auto& value) { content(*this, value); }
    void inside(const std::string& text) { form_.text(text); }
    void inside(const base::Secret& secret) { form_.text(secret.reveal()); }
    void inside(std::uint32_t number) { decimal(number); }
    void inside(std::uint64_t number) { decimal(number); }
    void inside(syncml::StatusCode code) { decimal(static_cast<int>(code)); }
    void inside(syncml::AlertCode code) { decimal(static_cast<int>(code)); }
    void inside(const syncml::Data& data)
    {
        std::visit([this](const auto& one) { this->data_of(one); }, data);
    }

    void decimal(auto number)
    {
        std::array<char, 24> digits;
        const auto [end, _] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
        form_.plain({digits.data(), end});
    }

    void data_of(std::monostate) {}
    void data_of(const std::string& text) { form_.data(text); }
    void data_of(const syncml::Anchor& anchor) { element("Anchor", anchor, Vocabulary::MetInf); }
    void data_of(const syncml::DevInf& devinf)
    {
        form_.embed([&devinf](auto inner) { Writer<decltype(inner)>(inner).devinf(devinf); });
    }

    Form form_;
};

} // namespace codec
