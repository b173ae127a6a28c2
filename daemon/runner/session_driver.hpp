#pragma once

#include "runner/exchange.hpp"
#include "runner/progress_report.hpp"
#include "runner/session_report.hpp"
#include "runner/session_runner.hpp"
#include "runner/wire.hpp"
#include "session/engine.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace runner {

/// Does what an engine asks, in order, and feeds it the answers until it has finished.
class SessionDriver {
public:
    /// All arguments but `setup` outlive it. `search`: the wire to use, and whether it is a doubtful one.
    SessionDriver(const channel::Plan& plan, const Surroundings& around, const WireSearch& search, session::Setup setup,
                  SessionReport& report);

    /// The session's error, if it did not end well. Failures of the store are
    /// answers to the engine, which ends the session in order.
    std::optional<base::Error> run();

    /// In the order of the plan's services.
    std::vector<session::ServiceStatistics> statistics() const;
    const Traffic& traffic() const { return exchange_.traffic(); }
    /// Whether the server sent anything that could be read.
    bool was_answered() const { return exchange_.was_answered(); }
    session::Objection objection() const { return objection_; }

private:
    struct Service {
        const channel::ServicePlan& plan;
        std::unique_ptr<datastore::Datastore> store; ///< from Prepare on
        std::uint64_t replaced = 0;                  ///< local items that a refresh removed
    };

    /// Carries out effects up to the question at their end: its answer, or nothing after Finished.
    std::optional<session::Event> carry_out(std::vector<session::Effect>& effects);

    void obey(const session::SaveNonce& effect);
    void obey(const session::GiveServerNonce& effect);
    void obey(const session::SizesWanted& effect);
    void obey(const session::SavePeerInfo& effect);
    void obey(const session::Confirm& effect);
    void obey(const session::TryAnchors& effect);
    void obey(const session::NotePartSent& effect);
    void obey(const session::KeepChunk& effect);
    void obey(const session::DropPart& effect);
    void obey(const session::ConfirmMaps& effect);
    void obey(const session::Quarantine& effect);
    void obey(const session::Progress& effect);
    void obey(session::Note& effect);

    session::Event answer(const session::Prepare& question);
    session::Event answer(const session::ReadChanges& question);
    session::Event answer(session::Apply& question);
    session::Event answer(session::Send& question);
    session::Event answer(const session::Wait& question);
    session::Event answer(const session::Conclude& question);

    void keep_peer_info();
    void doubt_peer_info();
    void note_sent(const session::Send& question);
    /// What waits for review, in words; empty: nothing.
    /// What the store has to say becomes part of the report.
    void note_store(Service& service);
    std::string settle(Service& service, const session::Conclude& question);
    session::Broke broke(session::ServiceIndex service, const std::exception& exception) const;

    const Surroundings& around_;
    const channel::Plan& plan_;
    const Wire wire_;
    const bool doubtful_; ///< whether that is the best wire
    std::string account_; ///< identity; the state is bound to it once the server takes the session up
    std::vector<Service> services_;
    const std::string server_nonce_;
    std::string devinf_hash_;              ///< to be remembered once the server has what it stands for
    std::optional<std::string> peer_info_; ///< to be kept once the state is that of the server's account
    bool info_is_new_ = false;             ///< it came in this session
    SessionReport& report_;
    Exchange exchange_;
    ProgressReport progress_;
    session::Engine engine_;
    std::optional<base::Error> error_;
    session::Objection objection_ = session::Objection::None;
};

} // namespace runner
