#pragma once

#include <sdbus-c++/sdbus-c++.h>

#include <functional>
#include <string>

namespace syncd {

inline const std::string service_name = "org.syncd1";
inline const std::string manager_path = "/org/syncd1";
inline const std::string properties_interface = "org.freedesktop.DBus.Properties";

/// How long to wait for the answer of a call.
enum class Wait {
    Briefly,     ///< ClientOptions::timeout
    UntilAnswer, ///< the work itself takes its time
};

/// A call ready to be sent, blocking or not, and how to read its answer.
template <class T>
struct Call {
    sdbus::MethodCall message;
    std::function<T(sdbus::MethodReply&)> parse;
    Wait wait = Wait::Briefly;
};

/// For answers without a value.
inline void parse_nothing(sdbus::MethodReply& /*reply*/) {}

/// For answers that are one D-Bus value.
template <class T>
T parse_value(sdbus::MethodReply& reply)
{
    T result{};
    reply >> result;
    return result;
}

} // namespace syncd
