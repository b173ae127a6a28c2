#include "bus/connection.hpp"

#include "base/log.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <system_error>
#include <utility>

namespace bus {
namespace {

constexpr const char* bus_daemon_name = "org.freedesktop.DBus";
/// Who tells that the connection broke: our own side of it.
constexpr const char* local_name = "org.freedesktop.DBus.Local";
constexpr const char* bus_daemon_path = "/org/freedesktop/DBus";

/// sdbus-c++ keeps the sd-bus object and its table of functions to itself, but every
/// message carries both, in members meant for derived classes.
class Carrier : public sdbus::MethodCall {
public:
    explicit Carrier(const sdbus::MethodCall& call) : sdbus::MethodCall(call) {}
    sd_bus* bus() const { return sd_bus_message_get_bus(static_cast<sd_bus_message*>(msg_)); }
    sdbus::internal::ISdBus* api() const { return sdbus_; }
};

/// Whether `message` really comes from `sender`. Anybody can send us a signal with the names of
/// another's, and sd-bus lets it pass where a rule asks for a well-known name; the sender is what the bus daemon
/// itself puts in.
bool is_from(sd_bus_message* message, std::string_view sender)
{
    const char* actual = sd_bus_message_get_sender(message);
    return actual && actual == sender;
}

void check(int result, const char* what)
{
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), what);
}

} // namespace

base::Result<std::unique_ptr<Connection>> Connection::open(Scope scope)
{
    try {
        return std::unique_ptr<Connection>(new Connection(
            scope == Scope::System ? sdbus::createSystemBusConnection() : sdbus::createSessionBusConnection()));
    } catch (const std::exception& error) {
        return base::fail(base::Errc::Failed, fmt::format("cannot reach the {} bus: {}",
                                                          scope == Scope::System ? "system" : "session", error.what()));
    }
}

Connection::Connection(std::unique_ptr<sdbus::IConnection> library)
    : library_(std::move(library)), bus_daemon_(sdbus::createProxy(*library_, bus_daemon_name, bus_daemon_path))
{
    const Carrier carrier(bus_daemon_->createMethodCall(bus_daemon_name, "GetId"));
    bus_ = carrier.bus();
    api_ = carrier.api();
    sd_bus_slot* slot = nullptr;
    check(sd_bus_add_filter(bus_, &slot, &Connection::on_message, this), "sd_bus_add_filter");
    filter_.reset(slot);
}

Connection::~Connection()
{
    sd_bus_detach_event(bus_);
}

void Connection::attach(sd_event* event)
{
    check(sd_bus_attach_event(bus_, event, 0), "sd_bus_attach_event");
}

base::Result<void> Connection::acquire_name()
{
    const int result = sd_bus_request_name(bus_, service_name, 0);
    if (result >= 0)
        return {};
    if (result == -EEXIST)
        return base::fail(base::Errc::Failed,
                          fmt::format("another process owns the name {}: is syncd running already?", service_name));
    if (result == -EACCES || result == -EPERM)
        return base::fail(base::Errc::AccessDenied,
                          fmt::format("the policy of the bus does not let this user own {}: run as the user that "
                                      "{}.conf names, or use --user",
                                      service_name, service_name));
    return base::fail(base::Errc::Failed, fmt::format("cannot own the name {}: {}", service_name,
                                                      std::generic_category().message(-result)));
}

void Connection::release_name() noexcept
{
    // Asynchronously: the bus daemon may be the reason that we stop.
    sd_bus_release_name_async(bus_, nullptr, service_name, nullptr, nullptr);
}

void Connection::on_call(std::function<void(Call)> on_call)
{
    on_call_ = std::move(on_call);
}

void Connection::on_disconnect(std::function<void()> on_disconnect)
{
    on_disconnect_ = std::move(on_disconnect);
}

int Connection::on_message(sd_bus_message* message, void* self_, sd_bus_error*) noexcept
{
    auto& self = *static_cast<Connection*>(self_);
    try {
        if (sd_bus_message_is_signal(message, local_name, "Disconnected") > 0 && is_from(message, local_name)) {
            if (self.on_disconnect_)
                self.on_disconnect_();
            return 0;
        }
        std::uint8_t type = 0;
        sd_bus_message_get_type(message, &type);
        if (type != SD_BUS_MESSAGE_METHOD_CALL || !self.on_call_ || !sd_bus_message_get_sender(message))
            return 0;
        // Ping and GetMachineId say nothing about anyone; sd-bus answers them.
        if (sd_bus_message_is_method_call(message, "org.freedesktop.DBus.Peer", nullptr) > 0)
            return 0;
        self.on_call_(Call(message, self.api_));
    } catch (const std::exception& error) {
        spdlog::error("a message was dropped: {}", error.what());
    }
    return 1;
}

sdbus::Signal Connection::create_signal(const std::string& path, const std::string& interface,
                                        const std::string& member)
{
    return sdbus::createObject(*library_, path)->createSignal(interface, member);
}

void Connection::find_uid(const std::string& name, std::function<void(std::optional<manager::Uid>)> found)
{
    bus_daemon_->callMethodAsync("GetConnectionUnixUser")
        .onInterface(bus_daemon_name)
        .withArguments(name)
        .uponReplyInvoke([found = std::move(found)](const sdbus::Error* error, std::uint32_t uid) {
            found(error ? std::nullopt : std::optional<manager::Uid>(uid));
        });
}

void Connection::watch(std::function<void(std::string_view name)> gone)
{
    on_gone_ = std::move(gone);
    sd_bus_slot* slot = nullptr;
    check(sd_bus_add_match_async(bus_, &slot,
                                 "type='signal',sender='org.freedesktop.DBus',path='/org/freedesktop/DBus',"
                                 "interface='org.freedesktop.DBus',member='NameOwnerChanged',arg2=''",
                                 &Connection::on_name_owner_changed, nullptr, this),
          "sd_bus_add_match_async");
    watch_.reset(slot);
}

void Connection::unwatch()
{
    watch_.reset();
    on_gone_ = nullptr;
}

int Connection::on_name_owner_changed(sd_bus_message* message, void* self_, sd_bus_error*) noexcept
{
    auto& self = *static_cast<Connection*>(self_);
    try {
        const char* name = nullptr;
        if (is_from(message, bus_daemon_name) && sd_bus_message_read(message, "s", &name) > 0 && self.on_gone_) {
            const auto gone = self.on_gone_; // it may unwatch()
            gone(name);
        }
    } catch (const std::exception& error) {
        spdlog::error("a connection that left the bus was missed: {}", error.what());
    }
    return 0;
}

} // namespace bus
