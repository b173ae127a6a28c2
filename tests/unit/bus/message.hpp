#pragma once

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <systemd/sd-bus.h>

#include <memory>

/// A message that never travels, with the given contents (sd_bus_message_append), ready to be read.
class ReadableMessage {
public:
    template <typename... Values>
    explicit ReadableMessage(const char* types, Values... values)
    {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        sd_bus* bus = nullptr;
        REQUIRE(sd_bus_new(&bus) >= 0);
        REQUIRE(sd_bus_set_fd(bus, ends[0], ends[0]) >= 0);
        REQUIRE(sd_bus_start(bus) >= 0);
        sd_bus_message* message = nullptr;
        REQUIRE(sd_bus_message_new_method_call(bus, &message, nullptr, "/", "a.b", "C") >= 0);
        message_.reset(message);
        REQUIRE(sd_bus_message_append(message, types, values...) >= 0);
        REQUIRE(sd_bus_message_seal(message, 1, 0) >= 0);
        REQUIRE(sd_bus_message_rewind(message, 1) >= 0);
        sd_bus_unref(bus);
        ::close(ends[1]);
    }
    sd_bus_message* raw() const { return message_.get(); }

private:
    struct Unref {
        void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
    };
    std::unique_ptr<sd_bus_message, Unref> message_;
};
