#include "transport/waiter.hpp"

#include <glib-unix.h>

namespace transport {

namespace {

// GLib has no source that only waits for its ready time; its timeouts cannot be moved.
GSource* create_timer()
{
    static GSourceFuncs functions{
        nullptr, nullptr, [](GSource*, GSourceFunc callback, gpointer data) { return callback(data); },
        nullptr, nullptr, nullptr};
    return g_source_new(&functions, sizeof(GSource));
}

} // namespace

Waiter::Waiter()
    : context_(g_main_context_new()), bell_source_(g_unix_fd_source_new(bell_.fd(), G_IO_IN)), timer_(create_timer()),
      cancellable_(g_cancellable_new())
{
    static_assert(std::atomic<bool>::is_always_lock_free, "for the signal handler");
    g_source_set_callback(bell_source_.get(), G_SOURCE_FUNC(+[](gint, GIOCondition, gpointer self) -> gboolean {
                              static_cast<Waiter*>(self)->cancel();
                              return G_SOURCE_REMOVE;
                          }),
                          this, nullptr);
    g_source_attach(bell_source_.get(), context_.get());
    g_source_set_callback(
        timer_.get(),
        [](gpointer self) -> gboolean {
            auto& waiter = *static_cast<Waiter*>(self);
            waiter.timed_out_ = true;
            waiter.cancel_at(-1);
            waiter.cancel();
            return G_SOURCE_CONTINUE;
        },
        this, nullptr);
    g_source_attach(timer_.get(), context_.get());
}

void Waiter::begin()
{
    cancellable_.reset(g_cancellable_new());
    timed_out_ = false;
}

void Waiter::settle()
{
    while (g_main_context_iteration(context_.get(), FALSE) != 0) {
    }
}

void Waiter::interrupt() noexcept
{
    interrupted_ = true;
    bell_.ring();
}

} // namespace transport
