#include "app/options.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace {

std::variant<app::Options, int> parse(std::vector<std::string> words)
{
    words.insert(words.begin(), "syncd");
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    return app::parse(static_cast<int>(arguments.size()), arguments.data());
}

app::Options options(std::vector<std::string> words)
{
    const auto parsed = parse(std::move(words));
    REQUIRE(std::holds_alternative<app::Options>(parsed));
    return std::get<app::Options>(parsed);
}

} // namespace

TEST_CASE("the system scope is the default", "[options]")
{
    CHECK(options({}).scope == bus::Scope::System);
    CHECK(options({"--system"}).scope == bus::Scope::System);
    CHECK(options({"--user"}).scope == bus::Scope::User);
    CHECK(options({}).state_directory.empty());
    CHECK(options({}).worker.filename() == "syncd-session");
}

TEST_CASE("options are taken over", "[options]")
{
    const auto all =
        options({"--state-directory", "/s", "--config", "/dev/null", "--worker", "/w", "--log-level", "debug"});
    CHECK(all.state_directory == "/s");
    CHECK(all.config_file == "/dev/null");
    CHECK(all.worker == "/w");
    CHECK(all.log_level == "debug");
}

TEST_CASE("a wrong command line ends with 2, help and version with 0", "[options]")
{
    for (const auto& words : {std::vector<std::string>{"--system", "--user"},
                              {"--nonsense"},
                              {"--log-level", "loud"},
                              {"--config", "/no/such/file"},
                              {"word"}})
        CHECK(std::get<int>(parse(words)) == 2);
    CHECK(std::get<int>(parse({"--help"})) == 0);
    CHECK(std::get<int>(parse({"--version"})) == 0);
}
