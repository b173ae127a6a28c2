#pragma once

#include "call.hpp"
#include "readiness.hpp"

#include <syncd/client.hpp>

#include <sdbus-c++/sdbus-c++.h>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace syncd {

/// `done`'s type for an answer T.
template <class T>
struct ReplyOf {
    using type = Reply<T>;
};
template <>
struct ReplyOf<void> {
    using type = Done;
};

/// The bus, and the service's place on it: sends calls, tells when the service comes and goes,
/// and keeps exceptions out of the C code below sdbus-c++.
class Connection {
public:
    /// `gone`: called from process() when an owner of the service's name, or the whole bus, has gone
    /// away; `owner` is its unique name, or empty for the bus.
    using Gone = std::function<void(const std::string& owner, const Error& error)>;

    Connection(const ClientOptions& options, Gone gone);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    sdbus::IConnection& bus() noexcept { return *bus_; }

    /// A call of the service; `write` appends its arguments to the message. Throws Error.
    template <class T, class Write>
    Call<T> create(const std::string& path, const std::string& interface, const std::string& method, Write write,
                   std::function<T(sdbus::MethodReply&)> parse, Wait wait = Wait::Briefly)
    {
        return translate([&] {
            Call<T> call{create_message(path, interface, method), std::move(parse), wait};
            write(call.message);
            return call;
        });
    }
    /// The call that reads one property.
    template <class T>
    Call<T> create_get(const std::string& path, const std::string& interface, const std::string& property)
    {
        return create<T>(
            path, properties_interface, "Get", [&](sdbus::MethodCall& message) { message << interface << property; },
            [](sdbus::MethodReply& reply) { return parse_value<sdbus::Variant>(reply).template get<T>(); });
    }

    /// Sends a call and waits for its answer. Throws Error.
    template <class T>
    T run(Call<T> call)
    {
        return translate([&] {
            sdbus::MethodReply reply = send_and_wait(call.message, call.wait);
            return call.parse(reply);
        });
    }

    /// Sends a call; `done` is called from process(). Throws Error when it cannot be sent.
    template <class T>
    void send(Call<T> call, typename ReplyOf<T>::type done)
    {
        send_async(call.message, call.wait,
                   [parse = std::move(call.parse), done = std::move(done)](sdbus::MethodReply& reply,
                                                                           std::optional<Error> error) {
                       answer<T>(parse, done, reply, std::move(error));
                   });
    }

    /// Makes the service send its signals to this connection, which it does for those that have called it,
    /// now and whenever it comes back.
    void subscribe();

    /// Runs a handler of a signal: not when the signal is another's than the service's,
    /// and without letting an exception out; process() throws it then.
    void handle_signal(const sdbus::IProxy& proxy, const std::function<void()>& handler) noexcept;

    /// Runs code of the application: an exception that it lets out leaves process().
    void guard(const std::function<void()>& callback) noexcept;

    /// Runs `function`; what sdbus-c++ throws becomes Error.
    template <class Function>
    static auto translate(Function function) -> decltype(function())
    {
        try {
            return function();
        } catch (const sdbus::Error& error) {
            throw from_bus(error);
        }
    }

    int fd() const noexcept { return readiness_.fd(); }
    void process();

private:
    using Answer = std::function<void(sdbus::MethodReply& reply, std::optional<Error> error)>;

    static Error from_bus(const sdbus::Error& error);

    template <class T>
    static void answer(const std::function<T(sdbus::MethodReply&)>& parse, const typename ReplyOf<T>::type& done,
                       sdbus::MethodReply& reply, std::optional<Error> error);

    sdbus::MethodReply send_and_wait(sdbus::MethodCall& message, Wait wait);
    void send_async(sdbus::MethodCall& message, Wait wait, Answer answer);
    sdbus::MethodCall create_message(const std::string& path, const std::string& interface, const std::string& method);
    std::uint64_t timeout(Wait wait) const;
    void change_owner(const std::string& before, const std::string& after);
    void refresh() noexcept;

    ClientOptions options_;
    Gone gone_;
    std::unique_ptr<sdbus::IConnection> bus_;
    Readiness readiness_;
    std::unique_ptr<sdbus::IProxy> caller_; ///< sends every call; the pending ones end with it
    std::string owner_;                     ///< the service's unique name; empty while it is not there
    bool subscribed_ = false;
    std::exception_ptr thrown_; ///< by a callback, on its way to process()
    sdbus::Slot owner_changes_;
};

template <class T>
void Connection::answer(const std::function<T(sdbus::MethodReply&)>& parse, const typename ReplyOf<T>::type& done,
                        sdbus::MethodReply& reply, std::optional<Error> error)
{
    if constexpr (std::is_void_v<T>) {
        done(std::move(error));
    } else {
        T value{};
        if (!error) {
            try {
                value = parse(reply);
            } catch (const sdbus::Error& unreadable) {
                error = from_bus(unreadable);
            }
        }
        done(std::move(error), std::move(value));
    }
}

} // namespace syncd
