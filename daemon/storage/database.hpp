#pragma once

#include "base/result.hpp"

#include <filesystem>
#include <memory>
#include <span>

namespace SQLite {
class Database;
}

namespace storage {

enum class Access { ReadWrite, ReadOnly };

/// Opens an SQLite database in WAL mode with `synchronous=FULL`, foreign keys on
/// and a busy timeout, creating it (mode 0600) when it may be written, and runs
/// the schema steps it still lacks: step n brings `user_version` n to n+1, each
/// in a transaction.
///
/// Errors: Storage for a database of a newer program (left untouched) or one
/// that is damaged; NotFound when it is missing and Access is ReadOnly. The
/// message names the file and what to do.
base::Result<std::unique_ptr<SQLite::Database>> open_database(const std::filesystem::path& file,
                                                              std::span<const char* const> steps, Access access);

} // namespace storage
