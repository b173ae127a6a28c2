#include "runner/sandbox.hpp"
#include "runner/syscall_filter.hpp"

#include <catch2/catch.hpp>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

namespace fs = std::filesystem;

namespace {

struct Directories {
    fs::path root;
    fs::path mine; ///< may be written
    fs::path other;

    Directories()
    {
        std::string pattern = (fs::temp_directory_path() / "syncd-sandbox-XXXXXX").string();
        root = ::mkdtemp(pattern.data());
        mine = root / "mine";
        other = root / "other";
        fs::create_directory(mine);
        fs::create_directory(other);
        std::ofstream(mine / "old") << "before";
        std::ofstream(other / "secret") << "hidden";
        std::ofstream(root / "ca.pem") << "certificate";
        std::ofstream(root / "key.pem") << "mine alone";
        fs::permissions(root / "ca.pem", fs::perms(0644));
        fs::permissions(root / "key.pem", fs::perms(0640));
        fs::create_symlink(other, root / "link");
    }
    ~Directories() { fs::remove_all(root); }
};

constexpr int Survived = 0;

/// How a child ends that enters the sandbox and then does `act`, whose result is
/// its exit status.
int status_of_confined(const Directories& directories, const std::function<int()>& act, bool network = true)
{
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        runner::seal_process(STDERR_FILENO);
        runner::enter_sandbox({.writable = {directories.mine},
                               .files = {directories.root / "ca.pem", directories.root / "key.pem", directories.other,
                                         directories.root / "link"},
                               .network = network});
        ::_exit(act());
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    return status;
}

int exit_status(int status)
{
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/// 0 or the errno with which the file cannot be opened.
int open_error(const fs::path& path, int flags)
{
    const int fd = ::open(path.c_str(), flags, 0600);
    return fd >= 0 ? 0 : errno;
}

int socket_error(int domain, int protocol = 0)
{
    return ::socket(domain, domain == AF_NETLINK ? SOCK_RAW : SOCK_STREAM, protocol) >= 0 ? 0 : errno;
}

bool died_of_the_filter(int status)
{
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

} // namespace

TEST_CASE("this kernel has all that the sandbox is made of", "[sandbox]")
{
    const Directories directories;
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(static_cast<int>(runner::enter_sandbox({.writable = {directories.mine}, .files = {}}).size()));
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(exit_status(status) == 0);
}

TEST_CASE("a container that keeps Landlock from its processes counts as a kernel without", "[sandbox]")
{
    const Directories directories;
    const pid_t child = ::fork();
    if (child == 0) {
        auto* filter = ::seccomp_init(SCMP_ACT_ALLOW);
        const bool filtered =
            ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(landlock_create_ruleset), 0) == 0 &&
            ::seccomp_load(filter) == 0;
        ::_exit(filtered ? static_cast<int>(runner::enter_sandbox({.writable = {directories.mine}, .files = {}}).size())
                         : 100);
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(exit_status(status) == 1);
}

TEST_CASE("a confined process keeps its own directory", "[sandbox]")
{
    const Directories directories;
    const auto error = [&](const fs::path& path, int flags) {
        return exit_status(status_of_confined(directories, [&] { return open_error(path, flags); }));
    };
    CHECK(error(directories.mine / "old", O_RDWR) == 0);
    CHECK(error(directories.mine / "new", O_RDWR | O_CREAT) == 0);
    CHECK(error(directories.mine / "old", O_RDWR | O_TRUNC) == 0);
    CHECK(error(directories.mine, O_RDONLY | O_DIRECTORY) == 0);
    CHECK(exit_status(status_of_confined(
              directories, [&] { return ::unlink((directories.mine / "new").c_str()) == 0 ? 0 : errno; })) == 0);
}

TEST_CASE("a confined process reads what the system and its plan provide", "[sandbox]")
{
    const Directories directories;
    const auto error = [&](const fs::path& path, int flags) {
        return exit_status(status_of_confined(directories, [&] { return open_error(path, flags); }));
    };
    CHECK(error("/etc/nsswitch.conf", O_RDONLY) == 0);
    CHECK(error("/dev/urandom", O_RDONLY) == 0);
    CHECK(error(directories.root / "ca.pem", O_RDONLY) == 0);
    CHECK(error(directories.root / "ca.pem", O_WRONLY) == EACCES);
    // What a user named is read if everybody may read it, and a directory opens nothing.
    CHECK(error(directories.root / "key.pem", O_RDONLY) == EACCES);
    CHECK(error(directories.root / "link", O_RDONLY | O_DIRECTORY) == EACCES);
    CHECK(error("/etc/nsswitch.conf", O_WRONLY) == EACCES);
}

TEST_CASE("a confined process sees nothing else of the file system", "[sandbox]")
{
    const Directories directories;
    const auto error = [&](const fs::path& path, int flags) {
        return exit_status(status_of_confined(directories, [&] { return open_error(path, flags); }));
    };
    CHECK(error(directories.other / "secret", O_RDONLY) == EACCES);
    CHECK(error(directories.other / "new", O_WRONLY | O_CREAT) == EACCES);
    CHECK(error(directories.root, O_RDONLY | O_DIRECTORY) == EACCES);
    CHECK(error(fs::temp_directory_path() / "new", O_WRONLY | O_CREAT) == EACCES);
    CHECK(error("/root", O_RDONLY | O_DIRECTORY) == EACCES);
    CHECK(error("/proc/self/mem", O_RDWR) == EACCES);
    CHECK(fs::exists(directories.other / "secret"));
    CHECK_FALSE(fs::exists(directories.other / "new"));
}

TEST_CASE("a confined process dies rather than start another program or process", "[sandbox]")
{
    const Directories directories;
    CHECK(died_of_the_filter(status_of_confined(directories, [] {
        ::execl("/bin/true", "true", nullptr);
        return Survived;
    })));
    CHECK(died_of_the_filter(status_of_confined(directories, [] {
        if (::fork() == 0)
            ::_exit(0);
        return Survived;
    })));
}

TEST_CASE("a confined process dies rather than touch another process or gain rights", "[sandbox]")
{
    const Directories directories;
    CHECK(died_of_the_filter(status_of_confined(directories, [] {
        ::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr);
        return Survived;
    })));
    CHECK(died_of_the_filter(status_of_confined(directories, [] {
        (void)!::setuid(0);
        return Survived;
    })));
}

TEST_CASE("a confined process cannot signal others, change its name for rights, or regain limits", "[sandbox]")
{
    const Directories directories;
    CHECK(exit_status(status_of_confined(directories, [] { return ::kill(::getppid(), 0) == 0 ? 0 : errno; })) ==
          ENOSYS);
    CHECK(exit_status(status_of_confined(
              directories, [] { return ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0 ? 0 : errno; })) == ENOSYS);
    CHECK(exit_status(status_of_confined(directories, [] { return ::prctl(PR_SET_NAME, "session") == 0 ? 0 : 1; })) ==
          0);
}

TEST_CASE("a confined process has nobody else signalled, whatever it calls", "[sandbox]")
{
    // The filter alone: only kernels from 6.12 on have Landlock hold signals back.
    const auto error = [](const std::function<int()>& act) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
            runner::filter_system_calls(runner::Network::Reachable);
            ::_exit(act() >= 0 ? 0 : errno);
        }
        int status = -1;
        REQUIRE(::waitpid(child, &status, 0) == child);
        return exit_status(status);
    };
    const pid_t other = ::getpid();
    int pair[2] = {};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
    CHECK(error([&] { return static_cast<int>(::syscall(SYS_tgkill, other, other, 0)); }) == ENOSYS);
    CHECK(error([&] { return ::fcntl(pair[0], F_SETOWN, other); }) == ENOSYS);
    CHECK(error([&] {
              const f_owner_ex owner{F_OWNER_PID, other};
              return ::fcntl(pair[0], F_SETOWN_EX, &owner);
          }) == ENOSYS);
    CHECK(error([&] { return ::fcntl(pair[0], F_SETSIG, SIGKILL); }) == ENOSYS);
    CHECK(error([&] { return ::ioctl(pair[0], FIOSETOWN, &other); }) == ENOSYS);
    CHECK(error([&] { return ::ioctl(pair[0], SIOCSPGRP, &other); }) == ENOSYS);
    // Itself it may: the broker's end shows by SIGIO.
    CHECK(error([&] { return ::fcntl(pair[0], F_SETOWN, ::getpid()); }) == 0);
    CHECK(error([&] {
              std::signal(SIGIO, SIG_IGN);
              return ::raise(SIGIO);
          }) == 0);
    ::close(pair[0]);
    ::close(pair[1]);
}

TEST_CASE("a confined process reaches the network and no local service", "[sandbox]")
{
    const Directories directories;
    const auto error = [&](int domain, int protocol = 0) {
        return exit_status(status_of_confined(directories, [&] { return socket_error(domain, protocol); }));
    };
    CHECK(error(AF_INET) == 0);
    CHECK(error(AF_INET6) == 0);
    CHECK(error(AF_NETLINK, 0) == 0);      // routes, which getaddrinfo asks for
    CHECK(error(AF_NETLINK, 9) == ENOSYS); // audit
    CHECK(error(AF_UNIX) == ENOSYS);       // D-Bus
    CHECK(error(AF_PACKET) == ENOSYS);
}

TEST_CASE("a confined process cannot be a server", "[sandbox]")
{
    const Directories directories;
    CHECK(exit_status(status_of_confined(directories, [] {
              const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
              sockaddr_in any{};
              any.sin_family = AF_INET;
              any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
              any.sin_port = htons(40404);
              return ::bind(fd, reinterpret_cast<sockaddr*>(&any), sizeof any) == 0 ? 0 : errno;
          })) == EACCES);
    CHECK(died_of_the_filter(status_of_confined(directories, [] {
        ::listen(::socket(AF_INET, SOCK_STREAM, 0), 1);
        return Survived;
    })));
}

TEST_CASE("a confined process may start threads", "[sandbox]")
{
    const Directories directories;
    CHECK(exit_status(status_of_confined(directories, [] {
              int value = 1;
              std::thread([&] { value = 0; }).join();
              return value;
          })) == 0);
}

TEST_CASE("sealing closes what was inherited and forbids core files", "[sandbox]")
{
    const Directories directories;
    const int inherited = ::dup(STDERR_FILENO);
    REQUIRE(inherited > STDERR_FILENO);
    CHECK(exit_status(status_of_confined(directories, [&] { return ::fcntl(inherited, F_GETFD) == 0 ? 0 : errno; })) ==
          EBADF);
    ::close(inherited);

    const pid_t child = ::fork();
    if (child == 0) {
        runner::seal_process(STDERR_FILENO);
        ::_exit(::prctl(PR_GET_DUMPABLE));
    }
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(exit_status(status) == 0);
}

TEST_CASE("a process that only reads a notification opens no socket at all", "[sandbox]")
{
    const Directories directories;
    for (const int domain : {AF_INET, AF_INET6, AF_NETLINK, AF_UNIX})
        CHECK(exit_status(status_of_confined(
                  directories, [&] { return socket_error(domain); }, false)) == ENOSYS);
}
