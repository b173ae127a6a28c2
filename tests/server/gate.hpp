#pragma once

#include "syncml/message.hpp"

#include <functional>
#include <list>
#include <utility>
#include <vector>

namespace testserver {

/// Holds a client's message at one exact point until it is let go, so that a test can
/// do something at that moment.
class Gate {
public:
    /// Before the message is processed, or after that and before it is answered.
    enum class Point { Before, After };
    struct Hold {
        syncml::MsgId message = 0; ///< 0: the next one
        Point point = Point::Before;
    };
    /// Goes on with the message, or drops its connection.
    using GoOn = std::function<void(bool drop)>;

    void arm(const Hold& hold) { armed_.push_back(hold); }

    /// A message has come to a point: goes on at once, or is held.
    void pass(syncml::MsgId message, Point point, GoOn go_on)
    {
        for (auto hold = armed_.begin(); hold != armed_.end(); ++hold) {
            if (hold->point != point || (hold->message != 0 && hold->message != message))
                continue;
            armed_.erase(hold);
            held_.push_back(std::move(go_on));
            for (auto& watcher : std::exchange(watchers_, {}))
                watcher();
            return;
        }
        go_on(false);
    }
    /// Calls `then` as soon as a message is held.
    void when_held(std::function<void()> then)
    {
        if (held_.empty())
            watchers_.push_back(std::move(then));
        else
            then();
    }
    /// Lets every held message go and forgets what was armed.
    void release(bool drop)
    {
        armed_.clear();
        for (auto& go_on : std::exchange(held_, {}))
            go_on(drop);
    }

private:
    std::list<Hold> armed_;
    std::list<GoOn> held_;
    std::vector<std::function<void()>> watchers_;
};

} // namespace testserver
