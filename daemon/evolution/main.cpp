#include "evolution/keeper.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

namespace {

constexpr int socket_fd = 3;
[[maybe_unused]] constexpr rlim_t max_memory = rlim_t{4} << 30;

constexpr const char* usage =
    R"(syncd-eds SERVICE SOURCE-UID asks Evolution Data Server for the items of one service in a session
of syncd; syncd-session starts it with a socket on file descriptor 3. It is of no use by hand.

  --version  the version
  --help     this text
)";

/// An item that somebody has sent goes through libraries that were not made for strangers' items.
void limit_self()
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // in the middle of a call to the server it would not see its end
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
#ifndef __SANITIZE_ADDRESS__ // which reserves terabytes
    const rlimit memory{max_memory, max_memory};
    ::setrlimit(RLIMIT_AS, &memory);
#endif
}

} // namespace

int main(int argc, char** argv)
try {
    const std::string_view option = argc == 2 ? argv[1] : "";
    if (option == "--version") {
        std::puts("syncd-eds " SYNCD_VERSION);
        return 0;
    }
    if (argc != 3) {
        std::fputs(usage, option == "--help" ? stdout : stderr);
        return option == "--help" ? 0 : 4;
    }
    limit_self();
    evolution::keep(socket_fd, argv[1], argv[2]);
    return 0;
} catch (const std::exception& exception) {
    std::fprintf(stderr, "syncd-eds: %s\n", exception.what());
    return 1;
}
