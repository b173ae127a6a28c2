#pragma once

#include <syncd/descriptor.hpp>

#include <cstddef>
#include <functional>
#include <string>

/// Files that go to and come from the service. `-` is standard input or output. All throw
/// Failure, naming the file.
namespace ctl {

/// For reading by the service. Standard input is read to its end first: the service sets flags on what it is
/// given, and others share standard input. `limit`: more is refused before the service is asked.
syncd::Descriptor open_input(const std::string& path, std::size_t limit);

/// The whole of it.
std::string read_input(const std::string& path, std::size_t limit);

/// For reading by the service.
syncd::Descriptor in_memory(const std::string& text);

/// What `write` writes.
std::string collect(const std::function<void(int fd)>& write);

/// Has `write` fill a file, and puts it in place of `path` only when that went well: a file that was there
/// is replaced as a whole or stays as it was.
void write_output(const std::string& path, const std::function<void(int fd)>& write);

} // namespace ctl
