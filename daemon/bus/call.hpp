#pragma once

#include "base/error.hpp"

#include <sdbus-c++/sdbus-c++.h>
#include <systemd/sd-bus.h>

#include <memory>
#include <string>
#include <string_view>

namespace bus {

/// Errors of the bus protocol itself, which no layer below knows.
namespace protocol_error {
inline constexpr const char* limits_exceeded = "org.freedesktop.DBus.Error.LimitsExceeded";
inline constexpr const char* property_read_only = "org.freedesktop.DBus.Error.PropertyReadOnly";
inline constexpr const char* unknown_interface = "org.freedesktop.DBus.Error.UnknownInterface";
inline constexpr const char* unknown_method = "org.freedesktop.DBus.Error.UnknownMethod";
inline constexpr const char* unknown_object = "org.freedesktop.DBus.Error.UnknownObject";
inline constexpr const char* unknown_property = "org.freedesktop.DBus.Error.UnknownProperty";
} // namespace protocol_error

/// One method call that waits for its answer, maybe for long. Copies mean the same call.
///
/// It is answered exactly once: by the first reply() or fail(), else, when the
/// last copy ends, with Failed, so that no caller is left waiting.
class Call {
public:
    /// Shares `message`, whose memory will be overwritten when it is freed: it may hold a password.
    /// `api` is the library's own table (see Connection).
    Call(sd_bus_message* message, sdbus::internal::ISdBus* api);

    const std::string& sender() const;
    const std::string& path() const;
    const std::string& interface() const;
    const std::string& member() const;
    /// Of all arguments, e.g. `sa{sv}`.
    std::string_view signature() const;
    /// The caller agrees to wait while the user is asked.
    bool allows_interaction() const;

    /// What to read the arguments from, in their order.
    sdbus::Message& arguments() const;
    /// The same message, for what must not be copied on the way (see Dictionary).
    sd_bus_message* raw() const;

    template <typename... Values>
    void reply(const Values&... values) const
    {
        auto answer = new_reply();
        (void)(answer << ... << values);
        send(answer);
    }
    void reply() const;
    void fail(const base::Error& error) const;
    /// `name`: a D-Bus error name.
    void fail(std::string_view name, const std::string& message) const;
    /// For use in a catch block: answers what was caught, and logs it when it is a failure
    /// or a bug rather than the caller's mistake.
    void fail_with_current_exception() const noexcept;

    /// `held` lives until the call is answered.
    void hold(std::shared_ptr<void> held) const;

private:
    struct State;
    sdbus::MethodReply new_reply() const;
    void send(const sdbus::MethodReply& answer) const;

    std::shared_ptr<State> state_;
};

/// Runs `work` for `call`. The one guard: whatever `work` throws becomes the call's
/// answer, because an exception must not pass through sd-bus, which is C.
template <class Work>
void guarded(const Call& call, Work&& work) noexcept
{
    try {
        work();
    } catch (...) {
        call.fail_with_current_exception();
    }
}

} // namespace bus
