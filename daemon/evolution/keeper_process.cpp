#include "evolution/keeper_process.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace evolution {
namespace {

constexpr int socket_fd = 3;

int spawn(const std::filesystem::path& program, int socket, std::string service, std::string source_uid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    // Not what this process talks to the broker with.
    ::posix_spawn_file_actions_adddup2(&actions, socket, socket_fd);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, socket_fd + 1);
    sigset_t none;
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    auto name = program.string();
    char* arguments[] = {name.data(), service.data(), source_uid.data(), nullptr};
    pid_t pid = 0;
    const int error = ::posix_spawn(&pid, name.c_str(), &actions, &attributes, arguments, environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&actions);
    return error;
}

} // namespace

base::Result<base::Descriptor> start_keeper(const std::filesystem::path& program, std::string service,
                                            std::string source_uid)
{
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return base::fail(base::Errc::Local, fmt::format("no socket for {}: {}", program.string(),
                                                         std::generic_category().message(errno)));
    base::Descriptor ours(pair[0]);
    const base::Descriptor theirs(pair[1]);
    if (const int error = spawn(program, theirs.get(), std::move(service), std::move(source_uid)); error != 0)
        return base::fail(base::Errc::Local, fmt::format("{}, which asks Evolution Data Server, cannot be started: {}",
                                                         program.string(), std::generic_category().message(error)));
    return ours;
}

} // namespace evolution
