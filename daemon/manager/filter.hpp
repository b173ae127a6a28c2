#pragma once

#include "base/result.hpp"

#include <string_view>

namespace manager {

/// Whether a text is a record filter in the CGI grammar (OMA DS 1.2 protocol, filtering), or empty:
///
///     expression = term { ( "&AND;" | "&OR;" ) term }
///     term       = "(" expression ")" | name operator value
///     name       = letters, digits, `-`, `_`, `.` | "&LUID;"
///     operator   = "&" [ "i" ] ( EQ | NE | GT | GE | LT | LE | CON | NCON ) ";"
///     value      = "&NULL;" | anything but `&`, `(` and `)`, which are written as %xx
///
/// Error: InvalidValue, which says where it is none. What the names mean is the server's to know.
base::Result<void> check_filter(std::string_view text);

} // namespace manager
