#pragma once

namespace runner {

/// Leaves this process, by seccomp, the system calls that a running session needs:
/// files, memory, threads, clocks, and sockets of IP and of the kernel's routing table
/// (which getaddrinfo asks). Not local sockets: they lead to D-Bus and every other
/// service of the machine. New programs, new processes, and what only an
/// intruder would try, end the process; any other call answers ENOSYS, for
/// which libraries have an older way.
///
/// Must be called before the first thread is started and after no_new_privs is set.
/// False when the kernel has no seccomp filters; throws std::system_error otherwise.
enum class Network { Reachable, None }; ///< None: no new sockets at all
bool filter_system_calls(Network network);

} // namespace runner
