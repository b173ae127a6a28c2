#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <cstdint>
#include <string>
#include <string_view>

/// What sdbus-c++ 1.2 does not offer for messages.
namespace syncd {

/// sd-bus wipes the message's memory when it ends.
void mark_sensitive(sdbus::Message& message);
/// The service may ask the user before it answers.
void allow_interactive_authorization(sdbus::MethodCall& message);

/// Throws Error InvalidValue, naming `what`, for text that D-Bus cannot carry: not UTF-8, or with a NUL.
void append_text(sdbus::Message& message, const std::string& text, std::string_view what);

/// The entries of one a{sv}, written in place: no value is copied on its way into the message.
class Dictionary {
public:
    explicit Dictionary(sdbus::Message& message) : message_(message) {}

    void add(const std::string& key, const std::string& text)
    {
        entry(key, "s", [&] { append_text(message_, text, key); });
    }
    void add(const std::string& key, bool value)
    {
        entry(key, "b", [&] { message_ << value; });
    }
    void add(const std::string& key, std::uint32_t number)
    {
        entry(key, "u", [&] { message_ << number; });
    }
    void add(const std::string& key, const char* text) = delete; // it would be taken for a bool
    /// `write` appends one value of type `signature`.
    template <class Write>
    void entry(const std::string& key, const std::string& signature, Write write)
    {
        message_.openDictEntry("sv");
        message_ << key;
        message_.openVariant(signature);
        write();
        message_.closeVariant();
        message_.closeDictEntry();
    }

private:
    sdbus::Message& message_;
};

/// Appends an a{sv}; `write` adds its entries to the Dictionary that it is given.
template <class Write>
void append_dictionary(sdbus::Message& message, Write write)
{
    message.openContainer("{sv}");
    Dictionary dictionary(message);
    write(dictionary);
    message.closeContainer();
}

} // namespace syncd
