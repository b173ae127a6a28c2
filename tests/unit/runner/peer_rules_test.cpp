#include "runner/peer_rules.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

namespace fs = std::filesystem;

namespace {

/// Two directories of files of peers.
class Directories {
public:
    Directories()
    {
        std::string name = fs::temp_directory_path() / "syncd-peers-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        root_ = name;
        fs::create_directories(shipped());
        fs::create_directories(local());
    }
    ~Directories() { fs::remove_all(root_); }

    fs::path shipped() const { return root_ / "usr"; }
    fs::path local() const { return root_ / "etc"; }
    runner::PeerRulesFiles read() const { return runner::PeerRulesFiles({shipped(), local(), root_ / "missing"}); }

private:
    fs::path root_;
};

void write(const fs::path& file, const std::string& text)
{
    std::ofstream(file) << text;
}

constexpr auto url = "https://sync.example.org/ds";

} // namespace

TEST_CASE("what is known of a server is found by its address and by what it says of itself", "[peers]")
{
    const Directories directories;
    write(directories.shipped() / "10.conf",
          "[one]\nUrl=https://SYNC.example.org/*\nEncoding=XML\n"
          "SyncTypes=TWO_WAY SLOW REFRESH_FROM_SERVER\nMaxSize=photo 40960 NOTE 2000\nMaxOccur=ADR 2\n"
          "[two]\nMan=Some*\nSwV=2.*\nSwV=3.*\nBelieveAnchors=yes\nProperties=yes\n");
    const auto files = directories.read();
    CHECK(files.complaints().empty());
    const auto by_url = files.find(url, nullptr);
    CHECK(by_url.encoding == "XML");
    CHECK(by_url.sync_types == std::vector<std::uint32_t>{1, 2, 6});
    REQUIRE(by_url.rooms);
    CHECK(by_url.rooms->size() == 3);
    CHECK(by_url.rooms->at("ADR").count == 2);
    CHECK(by_url.rooms->at("PHOTO").size == 40960);
    CHECK(by_url.rooms->at("NOTE").size == 2000);
    CHECK_FALSE(by_url.believe_anchors);
    CHECK(files.find("https://other.example.org/ds", nullptr) == runner::PeerRules{});

    syncml::DevInf devinf;
    devinf.manufacturer = "SOMEBODY";
    devinf.software_version = "3.1";
    const auto by_word = files.find("https://other.example.org/ds", &devinf);
    CHECK(by_word.believe_anchors == true);
    CHECK(by_word.properties == true);
    CHECK_FALSE(by_word.encoding);
    devinf.software_version = "4";
    CHECK(files.find("https://other.example.org/ds", &devinf) == runner::PeerRules{});
}

TEST_CASE("later sections stand over earlier ones, and a file over its namesake", "[peers]")
{
    const Directories directories;
    write(directories.shipped() / "10.conf", "[a]\nUrl=*\nEncoding=XML\nFilters=no\n");
    write(directories.local() / "20.conf", "[b]\nUrl=*example.org*\nEncoding=WBXML\n");
    CHECK(directories.read().find(url, nullptr).encoding == "WBXML");
    CHECK(directories.read().find(url, nullptr).filters == false);
    write(directories.local() / "10.conf", "");
    CHECK_FALSE(directories.read().find(url, nullptr).filters);
    write(directories.local() / "30.txt", "[c]\nUrl=*\nFilters=no\n");
    CHECK_FALSE(directories.read().find(url, nullptr).filters);
}

TEST_CASE("what cannot be understood in a file of peers is left out and told", "[peers]")
{
    const Directories directories;
    const auto [text, complaint] = GENERATE(table<const char*, const char*>({
        {"[a]\nUrl=*\nEncoding=ASN1\n", "line 3: Encoding=ASN1 makes no sense"},
        {"[a]\nUrl=*\nFilters=maybe\n", "line 3: Filters=maybe makes no sense"},
        {"[a]\nUrl=*\nSyncTypes=TWO_WAY SIDEWAYS\n", "makes no sense"},
        {"[a]\nUrl=*\nMaxSize=PHOTO\n", "line 3: MaxSize=PHOTO makes no sense"},
        {"[a]\nUrl=*\nMaxSize=PHOTO 0\n", "makes no sense"},
        {"[a]\nUrl=*\nColour=red\n", "line 3: Colour is not known"},
        {"[a]\nEncoding=XML\n", "has no Url, Man, Mod or SwV"},
        {"[a\n", "line 1 is neither"},
    }));
    write(directories.shipped() / "10.conf", text);
    const auto files = directories.read();
    REQUIRE(files.complaints().size() == 1);
    CHECK(files.complaints()[0].find(complaint) != std::string::npos);
    CHECK(files.find(url, nullptr) == runner::PeerRules{});
}
