#include "app/configuration.hpp"

#include "scratch.hpp"

using app::read_configuration;
using base::Errc;

TEST_CASE("without a file everything has its default", "[configuration]")
{
    const Scratch scratch;
    const auto read = read_configuration(scratch / "none");
    REQUIRE(read);
    CHECK(read->manager.max_profiles == 5);
    CHECK(read->manager.peer_rules == std::vector<std::string>{"/usr/share/syncd/peers.d", "/etc/syncd/peers.d"});
    CHECK(read->manager.store_roots == std::vector<std::string>());
    CHECK(read->authorization == bus::Authorizer::Mode::Polkit);
    CHECK(read->warnings.empty());
}

TEST_CASE("every key is read", "[configuration]")
{
    const Scratch scratch;
    const auto read = read_configuration(scratch.write("c", "# comment\n"
                                                            "[syncd]\n"
                                                            "MaxProfiles = -1\n"
                                                            "MaxSessions = 3\n"
                                                            "Authorization = owner\n"
                                                            "LogLevel = debug\n"
                                                            "MaxMessageSize = 65536\n"
                                                            "MaxObjectSize = 1048576\n"
                                                            "MaxReplySize = 2097152\n"
                                                            "ConnectTimeout = 5\n"
                                                            "ReplyTimeout = 6\n"
                                                            "SessionTimeout = 70\n"
                                                            "HistorySessions = 7\n"
                                                            "HistorySize = 1000\n"
                                                            "StopTimeout = 8\n"
                                                            "Proxy = http://bob:s3cret@proxy.example:3128\n"
                                                            "PeerRules = /a/peers.d::/b\n"
                                                            "StoreRoots = /srv/calendars:/home\n"
                                                            "NoProxy = localhost, .example.org\n"));
    REQUIRE(read);
    CHECK(read->manager.max_profiles == -1);
    CHECK(read->manager.max_workers == 3);
    CHECK(read->authorization == bus::Authorizer::Mode::Owner);
    CHECK(read->manager.log_level == "debug");
    CHECK(read->manager.max_msg_size == 65536);
    CHECK(read->manager.max_obj_size == 1048576);
    CHECK(read->manager.max_reply_bytes == 2097152);
    CHECK(read->manager.connect_timeout_s == 5);
    CHECK(read->manager.reply_timeout_s == 6);
    CHECK(read->manager.session_timeout_s == 70);
    CHECK(read->manager.history == storage::Retention{7, 1000});
    CHECK(read->stop_timeout_s == 8);
    CHECK(read->proxy == "http://bob:s3cret@proxy.example:3128");
    CHECK(read->no_proxy == "localhost, .example.org");
    CHECK(read->manager.peer_rules == std::vector<std::string>{"/a/peers.d", "/b"});
    CHECK(read->manager.store_roots == std::vector<std::string>{"/srv/calendars", "/home"});
    CHECK(read->warnings.empty());
}

TEST_CASE("what is not known is a warning with its line", "[configuration]")
{
    const Scratch scratch;
    const auto read =
        read_configuration(scratch.write("c", "[syncd]\n\nMaxProfile = 7\nMaxProfiles=8\n[other]\nMaxProfiles=9\n"));
    REQUIRE(read);
    CHECK(read->manager.max_profiles == 8);
    CHECK(read->warnings == std::vector<std::string>{"line 3: [syncd] MaxProfile is not known, ignoring",
                                                     "line 6: [other] MaxProfiles is not known, ignoring"});
}

TEST_CASE("a proxy that is none is refused, and its password not shown", "[configuration]")
{
    const Scratch scratch;
    for (const auto* bad : {"proxy.example:3128", "http://", "ftp://bob:s3cret@proxy.example", "http://a b:s3cret@c"}) {
        const auto read = read_configuration(scratch.write("c", std::string("[syncd]\nProxy=") + bad + "\n"));
        REQUIRE_FALSE(read);
        CHECK(read.error().code == Errc::InvalidValue);
        CHECK_THAT(read.error().message, Catch::Contains("line 2: Proxy must be a URL"));
        CHECK_THAT(read.error().message, !Catch::Contains("s3cret"));
    }
}

TEST_CASE("a value that makes no sense stops the start and is named", "[configuration]")
{
    const Scratch scratch;
    for (const auto* line : {"MaxProfiles=many", "MaxProfiles=5x", "MaxSessions=0", "Authorization=none",
                             "LogLevel=loud", "ConnectTimeout=-1", "MaxMessageSize=", "SessionTimeout=1"}) {
        const auto read = read_configuration(scratch.write("c", std::string("[syncd]\n") + line + "\n"));
        INFO(line);
        REQUIRE_FALSE(read);
        CHECK(read.error().code == Errc::InvalidValue);
        CHECK(read.error().message.find("c, line 2: " + std::string(line).substr(0, 5)) != std::string::npos);
    }
}

TEST_CASE("a line that is no entry, and a file that cannot be read, stop the start", "[configuration]")
{
    const Scratch scratch;
    const auto garbage = read_configuration(scratch.write("c", "[syncd]\ngarbage\n"));
    REQUIRE_FALSE(garbage);
    CHECK(garbage.error().message.find("line 2") != std::string::npos);
    const auto directory = read_configuration(scratch / ".");
    REQUIRE_FALSE(directory);
    CHECK(directory.error().code == Errc::InvalidValue);
}
