// Stands in for syncd-session while measuring: runs the program `worker` that lies beside
// it, hands signals on, and appends to the file `usage` beside it what that used, one JSON
// object a line. The pool clears the environment, so all it knows is where it lies.

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace {

constexpr int Channel = 3;
volatile pid_t worker = 0;

void hand_on(int signal)
{
    if (worker > 0)
        ::kill(worker, signal);
}

double seconds(const timeval& time)
{
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// Its memory, what it shares with others counted in part.
long proportional_kib(pid_t process)
{
    std::ifstream file("/proc/" + std::to_string(process) + "/smaps_rollup");
    for (std::string word; file >> word;)
        if (long size = 0; word == "Pss:" && file >> size)
            return size;
    return 0;
}

pid_t start(const std::string& program, const sigset_t& signals)
{
    std::array<int, 2> gate{};
    if (::pipe2(gate.data(), O_CLOEXEC) != 0)
        return -1;
    const pid_t child = ::fork();
    if (child == 0) {
        char go = 0;
        ::close(gate[1]);
        (void)!::read(gate[0], &go, 1); // until it is traced
        ::sigprocmask(SIG_SETMASK, &signals, nullptr);
        ::execl(program.c_str(), "syncd-session", nullptr);
        ::_exit(127);
    }
    ::close(gate[0]);
    if (child > 0)
        ::ptrace(PTRACE_SEIZE, child, nullptr, PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL);
    ::close(gate[1]);
    return child;
}

} // namespace

int main()
{
    const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    sigset_t terminate, before;
    ::sigemptyset(&terminate);
    ::sigaddset(&terminate, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &terminate, &before);
    worker = start((here / "worker").string(), before);
    if (worker < 0)
        return 127;
    std::signal(SIGTERM, hand_on);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    ::close(Channel); // or nobody would see the worker's end of it close

    int status = 0;
    long proportional = 0;
    rusage used{};
    while (true) {
        const pid_t waited = ::wait4(worker, &status, 0, &used);
        if (waited < 0 && errno != EINTR)
            return 127;
        if (waited < 0)
            continue;
        if (!WIFSTOPPED(status))
            break;
        // At its last moment its memory is still there to be looked at.
        const bool exiting = status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXIT << 8));
        if (exiting)
            proportional = proportional_kib(worker);
        const bool event = status >> 16 != 0;
        ::ptrace(PTRACE_CONT, worker, nullptr, event ? 0L : static_cast<long>(WSTOPSIG(status)));
    }
    std::array<char, 256> line{};
    const int length = std::snprintf(
        line.data(), line.size(), "{\"cpu_s\": %.6f, \"peak_kib\": %ld, \"proportional_kib\": %ld, \"status\": %d}\n",
        seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss, proportional, status);
    const int usage = ::open((here / "usage").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (usage < 0 || ::write(usage, line.data(), static_cast<std::size_t>(length)) != length)
        return 127;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
