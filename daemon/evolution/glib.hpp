#pragma once

#include <libedataserver/libedataserver.h>

#include <memory>
#include <stdexcept>
#include <string>

/// What GLib and Evolution Data Server hand out, owned. For syncd-eds alone.
namespace evolution {

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};
template <class Type>
using Object = std::unique_ptr<Type, Unref>;

struct Free {
    void operator()(void* memory) const { g_free(memory); }
};
using Text = std::unique_ptr<char, Free>;

inline std::string to_string(const char* text)
{
    return text == nullptr ? std::string() : std::string(text);
}

/// The server, or the way to it, has failed.
class Failure : public std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// The server does not take this item.
class Refusal : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Takes the error of one call.
class Error {
public:
    Error() = default;
    ~Error() { g_clear_error(&error_); }
    Error(const Error&) = delete;
    Error& operator=(const Error&) = delete;

    GError** out() { return &error_; }
    bool is(GQuark domain, int code) const { return g_error_matches(error_, domain, code); }
    [[noreturn]] void raise(const char* what) const
    {
        const auto text = std::string(what) + ": " + (error_ == nullptr ? "no reason is given" : error_->message);
        if (is(E_CLIENT_ERROR, E_CLIENT_ERROR_INVALID_ARG) || is(E_CLIENT_ERROR, E_CLIENT_ERROR_NOT_SUPPORTED) ||
            is(E_CLIENT_ERROR, E_CLIENT_ERROR_PERMISSION_DENIED))
            throw Refusal(text);
        throw Failure(text);
    }

private:
    GError* error_ = nullptr;
};

} // namespace evolution
