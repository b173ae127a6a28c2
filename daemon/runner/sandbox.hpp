#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace runner {

/// What a worker needs beside the system's libraries and settings.
struct Reach {
    std::vector<std::filesystem::path> writable; ///< directories
    /// Files that a user named, and that it may have only if they are regular and everybody may read them: it runs
    /// as a service, which may read more than that user.
    std::vector<std::filesystem::path> files;
    std::vector<int> directories{}; ///< open ones that are writable, too
    bool network = true;
};

/// Hides this process's memory from others of its uid and from core files, and
/// closes every inherited descriptor above `last`. Before any secret is read.
void seal_process(int last);

/// Gives up everything a session does not need, for good: new privileges, all
/// capabilities, most resources, the files outside `reach`, most system calls.
/// Before the first thread is started, and before the network is opened.
///
/// Returns in words what this kernel lacks; throws std::system_error when
/// something that it has cannot be applied.
std::vector<std::string> enter_sandbox(const Reach& reach);

} // namespace runner
