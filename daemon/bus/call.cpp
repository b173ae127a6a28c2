#include "bus/call.hpp"

#include "base/log.hpp"

#include <new>
#include <stdexcept>
#include <utility>
#include <vector>

namespace bus {
namespace {

/// A method call made from what a filter of sd-bus is given. The library itself makes
/// such objects only for objects registered with it.
class FilteredCall : public sdbus::MethodCall {
public:
    FilteredCall(sd_bus_message* message, sdbus::internal::ISdBus* api) : sdbus::MethodCall(message, api) {}
    sd_bus_message* raw() const { return static_cast<sd_bus_message*>(msg_); }
};

} // namespace

struct Call::State {
    State(sd_bus_message* message_, sdbus::internal::ISdBus* api) : message(message_, api) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State();

    FilteredCall message;
    std::string sender, path, interface, member;
    bool answered = false;
    std::vector<std::shared_ptr<void>> held;
};

Call::State::~State()
{
    if (answered)
        return;
    try {
        const sdbus::Error error(std::string(base::dbus_name(base::Errc::Failed)), "the service is stopping");
        message.createErrorReply(error).send();
    } catch (const std::exception& error) {
        spdlog::debug("no answer to {}: {}", sender, error.what());
    }
}

Call::Call(sd_bus_message* message, sdbus::internal::ISdBus* api) : state_(std::make_shared<State>(message, api))
{
    sd_bus_message_sensitive(message);
    const auto text = [](const char* value) { return std::string(value ? value : ""); };
    state_->sender = text(sd_bus_message_get_sender(message));
    state_->path = text(sd_bus_message_get_path(message));
    state_->interface = text(sd_bus_message_get_interface(message));
    state_->member = text(sd_bus_message_get_member(message));
}

const std::string& Call::sender() const
{
    return state_->sender;
}
const std::string& Call::path() const
{
    return state_->path;
}
const std::string& Call::interface() const
{
    return state_->interface;
}
const std::string& Call::member() const
{
    return state_->member;
}

std::string_view Call::signature() const
{
    const char* signature = sd_bus_message_get_signature(state_->message.raw(), 1);
    return signature ? signature : "";
}

bool Call::allows_interaction() const
{
    return sd_bus_message_get_allow_interactive_authorization(state_->message.raw()) > 0;
}

sdbus::Message& Call::arguments() const
{
    return state_->message;
}
sd_bus_message* Call::raw() const
{
    return state_->message.raw();
}

void Call::hold(std::shared_ptr<void> held) const
{
    state_->held.push_back(std::move(held));
}

sdbus::MethodReply Call::new_reply() const
{
    return state_->message.createReply();
}

void Call::reply() const
{
    send(new_reply());
}

void Call::send(const sdbus::MethodReply& answer) const
{
    if (std::exchange(state_->answered, true))
        return;
    state_->held.clear();
    answer.send();
}

void Call::fail(const base::Error& error) const
{
    fail(base::dbus_name(error.code), error.message);
}

void Call::fail(std::string_view name, const std::string& message) const
{
    send(state_->message.createErrorReply(sdbus::Error(std::string(name), message)));
}

void Call::fail_with_current_exception() const noexcept
{
    using base::Errc;
    const auto answer = [this](std::string_view name, const std::string& message) noexcept {
        try {
            fail(name, message);
        } catch (const std::exception& error) {
            // Out of memory, or the connection is gone; the caller sees its time-out.
            spdlog::error("{}.{}: no answer could be sent: {}", interface(), member(), error.what());
        }
    };
    try {
        throw;
    } catch (const sdbus::Error& error) {
        answer(error.getName(), error.getMessage());
    } catch (const std::bad_alloc&) {
        spdlog::error("{}.{}: out of memory", interface(), member());
        answer(base::dbus_name(Errc::Failed), "out of memory");
    } catch (const std::runtime_error& error) {
        // The rooms below throw for one reason only: a file or database failed them.
        spdlog::error("{}.{}: {}", interface(), member(), error.what());
        answer(base::dbus_name(Errc::Storage), error.what());
    } catch (const std::exception& error) {
        spdlog::critical("{}.{}: bug: {}", interface(), member(), error.what());
        answer(base::dbus_name(Errc::Failed), "internal error; the log of the service says more");
    } catch (...) {
        spdlog::critical("{}.{}: bug: an exception of unknown type", interface(), member());
        answer(base::dbus_name(Errc::Failed), "internal error; the log of the service says more");
    }
}

} // namespace bus
