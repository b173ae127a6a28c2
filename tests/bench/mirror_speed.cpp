// What a directory of 100,000 files costs: taking it in for the first time, looking at it when nothing was changed, and
// when one file in a hundred was. Prints one JSON object.
//
// usage: mirror-speed DIRECTORY, which must not be there yet

#include "datastore/directory.hpp"
#include "datastore/mirror.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

namespace {

namespace fs = std::filesystem;

constexpr int Files = 100'000;

std::string card(int number, int version)
{
    return "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:" + std::to_string(number) + "@bench\r\nN:Doe;Jane " +
           std::to_string(number) + ";;;\r\nFN:Jane " + std::to_string(number) + " Doe\r\nTEL;TYPE=CELL:+49 151 " +
           std::to_string(version) + "\r\nEMAIL:jane" + std::to_string(number) +
           "@example.org\r\nADR;TYPE=HOME:;;Long Street 17;Smallville;;12345;Germany\r\nEND:VCARD\r\n";
}

/// What this process has sent to a disk so far.
std::uint64_t octets_written()
{
    std::ifstream io("/proc/self/io");
    std::string name;
    for (std::uint64_t value = 0; io >> name >> value;)
        if (name == "write_bytes:")
            return value;
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    const fs::path root(argc > 1 ? argv[1] : "mirror-speed.tmp");
    const auto directory = root / "contacts";
    fs::create_directories(directory);
    const auto write = [&](int number, int version) {
        std::ofstream(directory / (std::to_string(number) + ".vcf"), std::ios::binary) << card(number, version);
    };
    for (int i = 0; i < Files; ++i)
        write(i, 0);

    const auto items = storage::ItemStore::open(root / "items.db").value();
    const auto kind = storage::Directories(*items).kind_of(storage::ItemKind::Contact, directory.native());
    const auto look = [&] {
        const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        datastore::Mirror mirror(*items, kind,
                                 std::make_unique<datastore::Directory>(
                                     base::Descriptor(fd), datastore::Directory::Setup{directory.native(), ".vcf", {}}),
                                 "p", datastore::ConflictPolicy::KeepBoth);
        mirror.take_in();
    };
    const auto measure = [&](const char* name) {
        const auto written = octets_written();
        const auto begin = std::clock();
        look();
        std::cout << '"' << name << "_s\": " << static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC << ", \""
                  << name << "_written\": " << octets_written() - written << ", " << std::flush;
    };

    std::cout << "{\"files\": " << Files << ", ";
    measure("first");
    look(); // at what was too young to be believed
    measure("nothing");
    for (int i = 0; i < Files; i += 100)
        write(i, 1);
    measure("one_percent");
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    std::cout << "\"peak_mib\": " << usage.ru_maxrss / 1024 << ", \"items\": " << items->count(kind) << "}\n";
    fs::remove_all(root);
    return items->count(kind) == Files ? 0 : 1;
}
