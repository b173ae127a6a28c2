#include "evolution/keeper.hpp"

#include <sys/prctl.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

namespace {

constexpr int socket_fd = 3;

constexpr const char* usage =
    R"(syncd-eds asks Evolution Data Server for the items of one session of syncd; syncd-session
starts it with a socket on file descriptor 3. It is of no use by hand.

  --version  the version
  --help     this text
)";

} // namespace

#ifdef __SANITIZE_ADDRESS__
/// What the libraries keep until the end is theirs.
extern "C" int __lsan_is_turned_off()
{
    return 1;
}
#endif

int main(int argc, char** argv)
try {
    const std::string_view option = argc == 2 ? argv[1] : "";
    if (option == "--version") {
        std::puts("syncd-eds " SYNCD_VERSION);
        return 0;
    }
    if (argc != 1) {
        std::fputs(usage, option == "--help" ? stdout : stderr);
        return option == "--help" ? 0 : 4;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // in the middle of a call to the server it would not see its end
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    evolution::keep(socket_fd);
    return 0;
} catch (const std::exception& exception) {
    std::fprintf(stderr, "syncd-eds: %s\n", exception.what());
    return 1;
}
