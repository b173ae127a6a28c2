#include "password.hpp"

#include "exit_status.hpp"
#include "signal_queue.hpp"
#include "text.hpp"
#include <syncd/descriptor.hpp>

#include <syncd/profile.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <iterator>
#include <optional>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

namespace ctl {
namespace {

/// What is read, and how much of it the service takes.
struct Kind {
    const char* name;
    std::size_t longest;
};
constexpr Kind a_password{"password", 1024};
constexpr Kind a_certificate{"certificate", 32 * 1024};

/// Wiped, unless it was handed over.
struct Input {
    const Kind& kind;
    std::string text;
    explicit Input(const Kind& what) : kind(what) { text.reserve(most() + 1); } // a move in memory would leave a copy
    ~Input() { syncd::wipe(text); }
    std::size_t most() const { return 4 * kind.longest; } // what is a little longer is the service's to refuse
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

/// Adds the next character of `fd` to `input`; false at the end of input.
bool read_character(Input& input, int fd)
{
    char character = 0;
    ssize_t got = 0;
    while ((got = read(fd, &character, 1)) < 0 && errno == EINTR) {
    }
    if (got < 0)
        throw Failure(ExitStatus::Failed, fmt::format("cannot read the {}: {}", input.kind.name, strerror(errno)));
    if (got == 0)
        return false;
    if (input.text.size() == input.most())
        throw Failure(ExitStatus::Usage, fmt::format("the {} is too long", input.kind.name),
                      fmt::format("It may have {} bytes.", input.kind.longest));
    input.text += character;
    return true;
}

/// Reads one line, without its end. A signal that came before it ends the reading and is returned.
std::optional<int> read_line(Input& input, int terminal, const SignalQueue& signals)
{
    for (;;) {
        pollfd ready[] = {{terminal, POLLIN, 0}, {signals.fd(), POLLIN, 0}};
        if (poll(ready, std::size(ready), -1) < 0 && errno != EINTR)
            throw Failure(ExitStatus::Failed, fmt::format("cannot wait for the password: {}", strerror(errno)));
        if (const auto signal = signals.next())
            return signal;
        if (ready[0].revents == 0)
            continue;
        if (!read_character(input, terminal)) {
            if (input.text.empty())
                throw Failure(ExitStatus::Failed, "no password was given");
            return std::nullopt;
        }
        if (input.text.back() == '\n') {
            input.text.pop_back();
            return std::nullopt;
        }
    }
}

/// All of a file. The caller takes the text.
void read_file(Input& input, const std::string& path)
{
    const syncd::Descriptor file(path == "-" ? dup(STDIN_FILENO) : open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    struct stat status {};
    if (!file || fstat(file.get(), &status) != 0)
        throw Failure(ExitStatus::Usage,
                      fmt::format("cannot read the {} file {}: {}", input.kind.name, path, strerror(errno)));
    if (S_ISREG(status.st_mode) && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        fmt::print(stderr, "syncctl: warning: others may read {}; change that with: chmod 600 {}\n", printable(path),
                   printable(path));
    while (read_character(input, file.get())) {
    }
}

} // namespace

std::string ask_password(const std::string& prompt)
{
    const syncd::Descriptor terminal(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (!terminal)
        throw Failure(ExitStatus::Usage, "there is no terminal to ask for the password", "Use --password-file FILE.");
    Input input(a_password);
    std::optional<int> signal;
    {
        // What ends or stops the program waits until the terminal is in order again.
        const SignalQueue signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
        const Unechoed silence(terminal.get());
        const std::string text = printable(prompt) + ": ";
        if (write(terminal.get(), text.data(), text.size()) < 0)
            throw Failure(ExitStatus::Failed, fmt::format("cannot write to the terminal: {}", strerror(errno)));
        signal = read_line(input, terminal.get(), signals);
    }
    if (signal) {
        raise(*signal);                                        // now with its own effect
        throw Failure(ExitStatus::Interrupted, "interrupted"); // it only stopped the program for a while
    }
    return std::move(input.text);
}

std::string read_password(const std::string& path)
{
    Input input(a_password);
    read_file(input, path);
    if (input.text.ends_with('\n'))
        input.text.pop_back();
    if (input.text.ends_with('\r'))
        input.text.pop_back();
    return std::move(input.text);
}

std::string read_certificate(const std::string& path)
{
    Input input(a_certificate);
    read_file(input, path);
    return std::move(input.text);
}

} // namespace ctl
