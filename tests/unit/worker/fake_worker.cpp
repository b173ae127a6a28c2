// A worker that behaves as the profile's name in its plan says.

#include "channel/stream.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

using namespace channel;

namespace {

constexpr int broker = 3;

void send(const Event& event)
{
    if (!write_all(broker, to_line(event)))
        ::_exit(90);
}

void send_progress(std::uint32_t synced, const std::string& service = "CONTACT", std::uint32_t total = 100'000)
{
    send(Progress{service, true, total, synced});
}

void complete()
{
    send(Result{Result::Outcome::Completed, "", ""});
}

[[noreturn]] void wait_for_ever()
{
    for (;;)
        ::pause();
}

void wait_for_end_of_channel()
{
    char byte = 0;
    (void)::recv(broker, &byte, 1, 0);
}

/// What this process was given: descriptors, environment, arguments, signals.
std::string possessions()
{
    std::set<std::string> descriptors, environment;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        const auto target = std::filesystem::read_symlink(entry, gone);
        if (!gone && target.string().find("/fd") == std::string::npos)
            descriptors.insert(entry.path().filename());
    }
    for (char** variable = environ; *variable != nullptr; ++variable)
        environment.insert(*variable);
    std::string status, line, signals;
    for (std::ifstream in("/proc/self/status"); std::getline(in, line);)
        if (line.starts_with("SigBlk") || line.starts_with("SigIgn"))
            // Signals 32 and 33 are the C library's own and none of our business.
            signals += fmt::format(" {:x}", std::stoull(line.substr(8), nullptr, 16) & 0x7fffffffU);
    std::string arguments;
    std::getline(std::ifstream("/proc/self/cmdline"), arguments, '\n');
    return fmt::format("fds {}\nenv {}\narguments {}\nsignals{}\ngroup {}\n", fmt::join(descriptors, ","),
                       fmt::join(environment, ","), std::count(arguments.begin(), arguments.end(), '\0'), signals,
                       ::getpgrp() == ::getpid() ? "own" : "other");
}

void behave(const Plan& plan)
{
    const auto& how = plan.profile_name;
    if (how == "complete") {
        send(Started{});
        complete();
    } else if (how == "fail") {
        send(Result{Result::Outcome::Failed, "org.syncd1.Error.Tls",
                    plan.password.reveal() == "hunter2" ? "yes" : "no"});
    } else if (how == "possessions") {
        send(Result{Result::Outcome::Failed, "org.syncd1.Error.Local", possessions()});
    } else if (how == "write down") {
        const std::string_view words = "the session";
        if (::write(broker + 1, words.data(), words.size()) != static_cast<ssize_t>(words.size()))
            ::_exit(92);
        complete();
    } else if (how == "complete, then exit 3") {
        complete();
        ::_exit(3);
    } else if (how == "exit 3") {
        ::_exit(3);
    } else if (how == "die") {
        send_progress(1);
        ::raise(SIGKILL);
    } else if (how == "garbage") {
        (void)write_all(broker, "{\"kind\":\"nonsense\"}\n");
        wait_for_ever();
    } else if (how == "endless line") {
        while (write_all(broker, std::string(10'000, 'x')))
            ;
    } else if (how == "verdict") {
        Verdict verdict;
        verdict.refusal = "Broken";
        send(verdict);
        wait_for_ever();
    } else if (how == "foreign service") {
        send_progress(1, "PASSWORDS");
        wait_for_ever();
    } else if (how == "flood") {
        for (std::uint32_t synced = 0;; ++synced)
            send_progress(synced % 100'000);
    } else if (how == "fifty") {
        for (std::uint32_t synced = 1; synced <= 50; ++synced)
            send_progress(synced);
        complete();
    } else if (how == "never start") {
        wait_for_ever();
    } else if (how == "start and hang") {
        send(Started{});
        wait_for_ever();
    } else if (how == "wait for the end of the channel") {
        send_progress(1);
        wait_for_end_of_channel();
        send(Result{Result::Outcome::Failed, "org.syncd1.Error.Interrupted", "the broker went"});
    } else if (how == "complete at the end of the channel") {
        send_progress(1);
        wait_for_end_of_channel();
        complete();
    } else if (how == "stop in order") {
        send(Started{});
        sigset_t term;
        ::sigemptyset(&term);
        ::sigaddset(&term, SIGTERM);
        ::sigprocmask(SIG_BLOCK, &term, nullptr);
        send_progress(1);
        int number = 0;
        ::sigwait(&term, &number);
        send(Result{Result::Outcome::Stopped, "", ""});
    } else if (how == "die of SIGTERM") {
        send_progress(1);
        wait_for_ever();
    } else if (how == "ignore SIGTERM") {
        send(Started{});
        ::signal(SIGTERM, SIG_IGN);
        send_progress(1);
        wait_for_ever();
    } else if (how == "complete and stay") {
        complete();
        wait_for_ever();
    } else if (how == "close and stay") {
        ::close(broker);
        wait_for_ever();
    } else if (how == "say more after the result") {
        complete();
        (void)write_all(broker, "garbage\n");
    } else if (how == "leave a child") {
        if (::fork() == 0) {
            // Outlives its parent with the channel open, until the broker closes its end.
            wait_for_end_of_channel();
            ::_exit(0);
        }
        complete();
    }
}

/// As its octets say.
void behave(const Reading& reading)
{
    const auto how = reading.octets.reveal();
    Verdict verdict;
    verdict.matches.push_back({0, reading.accounts.at(0).password.reveal() == "pushsecret"});
    if (how == "die")
        ::raise(SIGKILL);
    if (how == "hang")
        wait_for_ever();
    send(Started{});
    if (how == "progress")
        send_progress(1);
    if (how != "no verdict")
        send(verdict);
    if (how == "two verdicts")
        send(verdict);
    if (how == "fail")
        send(Result{Result::Outcome::Failed, "org.syncd1.Error.Local", "no sandbox"});
    else
        complete();
}

} // namespace

int main()
{
    const auto order = read_order(broker);
    if (!order)
        return 91;
    std::visit([](const auto& what) { behave(what); }, *order);
    return 0;
}
