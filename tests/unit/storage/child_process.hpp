#pragma once

#include <cerrno>
#include <csignal>
#include <functional>
#include <optional>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

/// A forked process that reports numbers through a pipe, and can be killed at any moment.
/// It must open its own databases: SQLite's do not survive a fork.
class ChildProcess {
public:
    using Report = std::function<void(int)>;

    template <class Work>
    explicit ChildProcess(Work&& work)
    {
        int ends[2];
        if (::pipe(ends) != 0)
            throw std::runtime_error("no pipe");
        pid_ = ::fork();
        if (pid_ < 0)
            throw std::runtime_error("no process");
        if (pid_ == 0) {
            ::close(ends[0]);
            Report report = [&](int number) {
                if (::write(ends[1], &number, sizeof number) != sizeof number)
                    ::_exit(2);
            };
            try {
                work(report);
                ::_exit(0);
            } catch (...) {
                ::_exit(1);
            }
        }
        ::close(ends[1]);
        reports_ = ends[0];
    }
    ~ChildProcess()
    {
        kill();
        ::close(reports_);
    }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// The next number; nothing when the child has ended.
    std::optional<int> next_report()
    {
        int number = 0;
        ssize_t size = -1;
        do {
            size = ::read(reports_, &number, sizeof number);
        } while (size < 0 && errno == EINTR);
        return size == sizeof number ? std::optional(number) : std::nullopt;
    }
    /// Its exit status; -1 when it was killed.
    int wait()
    {
        int status = 0;
        if (pid_ > 0)
            ::waitpid(std::exchange(pid_, 0), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    void kill()
    {
        if (pid_ > 0)
            ::kill(pid_, SIGKILL);
        wait();
    }

private:
    pid_t pid_ = 0;
    int reports_ = -1;
};
