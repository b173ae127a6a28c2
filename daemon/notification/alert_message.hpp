#pragma once

#include "notification/notification.hpp"
#include "syncml/message.hpp"

namespace notification {

/// Reads the form of DS 1.0 and 1.1: a message with Alerts, whose credentials the caller checks.
/// Refusals: Version, NothingToSync.
tl::expected<Notification, Refusal> read_alerts(const syncml::Message& message);

} // namespace notification
