#include "message.hpp"

#include <syncd/error.hpp>

#include <systemd/sd-bus.h>

namespace syncd {
namespace {

// sdbus-c++ keeps the sd-bus message protected; a derived class may name it.
struct Access : sdbus::Message {
    static sd_bus_message* raw(sdbus::Message& message)
    {
        return static_cast<sd_bus_message*>(message.*(&Access::msg_));
    }
};

void check(int result, const char* what)
{
    if (result < 0)
        throw sdbus::createError(-result, what);
}

} // namespace

void mark_sensitive(sdbus::Message& message)
{
    check(sd_bus_message_sensitive(Access::raw(message)), "Failed to mark a message as sensitive");
}

void allow_interactive_authorization(sdbus::MethodCall& message)
{
    check(sd_bus_message_set_allow_interactive_authorization(Access::raw(message), 1),
          "Failed to allow interactive authorization");
}

void append_text(sdbus::Message& message, const std::string& text, std::string_view what)
{
    // A C string would end there, and the rest be lost without a word.
    const bool has_nul = text.find('\0') != std::string::npos;
    // sd-bus refuses what is not UTF-8, but says no more than EINVAL.
    if (has_nul || sd_bus_message_append_basic(Access::raw(message), 's', text.c_str()) < 0)
        throw Error("org.syncd1.Error.InvalidValue", std::string(what) + " is not UTF-8 text without NUL characters");
}

} // namespace syncd
