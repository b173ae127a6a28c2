// Runs a fuzz target over stored inputs, without libFuzzer. usage: TARGET FILE-OR-DIRECTORY …
#include "target.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

std::vector<std::filesystem::path> files_in(const std::filesystem::path& path)
{
    std::vector<std::filesystem::path> files;
    if (!std::filesystem::is_directory(path))
        return {path};
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
        if (entry.is_regular_file())
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

} // namespace

int main(int count, char** arguments)
{
    std::size_t inputs = 0;
    for (const auto* argument : std::vector<const char*>(arguments + 1, arguments + count)) {
        for (const auto& path : files_in(argument)) {
            std::cout << path.filename().string() << std::endl; // the last one is to blame for what follows
            std::ifstream file(path, std::ios::binary);
            if (!file) {
                std::cerr << path << " cannot be read\n";
                return 1;
            }
            // A block of its own, so that a sanitizer sees what is read behind it.
            const std::vector<std::uint8_t> input{std::istreambuf_iterator<char>(file), {}};
            LLVMFuzzerTestOneInput(input.data(), input.size());
            ++inputs;
        }
    }
    std::cout << inputs << " inputs\n";
    return inputs > 0 ? 0 : 1;
}
