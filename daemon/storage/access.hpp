#pragma once

namespace storage {

/// How a database is opened. ReadOnly never writes what others keep in it.
enum class Access { ReadWrite, ReadOnly };

} // namespace storage
