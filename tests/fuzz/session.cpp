// The engine, fed with the messages of a server that says what it likes (session_script.hpp).
#include "codec/codec.hpp"
#include "session/engine.hpp"
#include "session_script.hpp"
#include "session_watch.hpp"
#include "target.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace {

using fuzz::require;
using fuzz::SessionScript;
using fuzz::SessionWatch;

/// A device around an engine: answers questions as a datastore would, and the network is the script.
class Device {
public:
    explicit Device(std::string_view text) : script_(text), watch_(script_), engine_(script_.setup())
    {
        read_.resize(script_.changes().size());
        for (const auto& changes : script_.changes())
            for (const auto& change : changes)
                longest_ += 2 + change.data.size();
    }

    void run()
    {
        auto effects = engine_.start();
        watch_.on(effects);
        while (!engine_.finished()) {
            auto event = std::visit([this](auto& question) { return answer(question); }, effects.back());
            effects = engine_.step(std::move(event));
            watch_.on(effects);
        }
        watch_.at_end(engine_.statistics());
    }

private:
    bool fails(session::ServiceIndex service, char letter) const
    {
        return script_.failures()[service].find(letter) != std::string::npos;
    }
    session::Event broke(session::ServiceIndex service)
    {
        watch_.on_broken(service);
        return session::Broke{{base::Errc::Local, "the disk is full"}, service};
    }

    session::Event answer(const session::Prepare& question)
    {
        if (fails(question.service, 'P'))
            return broke(question.service);
        return session::Prepared{script_.changes()[question.service].size()};
    }

    session::Event answer(const session::ReadChanges& question)
    {
        if (fails(question.service, 'R'))
            return broke(question.service);
        const auto& all = script_.changes()[question.service];
        auto& read = read_[question.service];
        session::Changes changes;
        for (std::size_t octets = 0; read < all.size() && (changes.changes.empty() || octets < question.bytes);
             ++read) {
            octets += all[read].data.size();
            changes.changes.push_back(all[read]);
        }
        changes.end = read == all.size();
        return changes;
    }

    session::Event answer(const session::Apply& question)
    {
        if (fails(question.service, 'A'))
            return broke(question.service);
        session::Applied applied;
        for (const auto& item : question.items) {
            auto& outcome = applied.outcomes.emplace_back();
            if (item.kind == session::IncomingKind::Add)
                outcome = {syncml::StatusCode::ItemAdded, std::to_string(next_luid_++)};
            else if (item.luid == "10") // not there
                outcome.status = syncml::StatusCode::NotFound;
        }
        return applied;
    }

    session::Event answer(const session::Conclude& question)
    {
        if (fails(question.service, 'F'))
            return broke(question.service);
        return session::Concluded{};
    }

    session::Event answer(const session::Send& question)
    {
        // What a server can keep a session open for: what it says itself, what we have to send, and some patience.
        constexpr std::size_t patience = 120;
        if (script_.is_over())
            require(++politenesses_ <= longest_ + patience, "a session with a server that says nothing ends");
        auto turn = script_.answer(question.message);
        if (script_.speaks_wbxml())
            turn.message = over_the_line(turn.message);
        watch_.on_turn(turn);
        if (turn.stops)
            engine_.stop();
        if (turn.breaks)
            return session::Broke{{base::Errc::Unreachable, "the connection broke"}, std::nullopt};
        return session::Received{std::move(turn.message)};
    }

    session::Event answer(const session::Wait&) { return session::Waited{}; }

    template <class Effect>
    session::Event answer(const Effect&)
    {
        require(false, "the last effect is a question");
        return session::Concluded{};
    }

    static syncml::Message over_the_line(const syncml::Message& message)
    {
        constexpr auto wbxml = codec::Encoding::Wbxml;
        auto decoded = codec::decode(codec::encode(message, wbxml), wbxml, {});
        require(decoded.has_value(), "a written message can be read");
        return std::move(*decoded);
    }

    SessionScript script_;
    SessionWatch watch_;
    session::Engine engine_;
    std::vector<std::size_t> read_; ///< changes, of each service
    std::size_t longest_ = 0;       ///< messages that our changes could take, at most
    std::size_t politenesses_ = 0;
    int next_luid_ = 100;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    Device(fuzz::view(data, size)).run();
    return 0;
}
