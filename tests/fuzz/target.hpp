#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What every fuzz target defines: deals with one input. libFuzzer calls it, and replay.cpp does.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace fuzz {

/// The input of a target as text.
inline std::string_view view(const std::uint8_t* data, std::size_t size)
{
    return {reinterpret_cast<const char*>(data), size};
}

/// What has to be true for every input. If it is not, the program says so and aborts: that is a finding.
void require(bool holds, std::string_view what);

/// A text for people: legible, and short enough to be read and to be passed on.
void require_for_people(std::string_view text);

} // namespace fuzz
