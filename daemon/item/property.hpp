#pragma once

#include "item/item.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace item {

constexpr std::size_t max_parts = 1000;              ///< of a value that are told apart
constexpr std::size_t max_parameter_values = 10'000; ///< of an item that is taken apart
constexpr std::size_t max_component_name = 40;       ///< octets, of an item that is taken apart

struct Parameter {
    std::string name; ///< upper case; what vCard 2.1 writes alone has the name that it stands for
    std::vector<std::string> values;
    bool alone = false; ///< written without its name: `TEL;WORK:`
    bool operator==(const Parameter&) const = default;
};

/// One property. Whatever the form that it was read from, its value is text in UTF-8 with the escapes of vCard 3.0
/// (`\n`, `\,`, `\;`, `\\`), or the octets that base64 stood for.
struct Property {
    std::string group;
    std::string name; ///< upper case; empty for a line that is no property, which is kept as it is
    std::vector<Parameter> parameters;
    std::string value;
    bool is_binary = false;
    std::string raw; ///< the lines that it was read from, until something is changed; else empty

    const Parameter* find(std::string_view upper_name) const;
    /// The first value of a parameter; empty when there is none.
    std::string parameter(std::string_view upper_name) const;
    /// Its TYPEs in upper case, in order.
    std::vector<std::string> types() const;
    /// The value without escapes.
    std::string text() const;
    /// Its parts between separators that are not escaped, each without escapes. Of more than `max_parts` the last holds
    /// the rest as it is.
    std::vector<std::string> parts(char separator) const;
};

struct Component {
    std::string name; ///< upper case
    std::vector<Property> properties;
    std::vector<Component> components;
    std::size_t place = 0;  ///< so many properties of what it stands in come before it
    std::string begin, end; ///< its first and last line as they were read; empty: not read

    const Property* find(std::string_view upper_name) const;
};

/// An item taken apart: everything it says, known or not, in its order. A note in plain text is a calendar with a
/// VJOURNAL of a SUMMARY and, of more than one line, a DESCRIPTION.
struct Document {
    Form form = Form::VCard30;
    Component root;
};

/// That of the first entry of a calendar; an event without one.
Kind kind(const Document& document);

/// How a property's value is put together.
enum class ValueKind {
    Text,       ///< one text; in the older forms commas and semicolons mean nothing in it
    List,       ///< texts between commas; vCalendar 1.0 has semicolons between them
    Structured, ///< parts between semicolons, as that of every property we know nothing of
    Raw         ///< a date, a number, a URI, a rule: there are no escapes in it
};
ValueKind value_kind(std::string_view upper_name);

/// Whether it is a vCard 2.1 or a vCalendar 1.0, which have quoted-printable and hardly any escapes.
bool is_old(Form form);

/// `text` with the escapes of vCard 3.0.
std::string escape(std::string_view text);

/// Takes an item apart. Errors: InvalidValue, naming the line, for what `check` refuses for its structure, and for more
/// than the limits above. Costs a few times its size, whatever it holds.
base::Result<Document> parse(std::string_view data);

/// The document as text, in its form. What was read and not changed since is written octet by octet as it was.
std::string write(const Document& document);

} // namespace item
