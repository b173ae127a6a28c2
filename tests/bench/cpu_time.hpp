#pragma once

#include <ctime>

/// CPU seconds of this process that `work` takes.
template <class Work>
double cpu_seconds(const Work& work)
{
    const auto begin = std::clock();
    work();
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}
