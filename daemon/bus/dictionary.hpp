#pragma once

#include "base/descriptor.hpp"
#include "base/secret.hpp"
#include "bus/call.hpp"

#include <functional>
#include <set>
#include <string>
#include <string_view>

namespace bus {

/// Reads the dictionary `a{sv}` that comes next in a message, key by key, without copying
/// values into the library's variants, which would leave passwords behind in freed memory.
///
/// A value of the wrong type throws the error InvalidArgs and names its key. What is well-typed
/// but senseless (an unknown key, a key given twice) is kept for later, since the existence of what
/// the call names is to be checked first.
class Dictionary {
public:
    Dictionary(sd_bus_message* message, std::string place);

    /// Visits every entry; `visit` reads the value with one of the functions below, or returns
    /// false when the key is none of its own.
    void each(const std::function<bool(std::string_view key)>& visit);

    std::string text();
    base::Secret secret();
    bool flag();
    std::uint32_t number();
    /// A copy, above 4 (worker::spawn).
    base::Descriptor descriptor();
    /// An array of dictionaries.
    void list(const std::function<void(Dictionary& item)>& visit);

    /// The first thing wrong with keys, in words; empty when there is none.
    const std::string& complaint() const { return complaint_; }
    void complain(const std::string& complaint);

private:
    void enter_value(std::string_view type);
    void leave_value();
    const char* read_text();

    sd_bus_message* message_;
    std::string place_; ///< for messages: empty, or what the dictionary describes
    std::string key_;
    std::string complaint_;
};

} // namespace bus
