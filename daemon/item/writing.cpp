// From Document to text.
#include "item/property.hpp"
#include "item/text.hpp"
#include "item/transfer.hpp"

#include <algorithm>
#include <utility>

namespace item {
namespace {

constexpr std::size_t max_line = 75; ///< octets, RFC 5545 §3.1

/// RFC 6868.
std::string with_carets(std::string_view text)
{
    std::string result;
    for (const char c : text) {
        switch (c) {
        case '^': result += "^^"; break;
        case '"': result += "^'"; break;
        case '\n': result += "^n"; break;
        default: result += c; break;
        }
    }
    return result;
}

std::string parameter_value(std::string_view value, Form form)
{
    std::string text;
    if (form == Form::ICalendar20 || form == Form::VCard40) {
        text = with_carets(value);
    } else {
        for (const char c : value) {
            if (c != '"') // there is no way to write it
                text += c == '\n' ? ' ' : c;
        }
    }
    return text.find_first_of(",;:") == std::string::npos ? text : '"' + text + '"';
}

bool says_how_it_travels(const Parameter& parameter)
{
    return parameter.name == "ENCODING" || parameter.name == "CHARSET";
}

std::string head_of(const Property& property, Form form)
{
    std::string head = property.group.empty() ? property.name : property.group + '.' + property.name;
    for (const auto& parameter : property.parameters) {
        if (says_how_it_travels(parameter))
            continue;
        if (form == Form::VCard40 && property.is_binary && parameter.name == "MEDIATYPE")
            continue; // a part of the value
        const bool alone =
            form == Form::VCard21 && (parameter.alone || parameter.name == "TYPE") && !property.is_binary;
        if (alone) {
            for (const auto& value : parameter.values)
                head += ';' + (parameter.name == "TYPE" ? to_upper(value) : value);
            continue;
        }
        head += ';' + parameter.name + '=';
        for (std::size_t i = 0; i < parameter.values.size(); ++i)
            head += (i == 0 ? "" : ",") + parameter_value(parameter.values[i], form);
    }
    return head;
}

/// RFC 5545 §3.1, RFC 2426 §2.6: a line end and a blank within the line mean nothing.
std::string fold(std::string_view line)
{
    std::string folded;
    folded.reserve(line.size() + line.size() / max_line * 3 + 2);
    for (auto room = max_line; line.size() > room; room = max_line - 1) {
        auto size = room;
        while (size > room - 4 && (static_cast<unsigned char>(line[size]) & 0xc0) == 0x80)
            --size; // characters stay whole
        folded += line.substr(0, size);
        folded += "\r\n ";
        line.remove_prefix(size);
    }
    folded += line;
    folded += "\r\n";
    return folded;
}

/// A text of the older forms, whose only escape is before what would be taken for another thing.
std::string age(std::string_view text, std::string_view separators = {})
{
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char next = at + 1 < text.size() ? text[at + 1] : '\0';
        if (text[at] == '\n') {
            result += "\r\n";
            continue;
        }
        const bool misread = text[at] == '\\' && (next == '\\' || next == ';' || next == ',' || next == '\0');
        if (misread || separators.find(text[at]) != std::string_view::npos)
            result += '\\';
        result += text[at];
    }
    return result;
}

std::string old_value(const Property& property, Form form)
{
    std::string value;
    switch (value_kind(property.name)) {
    case ValueKind::Raw: return property.value;
    case ValueKind::Text: return age(property.text());
    case ValueKind::List:
        for (const auto& part : property.parts(','))
            value += (value.empty() ? "" : form == Form::VCalendar10 ? ";" : ",") + age(part, ",;");
        return value;
    case ValueKind::Structured: {
        const auto parts = property.parts(';');
        for (std::size_t i = 0; i < parts.size(); ++i)
            value += (i == 0 ? "" : ";") + age(parts[i], ";");
        return value;
    }
    }
    return value;
}

std::string write_old(const Property& property, Form form)
{
    auto line = head_of(property, form);
    if (property.is_binary) {
        line += ";ENCODING=BASE64:\r\n";
        const auto digits = encode_base64(property.value);
        for (std::size_t at = 0; at < digits.size(); at += max_line - 1)
            line += ' ' + digits.substr(at, max_line - 1) + "\r\n";
        return line + "\r\n"; // vCard 2.1 §2.1.2: a blank line is its end
    }
    const auto value = old_value(property, form);
    const auto special = [](char c) { return static_cast<signed char>(c) < 0x20 || c == '=' || c == 0x7f; };
    const bool at_edge = !value.empty() && (value.front() == ' ' || value.back() == ' ');
    if (!at_edge && std::none_of(value.begin(), value.end(), special))
        return line + ':' + value + "\r\n";
    if (std::any_of(value.begin(), value.end(), [](char c) { return static_cast<signed char>(c) < 0; }))
        line += ";CHARSET=UTF-8";
    line += ";ENCODING=QUOTED-PRINTABLE:";
    return line + encode_quoted_printable(value, std::min(line.size(), max_line)) + "\r\n";
}

std::string new_value(const Property& property)
{
    std::string value;
    switch (value_kind(property.name)) {
    case ValueKind::Raw: break;
    case ValueKind::Text: return escape(property.text());
    case ValueKind::List: break;
    case ValueKind::Structured: break;
    }
    // Their separators and escapes are those of vCard 3.0 already.
    return property.value;
}

std::string write_new(const Property& property, Form form)
{
    auto line = head_of(property, form);
    if (property.is_binary && form == Form::VCard40) {
        const auto type = property.parameter("MEDIATYPE");
        line += ":data:" + (type.empty() ? "application/octet-stream" : type) + ";base64,";
    } else if (property.is_binary) {
        line += form == Form::VCard30 ? ";ENCODING=b:" : ";ENCODING=BASE64:";
    } else {
        line += ':';
    }
    line += property.is_binary ? encode_base64(property.value) : new_value(property);
    return fold(line);
}

void write(std::string& text, const Component& component, Form form)
{
    text += component.begin.empty() ? "BEGIN:" + component.name + "\r\n" : component.begin;
    auto next = component.components.begin();
    for (std::size_t i = 0; i <= component.properties.size(); ++i) {
        for (; next != component.components.end() && (next->place <= i || i == component.properties.size()); ++next)
            write(text, *next, form);
        if (i == component.properties.size())
            break;
        const auto& property = component.properties[i];
        if (!property.raw.empty())
            text += property.raw;
        else if (!property.name.empty())
            text += is_old(form) ? write_old(property, form) : write_new(property, form);
    }
    text += component.end.empty() ? "END:" + component.name + "\r\n" : component.end;
}

/// The parts of a note as plain text.
std::string write_note(const Component& calendar)
{
    std::string text;
    const auto add = [&](const Property* property) {
        for (const char c : property == nullptr ? std::string() : property->text())
            text += c == '\n' ? std::string("\r\n") : std::string(1, c);
        text += "\r\n";
    };
    const auto note = std::find_if(calendar.components.begin(), calendar.components.end(),
                                   [](const Component& one) { return one.name == component_name(Kind::Note); });
    if (note == calendar.components.end())
        return text;
    add(note->find("SUMMARY"));
    if (const auto* description = note->find("DESCRIPTION"))
        add(description);
    return text;
}

} // namespace

std::string write(const Document& document)
{
    if (document.form == Form::PlainText)
        return write_note(document.root);
    std::string text;
    write(text, document.root, document.form);
    return text;
}

} // namespace item
