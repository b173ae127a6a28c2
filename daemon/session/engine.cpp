#include "session/engine.hpp"

#include "base/utf8.hpp"
#include "session/conversation.hpp"
#include "session/receiver.hpp"
#include "session/sender.hpp"
#include "session/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace session {
namespace {

using base::Errc;

// A server that prepares its data may let us ask "go on" many times; one that never
// comes to an end must not hold us for ever.
constexpr int max_idle_exchanges = 100;

// How long a busy server is left alone before it is asked again, longer each time, and when it is given up.
constexpr std::chrono::seconds first_wait{2};
constexpr std::chrono::seconds longest_wait{30};
constexpr std::chrono::seconds patience = std::chrono::minutes(10);

} // namespace

/// The course of one session: what follows from each event, exchange by exchange
/// and package by package.
class Engine::Impl {
public:
    explicit Impl(Setup setup) : conversation_(std::move(setup)), receiver_(conversation_), sender_(conversation_)
    {
        statistics_.resize(conversation_.services.size());
        update_statistics();
    }

    std::vector<Effect> start();
    std::vector<Effect> step(Event event);
    void stop() { stop_ = true; }
    bool finished() const { return finished_; }
    const std::vector<ServiceStatistics>& statistics() const { return statistics_; }

private:
    /// The parts of one exchange, in their order, and the end.
    enum class Step { Apply, Wait, Prepare, Fill, Conclude };
    enum class Question { None, Prepare, ReadChanges, Apply, Send, Wait, Conclude };

    // ---- answers
    void on(Received received);
    void on(const Prepared& prepared);
    void on(Changes changes);
    void on(const Applied& applied);
    void on(const Waited& waited);
    void on(const Concluded& concluded);
    void on(Broke broke);
    void on_service_broke(Question broken, Broke broke);

    // ---- what comes next
    std::vector<Effect> go_on();
    void apply();
    void wait();
    void prepare();
    void fill();
    void conclude();
    void on_message_done();
    void on_initialized();
    void on_modified();
    void try_anchors(const Service& service);
    void suspend();
    base::Error why_suspended() const;
    bool is_over() const;
    void end(std::optional<base::Error> error);

    // ---- the open question
    template <class Effect>
    void ask(Question question, ServiceIndex service, Effect effect);
    /// Closes the question, which must be this one.
    Service& answered(Question question);

    void update_statistics();

    Conversation conversation_;
    Receiver receiver_;
    Sender sender_;
    Step step_ = Step::Fill;
    Question question_ = Question::None;
    ServiceIndex asked_service_ = 0;
    int idle_exchanges_ = 0;
    std::chrono::seconds waited_{}; ///< for the server since it was last not busy
    std::chrono::seconds next_wait_ = first_wait;
    bool stop_ = false;
    bool suspended_ = false; ///< the server has been told of the stop
    bool finished_ = false;
    std::optional<base::Error> error_; ///< of the session as a whole
    std::vector<ServiceStatistics> statistics_;
};

std::vector<Effect> Engine::Impl::start()
{
    conversation_.begin(Package::Initialization);
    const auto& services = conversation_.services;
    for (const auto& service : services)
        if (const auto why = service.why_slow(); !why.empty())
            conversation_.note(service.index(), why);
    if (std::all_of(services.begin(), services.end(), [](const Service& one) { return one.error().has_value(); }))
        end(std::nullopt);
    return go_on();
}

std::vector<Effect> Engine::Impl::step(Event event)
{
    assert(!finished_ && question_ != Question::None);
    std::visit([this](auto& answer) { on(std::move(answer)); }, event);
    return go_on();
}

// ---- answers ----------------------------------------------------------------------

void Engine::Impl::on(Received received)
{
    answered(Question::Send);
    const auto next = receiver_.receive(std::move(received.message), suspended_);
    if (suspended_)
        return end(why_suspended());
    if (!next)
        return end(next.error());
    if (*next != Authentication::Next::GoOn) {
        conversation_.restart(*next == Authentication::Next::RetryAfresh);
        step_ = Step::Fill;
        return;
    }
    step_ = Step::Apply;
}

void Engine::Impl::on(const Prepared& prepared)
{
    auto& service = answered(Question::Prepare);
    service.on_prepared(prepared.total);
    // What is sent the server may have taken, and the session for good, before an answer comes.
    if (service.type() == SyncType::OneWayFromClient)
        try_anchors(service);
    if (const auto& part = service.setup().part_received; part && service.is_resumed())
        receiver_.recall(service.index(), *part);
    if (service.outgoing().total() > 0)
        conversation_.report_progress(service, false);
}

void Engine::Impl::on(Changes changes)
{
    answered(Question::ReadChanges).outgoing().take(std::move(changes));
}

void Engine::Impl::on(const Applied& applied)
{
    answered(Question::Apply);
    receiver_.on_applied(applied.outcomes);
}

void Engine::Impl::on(const Waited&)
{
    answered(Question::Wait);
    step_ = Step::Fill;
}

void Engine::Impl::on(const Concluded&)
{
    statistics_[answered(Question::Conclude).index()].concluded = true;
}

void Engine::Impl::on(Broke broke)
{
    const auto broken = std::exchange(question_, Question::None);
    assert(broken != Question::None);
    // What is concluded stays concluded; a store that cannot commit fails its own service.
    if (broken == Question::Conclude || (broke.service && broken != Question::Send)) {
        assert(!broke.service || *broke.service == asked_service_);
        return on_service_broke(broken, std::move(broke));
    }
    if (broken == Question::Apply)
        receiver_.on_apply_failed();
    // Starfish takes credentials at its first address alone, though its challenge names another.
    if (broken == Question::Send && !stop_ && broke.error.code == Errc::HttpStatus &&
        conversation_.authentication.on_retry_lost()) {
        conversation_.restart(true);
        step_ = Step::Fill;
        return;
    }
    // SyncEvolution's server answers a suspension by HTTP 500, and goes on with it nevertheless.
    end(suspended_ ? why_suspended() : std::move(broke.error));
}

void Engine::Impl::on_service_broke(Question broken, Broke broke)
{
    auto& service = conversation_.services[asked_service_];
    service.fail(std::move(broke.error));
    if (broken == Question::Apply)
        receiver_.on_apply_failed(broke.full ? syncml::StatusCode::DeviceFull : syncml::StatusCode::DataStoreFailure);
    if (broken == Question::Conclude)
        statistics_[asked_service_].concluded = true;
}

// ---- what comes next ----------------------------------------------------------------

std::vector<Effect> Engine::Impl::go_on()
{
    while (question_ == Question::None && !finished_) {
        if ((stop_ || conversation_.peer_suspends) && step_ != Step::Apply && step_ != Step::Conclude)
            suspend();
        else if (step_ == Step::Apply)
            apply();
        else if (step_ == Step::Wait)
            wait();
        else if (step_ == Step::Prepare)
            prepare();
        else if (step_ == Step::Fill)
            fill();
        else
            conclude();
    }
    update_statistics();
    return std::exchange(conversation_.effects, {});
}

void Engine::Impl::apply()
{
    if (auto items = receiver_.next_apply())
        return ask(Question::Apply, items->service, std::move(*items));
    receiver_.settle();
    on_message_done();
}

/// A message of the server is dealt with: is it the end of its package?
void Engine::Impl::on_message_done()
{
    step_ = conversation_.peer_busy ? Step::Wait : Step::Prepare;
    if (!conversation_.peer_busy) {
        waited_ = {};
        next_wait_ = first_wait;
    }
    // A Final before ours ends nothing of this package.
    const bool package_done = conversation_.own_final_sent && conversation_.peer_final;
    const bool progress = receiver_.made_progress() || sender_.sent_commands() || package_done;
    idle_exchanges_ = progress ? 0 : idle_exchanges_ + 1;
    if (idle_exchanges_ >= max_idle_exchanges)
        return end(broken_rule("The server keeps the session open without getting on with it."));
    if (package_done) {
        if (conversation_.package == Package::Initialization)
            on_initialized();
        else if (conversation_.package == Package::Modifications)
            on_modified();
    }
    if (is_over())
        end(std::nullopt);
}

void Engine::Impl::wait()
{
    if (waited_ >= patience)
        return end(base::Error{Errc::Server,
                               fmt::format("The server was still busy after {} minutes ({}). Try again "
                                           "later.",
                                           patience / std::chrono::minutes(1), words(syncml::StatusCode::InProgress))});
    if (waited_ == std::chrono::seconds::zero())
        conversation_.note(std::nullopt,
                           fmt::format("The server is busy ({}) and is waited for, {} minutes at most.",
                                       words(syncml::StatusCode::InProgress), patience / std::chrono::minutes(1)));
    const auto time = std::min(next_wait_, patience - waited_);
    waited_ += time;
    next_wait_ = std::min(2 * next_wait_, longest_wait);
    ask(Question::Wait, 0, Wait{time});
}

void Engine::Impl::on_initialized()
{
    auto& services = conversation_.services;
    if (std::any_of(services.begin(), services.end(), [](const Service& one) { return one.must_begin_again(); }))
        return conversation_.begin_again();
    // The databases that have agreed wait for those that ask who we are.
    if (conversation_.log_in())
        return;
    for (auto& service : services) {
        service.on_initialized();
        if (service.lacks_filter() && service.is_agreed())
            conversation_.note(service.index(),
                               fmt::format("{}: the filter is not used, because the server is not known to filter; "
                                           "everything is exchanged.",
                                           service.setup().name));
    }
    conversation_.begin(Package::Modifications);
}

/// Everything of both sides has been exchanged; for what is still to be said the server need not wait.
void Engine::Impl::on_modified()
{
    conversation_.begin(Package::Mapping);
    for (const auto& service : conversation_.services)
        if (service.is_agreed() && service.type() == SyncType::OneWayFromServer)
            try_anchors(service);
}

void Engine::Impl::try_anchors(const Service& service)
{
    conversation_.effects.emplace_back(TryAnchors{service.index(), service.setup().own_next, service.peer_next()});
}

void Engine::Impl::suspend()
{
    const auto& services = conversation_.services;
    if (std::none_of(services.begin(), services.end(), [](const Service& one) { return one.is_prepared(); }))
        return end(why_suspended()); // nothing has moved
    if (!syncml::has_suspend(conversation_.setup.version))
        return end(why_suspended()); // as if the connection had broken
    auto last = sender_.suspend();
    if (!last)
        return end(why_suspended());
    suspended_ = true;
    ask(Question::Send, 0, std::move(*last));
}

base::Error Engine::Impl::why_suspended() const
{
    if (stop_)
        return {Errc::Stopped, "The synchronization was stopped on request."};
    return {Errc::Server, "The server suspended the session. Synchronize again: it goes on from there."};
}

bool Engine::Impl::is_over() const
{
    const auto& services = conversation_.services;
    const bool none_left =
        std::none_of(services.begin(), services.end(), [](const Service& service) { return service.is_agreed(); });
    if (conversation_.package == Package::Initialization)
        return false;
    if (none_left)
        return true;
    if (conversation_.package != Package::Mapping || conversation_.peer_busy)
        return false;
    // #5 is not sent when it would say nothing (RepPro 1.2, Status), and #6 has come with its
    // Final, or when nothing is left that a Final could bring.
    if (!conversation_.own_final_sent)
        return sender_.has_nothing_to_say();
    const bool waits =
        std::any_of(services.begin(), services.end(), [](const Service& service) { return service.waits_for_maps(); });
    return conversation_.peer_final || (!waits && !receiver_.brought_commands());
}

void Engine::Impl::prepare()
{
    if (conversation_.package == Package::Modifications) {
        for (const auto& service : conversation_.services) {
            if (service.is_agreed() && !service.is_prepared())
                return ask(Question::Prepare, service.index(),
                           Prepare{service.index(), service.type(), service.is_resumed()});
        }
        // None takes part any more. The server is told nothing that it could take for a sync.
        if (is_over())
            return end(std::nullopt);
    }
    step_ = Step::Fill;
}

void Engine::Impl::fill()
{
    if (conversation_.peer_busy || conversation_.peer_refused) {
        auto asking = conversation_.peer_busy ? sender_.ask_for_result() : sender_.challenge();
        return asking ? ask(Question::Send, 0, std::move(*asking)) : end(asking.error());
    }
    auto filled = sender_.fill();
    if (!filled)
        return end(filled.error());
    if (auto* read = std::get_if<ReadChanges>(&*filled))
        return ask(Question::ReadChanges, read->service, *read);
    ask(Question::Send, 0, std::move(std::get<Send>(*filled)));
}

void Engine::Impl::end(std::optional<base::Error> error)
{
    error_ = std::move(error);
    if (error_)
        error_->message = base::legible(error_->message);
    for (auto& service : conversation_.services) {
        if (error_)
            service.fail(*error_);
        else
            service.judge();
    }
    step_ = Step::Conclude;
}

void Engine::Impl::conclude()
{
    for (const auto& service : conversation_.services) {
        if (!statistics_[service.index()].concluded)
            return ask(Question::Conclude, service.index(),
                       Conclude{service.index(), service.type(), service.error(), service.setup().own_next,
                                service.peer_next(), service.compares_next(), service.filter()});
    }
    for (const auto& service : conversation_.services) {
        if (!error_)
            error_ = service.error();
    }
    finished_ = true;
    conversation_.effects.emplace_back(Finished{error_, conversation_.objection});
}

// ---- the open question ----------------------------------------------------------------

template <class Effect>
void Engine::Impl::ask(Question question, ServiceIndex service, Effect effect)
{
    question_ = question;
    asked_service_ = service;
    conversation_.effects.emplace_back(std::move(effect));
}

Service& Engine::Impl::answered(Question question)
{
    assert(question_ == question);
    question_ = Question::None;
    return conversation_.services[asked_service_];
}

void Engine::Impl::update_statistics()
{
    for (const auto& service : conversation_.services) {
        auto& statistics = statistics_[service.index()];
        statistics.type = service.type();
        statistics.to_server = service.outgoing().counters();
        statistics.from_server = service.from_server();
        statistics.error = service.error();
    }
}

// ---- the engine -------------------------------------------------------------------------

Engine::Engine(Setup setup) : impl_(std::make_unique<Impl>(std::move(setup))) {}
Engine::~Engine() = default;

std::vector<Effect> Engine::start()
{
    return impl_->start();
}

std::vector<Effect> Engine::step(Event event)
{
    return impl_->step(std::move(event));
}

void Engine::stop()
{
    impl_->stop();
}

bool Engine::finished() const
{
    return impl_->finished();
}

const std::vector<ServiceStatistics>& Engine::statistics() const
{
    return impl_->statistics();
}

} // namespace session
