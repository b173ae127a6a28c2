#pragma once

#include "control.hpp"
#include "desk.hpp"
#include "gate.hpp"

#include <libsoup/soup.h>

#include <memory>
#include <string>

namespace testserver {

/// The HTTP side: `/sync` for clients, `/_control/…` for tests. Loopback only, one
/// thread, the default main context.
class Front {
public:
    /// `trace`: every document goes to standard error, too.
    Front(Desk& desk, Control& control, Gate& gate, Faults& faults, Journal& journal, bool trace);
    ~Front();
    Front(const Front&) = delete;
    Front& operator=(const Front&) = delete;

    /// Begins to listen; port 0: any free one; `ipv6`: on ::1, not on 127.0.0.1. With a certificate: HTTPS. The
    /// address of `/sync`; throws std::runtime_error.
    std::string listen(unsigned port, bool ipv6, const std::string& tls_certificate, const std::string& tls_key);

private:
    struct Request;
    static void on_sync(SoupServer* server, SoupServerMessage* message, const char* path, GHashTable* query,
                        gpointer self);
    static void on_control(SoupServer* server, SoupServerMessage* message, const char* path, GHashTable* query,
                           gpointer self);
    void receive(const std::shared_ptr<Request>& request);
    bool misbehave(const std::shared_ptr<Request>& request);
    void process(const std::shared_ptr<Request>& request);

    Desk& desk_;
    Control& control_;
    Gate& gate_;
    Faults& faults_;
    Journal& journal_;
    const bool trace_;
    std::unique_ptr<SoupServer, decltype(&g_object_unref)> server_;
    std::string origin_; ///< `http://127.0.0.1:PORT`
    std::vector<std::shared_ptr<Request>> hanging_;
};

} // namespace testserver
