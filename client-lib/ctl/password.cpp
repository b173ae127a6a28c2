#include "password.hpp"

#include "descriptor.hpp"
#include "exit_status.hpp"
#include "text.hpp"

#include <syncd/profile.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>

namespace ctl {
namespace {

/// More than the service takes; what is longer is no password.
constexpr std::size_t longest = 4096;

/// Wiped, unless it was handed over.
struct Input {
    std::string text;
    Input() { text.reserve(longest + 1); } // never moved in memory, which would leave a copy
    ~Input() { syncd::wipe(text); }
};

volatile std::sig_atomic_t interrupting_signal = 0;

void note_signal(int number)
{
    interrupting_signal = number;
}

/// While it lives, signals that end or stop the program only break off a read.
class SignalsNoted {
public:
    SignalsNoted()
    {
        interrupting_signal = 0;
        struct sigaction action {};
        action.sa_handler = note_signal; // without SA_RESTART
        for (std::size_t i = 0; i < numbers.size(); ++i)
            sigaction(numbers[i], &action, &before_[i]);
    }
    ~SignalsNoted()
    {
        for (std::size_t i = 0; i < numbers.size(); ++i)
            sigaction(numbers[i], &before_[i], nullptr);
    }
    SignalsNoted(const SignalsNoted&) = delete;
    SignalsNoted& operator=(const SignalsNoted&) = delete;

private:
    static constexpr std::array numbers = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
    std::array<struct sigaction, numbers.size()> before_{};
};

/// A terminal that does not show what is typed.
class Unechoed {
public:
    explicit Unechoed(int terminal) : terminal_(terminal)
    {
        if (tcgetattr(terminal_, &before_) != 0)
            throw Failure(ExitStatus::Failed, fmt::format("cannot read the terminal's settings: {}", strerror(errno)));
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        silent.c_lflag |= ECHONL; // the line end still moves on
        if (tcsetattr(terminal_, TCSAFLUSH, &silent) != 0)
            throw Failure(ExitStatus::Failed, fmt::format("cannot hide what is typed: {}", strerror(errno)));
    }
    ~Unechoed() { tcsetattr(terminal_, TCSAFLUSH, &before_); }
    Unechoed(const Unechoed&) = delete;
    Unechoed& operator=(const Unechoed&) = delete;

private:
    int terminal_;
    termios before_{};
};

/// Reads into `input` up to the end, or to a line end if `one_line`. False when a signal broke it off.
bool read_into(Input& input, int fd, bool one_line)
{
    for (char character = 0; input.text.size() <= longest;) {
        const ssize_t got = read(fd, &character, 1);
        if (got < 0 && errno == EINTR && interrupting_signal != 0)
            return false;
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw Failure(ExitStatus::Failed, fmt::format("cannot read the password: {}", strerror(errno)));
        if (got == 0 && one_line && input.text.empty())
            throw Failure(ExitStatus::Failed, "no password was given");
        if (got == 0 || (one_line && character == '\n'))
            return true;
        input.text += character;
    }
    throw Failure(ExitStatus::Usage, "the password is too long", "It may have 1024 bytes.");
}

} // namespace

std::string ask_password(const std::string& prompt)
{
    const Descriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (!terminal)
        throw Failure(ExitStatus::Usage, "there is no terminal to ask for the password", "Use --password-file FILE.");
    Input input;
    bool complete = false;
    {
        const SignalsNoted signals;
        const Unechoed silence(terminal.get());
        const std::string text = printable(prompt) + ": ";
        if (write(terminal.get(), text.data(), text.size()) < 0)
            throw Failure(ExitStatus::Failed, fmt::format("cannot write to the terminal: {}", strerror(errno)));
        complete = read_into(input, terminal.get(), true);
    }
    if (!complete) {
        raise(interrupting_signal); // now with its own effect
        throw Failure(ExitStatus::Interrupted,
                      "interrupted"); // when it was ignored, or stopped the program for a while
    }
    return std::move(input.text);
}

std::string read_password(const std::string& path)
{
    const Descriptor file(path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    struct stat status {};
    if (!file || fstat(file.get(), &status) != 0)
        throw Failure(ExitStatus::Usage, fmt::format("cannot read the password file {}: {}", path, strerror(errno)));
    if (S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        fmt::print(stderr, "syncctl: warning: others may read {}; change that with: chmod 600 {}\n", printable(path),
                   printable(path));
    Input input;
    interrupting_signal = 0;
    read_into(input, file.get(), false);
    if (input.text.ends_with('\n'))
        input.text.pop_back();
    if (input.text.ends_with('\r'))
        input.text.pop_back();
    return std::move(input.text);
}

} // namespace ctl
