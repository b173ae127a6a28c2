#pragma once

#include <filesystem>
#include <vector>

namespace runner {

/// Restricts this process, by Landlock, to reading below `readable`, reading those of
/// `files` that are regular files which everybody may read, and reading and writing
/// regular files below `writable` and the open `directories`; paths that do not exist are passed over. Nothing may be
/// executed. Where the kernel knows how, listening on TCP, abstract sockets and signals to other processes are refused
/// as well; connecting by TCP stays open, because a RespURI or a redirect may name any port.
///
/// Must be called before the first thread is started and after no_new_privs is set.
/// False when the kernel has no Landlock; throws std::system_error when it refuses.
bool restrict_files(const std::vector<std::filesystem::path>& readable, const std::vector<std::filesystem::path>& files,
                    const std::vector<std::filesystem::path>& writable, const std::vector<int>& directories = {});

} // namespace runner
