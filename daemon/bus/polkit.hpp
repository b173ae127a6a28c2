#pragma once

#include "bus/authorizer.hpp"

#include <sdbus-c++/sdbus-c++.h>

#include <memory>

namespace bus {

/// polkit, asked over our own connection about the caller's unique name, which unlike a
/// process id cannot be taken over.
class Polkit : public Authority {
public:
    explicit Polkit(sdbus::IConnection& connection);
    void check(const std::string& sender, std::string_view action, bool may_ask_user,
               std::function<void(Verdict)> decided) override;

private:
    std::unique_ptr<sdbus::IProxy> proxy_; ///< its pending calls end with it
};

} // namespace bus
