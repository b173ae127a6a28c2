#pragma once

#include "session/session.hpp"

#include <cstddef>

/// Octets of commands as a text format much like XML would need them: every
/// element costs its tags, every text its length. Stands in for the codec, which
/// the engine's tests do without.
namespace crude_size {

std::size_t of(const syncml::Header& header);
std::size_t of(const syncml::Command& command);
std::size_t of(const syncml::SyncCommand& command);
/// The whole message, as its receiver would measure it.
std::size_t of(const syncml::Message& message);

/// Puts the functions into a setup.
void install(session::Setup& setup);

} // namespace crude_size
