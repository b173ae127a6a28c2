#pragma once

#include "base/log.hpp"
#include "manager/manager.hpp"

#include <exception>

namespace manager {

/// The one who hears of it, if there is one. What they throw is logged: a session's
/// end must not depend on its being told.
class Announcer {
public:
    void set(Observer* observer) { observer_ = observer; }

    template <class... Parameters, class... Arguments>
    void tell(void (Observer::*what)(Parameters...), Arguments&&... arguments) const
    {
        if (observer_ == nullptr)
            return;
        try {
            (observer_->*what)(std::forward<Arguments>(arguments)...);
        } catch (const std::exception& error) {
            spdlog::error("an announcement failed: {}", error.what());
        }
    }

private:
    Observer* observer_ = nullptr;
};

} // namespace manager
