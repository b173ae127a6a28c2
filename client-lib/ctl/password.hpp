#pragma once

#include <string>

/// Passwords reach syncctl by the terminal or by a file, never by its arguments, which every
/// user of the machine can read. The caller wipes what it gets (syncd::wipe).
namespace ctl {

/// Asks on the terminal, whatever standard input is, without showing what is typed. Throws
/// Failure when there is no terminal or the input ends. A signal that would end the program puts the terminal
/// back in order first.
std::string ask_password(const std::string& prompt);

/// The content of `path`, or of standard input for `-`, without one line end at its end. Warns on standard
/// error when others may read the file. Throws Failure.
std::string read_password(const std::string& path);

/// The content of a file with a certificate and its key, in the same way.
std::string read_certificate(const std::string& path);

} // namespace ctl
