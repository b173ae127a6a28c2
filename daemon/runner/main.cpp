#include "channel/messages.hpp"
#include "runner/process.hpp"

#include <cstdio>
#include <string_view>

namespace {

constexpr int Channel = 3;

constexpr const char* Usage = R"(syncd-session carries out one session of one profile for syncd, which starts it
with the session's plan on file descriptor 3. It is of no use by hand, but for:

  --describe  the messages of that channel
  --version   the version
  --help      this text

Exit status: 0 completed, 1 failed, 2 stopped, 3 no plan that it understands, 4 unknown option.
)";

} // namespace

#ifdef __SANITIZE_ADDRESS__
/// The leak check at exit works by ptrace, for which the sandbox kills. The unit tests
/// look for leaks.
extern "C" int __lsan_is_turned_off()
{
    return 1;
}
#endif

int main(int argc, char** argv)
{
    if (argc == 1)
        return static_cast<int>(runner::run_process(Channel));
    const std::string_view option = argc == 2 ? argv[1] : "";
    if (option == "--describe")
        std::fputs(channel::describe().c_str(), stdout);
    else if (option == "--version")
        std::puts("syncd-session " SYNCD_VERSION);
    else if (option == "--help")
        std::fputs(Usage, stdout);
    else {
        std::fputs(Usage, stderr);
        return static_cast<int>(runner::ExitStatus::BadUsage);
    }
    return 0;
}
