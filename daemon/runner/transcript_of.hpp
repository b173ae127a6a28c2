#pragma once

#include "channel/messages.hpp"
#include "codec/codec.hpp"
#include "session/session.hpp"
#include "transcript/record.hpp"

#include <string>

/// What a transcript tells of a session beside its messages.
namespace runner {

/// `XML`, `WBXML`
std::string encoding_name(codec::Encoding encoding);

transcript::Attempt attempt_of(const session::Setup& setup, codec::Encoding encoding);
transcript::Ending ending_of(const channel::Result& result);

} // namespace runner
