#pragma once

#include <gio/gio.h>

#include <memory>

/// GLib's reference-counted things as owning types.
namespace transport {

struct Unref {
    void operator()(gpointer object) const noexcept { g_object_unref(object); }
    void operator()(GMainContext* context) const noexcept { g_main_context_unref(context); }
    void operator()(GUri* uri) const noexcept { g_uri_unref(uri); }
    void operator()(GDateTime* time) const noexcept { g_date_time_unref(time); }
    void operator()(GBytes* bytes) const noexcept { g_bytes_unref(bytes); }
    void operator()(GError* error) const noexcept { g_error_free(error); }
    void operator()(char* text) const noexcept { g_free(text); }
    void operator()(GSource* source) const noexcept
    {
        g_source_destroy(source);
        g_source_unref(source);
    }
};

template <class T>
using Owned = std::unique_ptr<T, Unref>;

/// Makes a main context the one that asynchronous calls of this thread report to.
class ContextScope {
public:
    explicit ContextScope(GMainContext* context) : context_(context) { g_main_context_push_thread_default(context_); }
    ~ContextScope() { g_main_context_pop_thread_default(context_); }
    ContextScope(const ContextScope&) = delete;
    ContextScope& operator=(const ContextScope&) = delete;

private:
    GMainContext* context_;
};

} // namespace transport
