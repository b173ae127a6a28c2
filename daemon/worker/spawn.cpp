#include "worker/spawn.hpp"

#include <fmt/format.h>

#include <cassert>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <system_error>

namespace worker {
namespace {

constexpr int channel_fd = 3;
constexpr int handed_fd = 4;

constexpr std::array<std::string_view, 12> passed_on{"http_proxy", "https_proxy",    "all_proxy",    "no_proxy",
                                                     "HTTP_PROXY", "HTTPS_PROXY",    "ALL_PROXY",    "NO_PROXY",
                                                     "TZ",         "JOURNAL_STREAM", "ASAN_OPTIONS", "UBSAN_OPTIONS"};
constexpr std::array<std::string_view, 6> passed_on_in_session{
    "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "HOME"};

bool holds(std::span<const std::string_view> names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

void check(int error, const char* what)
{
    if (error != 0)
        throw std::system_error(error, std::system_category(), what);
}

class FileActions {
public:
    FileActions() { check(::posix_spawn_file_actions_init(&actions_), "posix_spawn_file_actions_init"); }
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    posix_spawn_file_actions_t* get() { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

class Attributes {
public:
    Attributes() { check(::posix_spawnattr_init(&attributes_), "posix_spawnattr_init"); }
    ~Attributes() { ::posix_spawnattr_destroy(&attributes_); }
    Attributes(const Attributes&) = delete;
    Attributes& operator=(const Attributes&) = delete;
    posix_spawnattr_t* get() { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

pid_t start(const std::filesystem::path& program, int channel, int handed, bool in_session)
{
    FileActions actions;
    // The channel first: /dev/null may land on the number it has now.
    check(::posix_spawn_file_actions_adddup2(actions.get(), channel, channel_fd), "adddup2");
    if (handed >= 0)
        check(::posix_spawn_file_actions_adddup2(actions.get(), handed, handed_fd), "adddup2");
    check(::posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0), "addopen");
    check(::posix_spawn_file_actions_addopen(actions.get(), STDOUT_FILENO, "/dev/null", O_WRONLY, 0), "addopen");
    check(::posix_spawn_file_actions_addclosefrom_np(actions.get(), (handed >= 0 ? handed_fd : channel_fd) + 1),
          "addclosefrom_np");

    Attributes attributes;
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    check(::posix_spawnattr_setsigmask(attributes.get(), &none), "setsigmask");
    check(::posix_spawnattr_setsigdefault(attributes.get(), &all), "setsigdefault");
    check(::posix_spawnattr_setpgroup(attributes.get(), 0), "setpgroup");
    check(::posix_spawnattr_setflags(attributes.get(),
                                     POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP),
          "setflags");

    auto variables = worker_environment(environ, in_session);
    std::vector<char*> environment;
    for (auto& variable : variables)
        environment.push_back(variable.data());
    environment.push_back(nullptr);
    auto name = program.string();
    std::array<char*, 2> arguments{name.data(), nullptr};

    pid_t pid = 0;
    check(::posix_spawn(&pid, program.c_str(), actions.get(), attributes.get(), arguments.data(), environment.data()),
          "posix_spawn");
    return pid;
}

} // namespace

base::Result<Child> spawn(const std::filesystem::path& program, int handed, bool in_session)
{
    assert(handed < 0 || handed > handed_fd);
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) < 0)
        return base::fail(base::Errc::Failed, fmt::format("no channel to a worker: {}", std::strerror(errno)));
    base::Descriptor ours(pair[0]);
    const base::Descriptor theirs(pair[1]);
    try {
        // Only our end does not block: the flag belongs to each end.
        if (::fcntl(ours.get(), F_SETFL, O_NONBLOCK) < 0)
            check(errno, "fcntl");
        return Child{start(program, theirs.get(), handed, in_session), std::move(ours)};
    } catch (const std::system_error& error) {
        return base::fail(base::Errc::Failed,
                          fmt::format("the worker {} cannot be started: {}", program.string(), error.what()));
    }
}

std::vector<std::string> worker_environment(const char* const* ours, bool in_session)
{
    std::vector<std::string> environment{"PATH=/usr/local/bin:/usr/bin:/bin", "LANG=C.UTF-8"};
    for (; *ours != nullptr; ++ours) {
        const std::string_view variable(*ours);
        const auto name = variable.substr(0, variable.find('='));
        if (holds(passed_on, name) || (in_session && holds(passed_on_in_session, name)))
            environment.emplace_back(variable);
    }
    return environment;
}

} // namespace worker
