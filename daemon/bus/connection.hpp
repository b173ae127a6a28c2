#pragma once

#include "base/result.hpp"
#include "bus/call.hpp"
#include "bus/driver.hpp"
#include "bus/scope.hpp"
#include "bus/slot.hpp"

#include <functional>
#include <memory>
#include <string>

struct sd_event;

namespace bus {

inline constexpr const char* service_name = "org.syncd1";

/// The program's only connection to the bus: sdbus-c++'s, with the sd-bus object below
/// it for what that library does not offer (see docs/decisions/0003).
class Connection : public Driver {
public:
    /// Opens the bus of `scope`. Blocks, like acquire_name(): for start-up only.
    static base::Result<std::unique_ptr<Connection>> open(Scope scope);
    ~Connection() override;

    /// Lets `event` drive the connection as long as both exist.
    void attach(sd_event* event);
    /// Error: Failed when another process owns the name, AccessDenied when the bus's policy
    /// does not let us.
    base::Result<void> acquire_name();
    void release_name() noexcept;

    /// `on_call` is given every method call but those of org.freedesktop.DBus.Peer.
    void on_call(std::function<void(Call)> on_call);
    /// The bus daemon went away.
    void on_disconnect(std::function<void()> on_disconnect);

    sdbus::IConnection& library() { return *library_; }
    sdbus::Signal create_signal(const std::string& path, const std::string& interface, const std::string& member);

    void find_uid(const std::string& name, std::function<void(std::optional<manager::Uid>)> found) override;
    void watch(std::function<void(std::string_view name)> gone) override;
    void unwatch() override;

private:
    explicit Connection(std::unique_ptr<sdbus::IConnection> library);
    static int on_message(sd_bus_message* message, void* self, sd_bus_error*) noexcept;
    static int on_name_owner_changed(sd_bus_message* message, void* self, sd_bus_error*) noexcept;

    std::unique_ptr<sdbus::IConnection> library_;
    std::unique_ptr<sdbus::IProxy> bus_daemon_;
    sd_bus* bus_ = nullptr;
    sdbus::internal::ISdBus* api_ = nullptr;
    std::function<void(Call)> on_call_;
    std::function<void()> on_disconnect_;
    std::function<void(std::string_view)> on_gone_;
    Slot filter_;
    Slot watch_;
};

} // namespace bus
