#pragma once

#include "transport/bell.hpp"
#include "transport/glib.hpp"

#include <atomic>

namespace transport {

/// Carries out GIO's asynchronous calls one after the other, in a main context of its own: the calling thread waits
/// until a call has ended, which it does early when a time has come or somebody interrupts.
class Waiter {
public:
    Waiter();

    GMainContext* context() const { return context_.get(); }
    /// Of the calls to come; made anew by `begin`.
    GCancellable* cancellable() const { return cancellable_.get(); }

    /// Forgets that the calls before were cancelled.
    void begin();
    /// Cancels the running call at `when` (monotonic, in microseconds); replaces the time before.
    void cancel_at(gint64 when) { g_source_set_ready_time(timer_.get(), when); }
    void cancel() { g_cancellable_cancel(cancellable_.get()); }

    /// `start` is given the callback and its data to begin the call with.
    Owned<GAsyncResult> wait_for(auto start)
    {
        GAsyncResult* result = nullptr;
        start([](GObject*, GAsyncResult* ready,
                 gpointer place) { *static_cast<GAsyncResult**>(place) = G_ASYNC_RESULT(g_object_ref(ready)); },
              &result);
        while (result == nullptr)
            g_main_context_iteration(context_.get(), TRUE);
        return Owned<GAsyncResult>(result);
    }

    /// Lets what is due happen, and waits for nothing.
    void settle();

    /// Async-signal-safe: cancels the running call, and every later one.
    void interrupt() noexcept;
    bool interrupted() const { return interrupted_; }
    /// The time given to `cancel_at` has come.
    bool timed_out() const { return timed_out_; }

private:
    Bell bell_;
    std::atomic<bool> interrupted_{false};
    Owned<GMainContext> context_;
    Owned<GSource> bell_source_;
    Owned<GSource> timer_;
    Owned<GCancellable> cancellable_;
    bool timed_out_ = false;
};

} // namespace transport
