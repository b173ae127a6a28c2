#include "connection.hpp"

#include "message.hpp"

#include "org.syncd1.Manager.proxy.hpp"

#include <limits>

namespace syncd {
namespace {

const std::string bus_name = "org.freedesktop.DBus";
const std::string manager_interface = org::syncd1::Manager_proxy::INTERFACE_NAME;

std::unique_ptr<sdbus::IConnection> connect(Bus bus)
{
    try {
        return bus == Bus::System ? sdbus::createSystemBusConnection() : sdbus::createSessionBusConnection();
    } catch (const sdbus::Error& error) {
        throw Error("org.freedesktop.DBus.Error.NoServer", std::string("cannot connect to the ") +
                                                               (bus == Bus::System ? "system" : "session") +
                                                               " bus: " + error.getMessage());
    }
}

} // namespace

Connection::Connection(const ClientOptions& options, Gone gone)
    : options_(options), gone_(std::move(gone)), bus_(connect(options.bus))
{
    translate([&] {
        caller_ = sdbus::createProxy(*bus_, service_name, manager_path);
        // Subscribed before asked, so that no change falls between.
        owner_changes_ = bus_->addMatch("type='signal',sender='" + bus_name + "',interface='" + bus_name +
                                            "',member='NameOwnerChanged',arg0='" + service_name + "'",
                                        [this](sdbus::Message& signal) {
                                            guard([&] {
                                                std::string name, before, after;
                                                signal >> name >> before >> after;
                                                if (signal.getSender() == bus_name)
                                                    change_owner(before, after);
                                            });
                                        });
        const auto bus = sdbus::createProxy(*bus_, bus_name, "/org/freedesktop/DBus");
        try {
            bus->callMethod("GetNameOwner").onInterface(bus_name).withArguments(service_name).storeResultsTo(owner_);
        } catch (const sdbus::Error& error) {
            if (error.getName() != "org.freedesktop.DBus.Error.NameHasNoOwner")
                throw;
        }
    });
    refresh();
}

sdbus::MethodCall Connection::create_message(const std::string& path, const std::string& interface,
                                             const std::string& method)
{
    sdbus::MethodCall message =
        path == manager_path ? caller_->createMethodCall(interface, method)
                             : sdbus::createProxy(*bus_, service_name, path)->createMethodCall(interface, method);
    if (options_.allow_interactive_authorization)
        allow_interactive_authorization(message);
    return message;
}

std::uint64_t Connection::timeout(Wait wait) const
{
    if (wait == Wait::UntilAnswer || options_.allow_interactive_authorization)
        return std::numeric_limits<std::uint64_t>::max();
    return static_cast<std::uint64_t>(options_.timeout.count());
}

sdbus::MethodReply Connection::send_and_wait(sdbus::MethodCall& message, Wait wait)
{
    // Signals that come meanwhile are queued, whatever becomes of the call.
    struct Refresh {
        Connection& connection;
        ~Refresh() { connection.refresh(); }
    } after{*this};
    return caller_->callMethod(message, timeout(wait));
}

void Connection::send_async(sdbus::MethodCall& message, Wait wait, Answer answer)
{
    translate([&] {
        caller_->callMethod(
            message,
            [this, answer = std::move(answer)](sdbus::MethodReply& reply, const sdbus::Error* error) {
                guard([&] { answer(reply, error ? std::optional(from_bus(*error)) : std::nullopt); });
            },
            timeout(wait));
    });
    refresh();
}

void Connection::subscribe()
{
    run(create_get<std::string>(manager_path, manager_interface, "Version"));
    subscribed_ = true;
}

void Connection::change_owner(const std::string& before, const std::string& after)
{
    if (before != owner_) // already known from GetNameOwner
        return;
    owner_ = after;
    if (!before.empty())
        gone_(before, Error("org.freedesktop.DBus.Error.NoReply", "the synchronization service went away"));
    if (!after.empty() && subscribed_)
        send<std::string>(create_get<std::string>(manager_path, manager_interface, "Version"),
                          [](const std::optional<Error>&, const std::string&) {});
}

void Connection::handle_signal(const sdbus::IProxy& proxy, const std::function<void()>& handler) noexcept
{
    guard([&] {
        // sd-bus cannot tell whether a sender owns a well-known name, and lets everybody's signals
        // through to a match on one.
        const sdbus::Message* signal = proxy.getCurrentlyProcessedMessage();
        if (signal && signal->getSender() == owner_)
            handler();
    });
}

void Connection::guard(const std::function<void()>& callback) noexcept
{
    try {
        callback();
    } catch (...) {
        if (!thrown_) // one at a time; the first tells most
            thrown_ = std::current_exception();
    }
}

void Connection::refresh() noexcept
{
    guard([&] {
        try {
            readiness_.update(bus_->getEventLoopPollData());
        } catch (const sdbus::Error&) {
            // The bus is gone; process() says so.
        }
    });
}

void Connection::process()
{
    try {
        while (!thrown_ && bus_->processPendingRequest()) {
        }
    } catch (const sdbus::Error& error) {
        const Error gone("org.freedesktop.DBus.Error.Disconnected",
                         "the connection to the bus broke: " + error.getMessage());
        gone_({}, gone);
        throw gone;
    }
    refresh();
    if (thrown_)
        std::rethrow_exception(std::exchange(thrown_, nullptr));
}

Error Connection::from_bus(const sdbus::Error& error)
{
    const Error translated(error.getName(), error.getMessage());
    if (translated.kind() != ErrorKind::NoService)
        return translated;
    return Error(error.getName(), "the synchronization service does not answer: " + error.getMessage());
}

} // namespace syncd
