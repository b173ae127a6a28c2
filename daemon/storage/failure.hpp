#pragma once

#include <stdexcept>

namespace storage {

/// The database cannot do what was asked: disk full, damaged, locked for too long.
/// The text names the file and says what to do.
class Failure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// There is no room on the disk.
class Full : public Failure {
public:
    using Failure::Failure;
};

} // namespace storage
