#include "terminal.hpp"

#include <cstdlib>
#include <string_view>

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace ctl {

bool is_terminal(int fd)
{
    return isatty(fd) == 1;
}

bool is_rewritable(int fd)
{
    const char* kind = std::getenv("TERM");
    return is_terminal(fd) && kind && std::string_view(kind) != "dumb";
}

std::size_t terminal_columns(int fd)
{
    winsize size{};
    return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool is_utf8_locale()
{
    return std::string_view(nl_langinfo(CODESET)) == "UTF-8";
}

} // namespace ctl
