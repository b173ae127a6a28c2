#pragma once

#include "base/error.hpp"

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace base {

/// An outcome that the direct caller must handle. Failures that only the edge
/// of an operation can report (disk full, damaged database) are exceptions.
template <class T>
using Result = tl::expected<T, Error>;

/// `return fail(Errc::NotFound, "no profile …");`
inline tl::unexpected<Error> fail(Errc code, std::string message)
{
    return tl::unexpected<Error>(Error{code, std::move(message)});
}

} // namespace base
