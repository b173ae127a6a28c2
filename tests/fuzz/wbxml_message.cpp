// A message in WBXML, as a server sends it.
#include "decoding.hpp"
#include "target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    fuzz::check_message(fuzz::view(data, size), codec::Encoding::Wbxml);
    return 0;
}
