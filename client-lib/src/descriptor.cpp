#include <syncd/descriptor.hpp>

#include <unistd.h>

namespace syncd {

Descriptor::~Descriptor()
{
    if (fd_ >= 0)
        close(fd_);
}

} // namespace syncd
