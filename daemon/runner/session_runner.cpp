#include "runner/session_runner.hpp"

#include "base/log.hpp"
#include "runner/encoding_choice.hpp"
#include "runner/local_failure.hpp"
#include "runner/session_driver.hpp"
#include "runner/session_setup.hpp"

#include <algorithm>
#include <chrono>
#include <exception>

namespace runner {
namespace {

/// What nobody would wait for, and a number that the channel carries.
constexpr std::chrono::seconds longest_wait = std::chrono::days(365);

/// The session up to its end, but for writing that down.
std::optional<base::Error> carry_out(const channel::Plan& plan, const Surroundings& around, SessionReport& report)
{
    std::optional<SessionDriver> driver;
    Traffic traffic;
    std::optional<base::Error> error;
    const auto run = [&](codec::Encoding encoding) -> std::optional<base::Error> {
        auto setup = prepare_setup(plan, around, encoding);
        if (!setup)
            return std::move(setup.error());
        auto ended = driver.emplace(plan, around, encoding, std::move(*setup), report).run();
        traffic += driver->traffic();
        return ended;
    };
    try {
        if (around.state.identity().empty())
            around.state.bind_to(account_identity(plan.url, plan.user));
        const auto choice = choose_encoding(plan, around.state, find_rules(plan, around));
        error = run(choice.encoding);
        if (error && choice.is_trial && driver && !driver->was_answered() && may_be_unread(*error)) {
            spdlog::info("The server did not take WBXML, XML is next: {}", error->message);
            error = run(codec::Encoding::Xml);
        }
        if (!error)
            around.state.settle_server_nonce();
    } catch (const std::exception& exception) {
        error = local_failure(exception);
    }
    // Nobody asked for a stop: the broker was killed, and finds this when it starts again.
    if (error && error->code == base::Errc::Stopped && around.ending.orphaned)
        error = {base::Errc::Interrupted, "syncd itself ended while the session ran. What was confirmed is kept; the "
                                          "next synchronization goes on from there."};
    if (driver)
        report.end(error, driver->statistics(), traffic, around.now());
    else
        report.end(error, {}, {}, around.now());
    return error;
}

} // namespace

channel::Result run_session(const channel::Plan& plan, const Surroundings& around)
{
    try {
        SessionReport report(plan, around.now());
        around.state.begin_session(report.record());
        const auto error = carry_out(plan, around, report);
        around.state.end_session(report.record());
        auto result = result_of(error);
        if (const auto wait = around.transport.retry_after(); wait && error)
            result.retry_after_s = static_cast<std::uint32_t>(std::min(wait->count(), longest_wait.count()));
        return result;
    } catch (const std::exception& exception) {
        return result_of(local_failure(exception));
    }
}

} // namespace runner
