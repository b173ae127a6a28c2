#include "manager/kept_transcripts.hpp"

#include "fixture.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <vector>

using manager::KeptTranscripts;
namespace fs = std::filesystem;

namespace {

std::vector<std::uint64_t> kept(const KeptTranscripts& transcripts)
{
    std::vector<std::uint64_t> sessions;
    for (const auto& [session, size] : transcripts.sizes())
        sessions.push_back(session);
    return sessions;
}

using Numbers = std::vector<std::uint64_t>;

void write(const KeptTranscripts& transcripts, std::uint64_t session, const std::string& text)
{
    const auto file = transcripts.create(session);
    REQUIRE(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

std::string read(const base::Descriptor& file)
{
    std::array<char, 100> some{};
    const auto size = ::pread(file.get(), some.data(), some.size(), 0);
    REQUIRE(size >= 0);
    return {some.data(), static_cast<std::size_t>(size)};
}

} // namespace

TEST_CASE("a transcript is a file of its own, for nobody else's eyes, and is read and not written", "[manager][kept]")
{
    const TemporaryDirectory directory;
    const KeptTranscripts transcripts(directory.path());
    write(transcripts, 7, "said");
    struct stat status {};
    REQUIRE(::stat((directory / "7.xml").c_str(), &status) == 0);
    CHECK((status.st_mode & 07777U) == 0600U);
    const auto opened = transcripts.open(7);
    REQUIRE(opened);
    CHECK(read(*opened) == "said");
    CHECK(::write(opened->get(), "x", 1) < 0);
    CHECK_FALSE(transcripts.open(8));
    CHECK(transcripts.create(8).get() > 4);
}

TEST_CASE("what is there is neither written over nor followed", "[manager][kept]")
{
    const TemporaryDirectory directory, elsewhere;
    const KeptTranscripts transcripts(directory.path());
    write(transcripts, 7, "said");
    CHECK_THROWS_AS(transcripts.create(7), fs::filesystem_error);
    CHECK(read(*transcripts.open(7)) == "said");

    std::ofstream(elsewhere / "precious") << "precious";
    fs::create_symlink(elsewhere / "precious", directory / "8.xml");
    CHECK_THROWS_AS(transcripts.create(8), fs::filesystem_error);
    CHECK_THROWS_AS(transcripts.open(8), fs::filesystem_error);
    transcripts.prune(0);
    CHECK(fs::file_size(elsewhere / "precious") == 8);
}

TEST_CASE("the last ones are kept, and no more than there is room for", "[manager][kept]")
{
    const TemporaryDirectory directory;
    const KeptTranscripts transcripts(directory.path());
    for (const std::uint64_t session : {9, 10, 11, 12})
        write(transcripts, session, "0123456789");
    std::ofstream(directory / "notes.txt") << "not ours";
    transcripts.prune(3);
    CHECK(kept(transcripts) == Numbers{10, 11, 12});
    transcripts.prune(3, 0, 25);
    CHECK(kept(transcripts) == Numbers{11, 12});
    transcripts.prune(3, 0, 5); // one is kept, however long it is
    CHECK(kept(transcripts) == Numbers{12});
    transcripts.prune(0);
    CHECK(kept(transcripts).empty());
    CHECK(fs::exists(directory / "notes.txt"));
    KeptTranscripts(directory / "missing").prune(1);
}

TEST_CASE("one of a session that never said anything goes, one of a session that runs stays", "[manager][kept]")
{
    const TemporaryDirectory directory;
    const KeptTranscripts transcripts(directory.path());
    write(transcripts, 1, "said");
    write(transcripts, 2, "");
    transcripts.prune(1, 2);
    CHECK(kept(transcripts) == Numbers{1, 2});
    transcripts.prune(1);
    CHECK(kept(transcripts) == Numbers{1});
}

TEST_CASE("who has a transcript open takes no room of the disk when it goes", "[manager][kept]")
{
    const TemporaryDirectory directory;
    const KeptTranscripts transcripts(directory.path());
    write(transcripts, 1, "said");
    const auto opened = transcripts.open(1);
    transcripts.prune(0);
    CHECK(read(*opened).empty());
}

namespace {

/// A profile that keeps the transcripts of its last two sessions.
struct Kept : Fixture {
    manager::ProfileInput input = [] {
        auto wanted = profile();
        wanted.keep_transcripts = 2;
        return wanted;
    }();
    std::string id = add(input);

    fs::path folder() const { return config.state_directory / "users/1000/transcripts" / id; }
    KeptTranscripts transcripts() const { return KeptTranscripts(folder()); }
    /// A session whose worker writes it down.
    std::uint64_t begin()
    {
        const auto session = start(id);
        const auto& worker = pool.only();
        REQUIRE(worker.plan.transcript);
        CHECK_FALSE(worker.plan.transcript_items);
        REQUIRE(worker.transcript);
        REQUIRE(::write(worker.transcript->get(), "said", 4) == 4);
        return session;
    }
    std::uint64_t run()
    {
        const auto session = begin();
        pool.complete(session);
        timer.run();
        return session;
    }
    bool tells_of(std::uint64_t session)
    {
        const auto entries = manager->history(anna, id, 0).value();
        for (const auto& entry : entries)
            if (entry.session == session)
                return entry.has_transcript;
        return false;
    }
};

} // namespace

TEST_CASE("a profile that wants them has the transcripts of its last sessions", "[manager][kept]")
{
    Kept fixture;
    CHECK(fixture.get(fixture.id).keep_transcripts == 2);
    const auto first = fixture.run(), second = fixture.run(), third = fixture.run();
    CHECK(kept(fixture.transcripts()) == Numbers{second, third});
    CHECK_FALSE(fixture.tells_of(first));
    CHECK(fixture.tells_of(third));
    CHECK(read(fixture.manager->transcript(anna, fixture.id, second).value()) == "said");
    CHECK(read(fixture.manager->transcript(anna, "", third).value()) == "said");
    CHECK(fixture.manager->transcript(anna, fixture.id, first).error().code == base::Errc::NotFound);
    CHECK(fixture.manager->transcript(anna, "nowhere", third).error().code == base::Errc::NotFound);

    fixture.begin(); // which can be looked at
    CHECK(read(fixture.manager->transcript(anna, fixture.id, third + 1).value()) == "said");
}

TEST_CASE("a transcript is for the owner of the profile, and for root", "[manager][kept]")
{
    Kept fixture;
    const auto session = fixture.run();
    constexpr manager::Caller administrator{1001, true};
    CHECK(fixture.manager->transcript(bert, fixture.id, session).error().code == base::Errc::NotFound);
    CHECK(fixture.manager->transcript(bert, "", session).error().code == base::Errc::NotFound);
    CHECK(fixture.manager->transcript(administrator, fixture.id, session).error().code == base::Errc::AccessDenied);
    CHECK(fixture.manager->transcript(root, fixture.id, session));
}

TEST_CASE("who wants fewer, or none, has the others removed at once", "[manager][kept]")
{
    Kept fixture;
    fixture.run();
    const auto second = fixture.run();
    auto input = without_secrets(fixture.input);
    input.keep_transcripts = 1;
    REQUIRE(fixture.manager->update(anna, fixture.id, input));
    CHECK(kept(fixture.transcripts()) == Numbers{second});
    const auto running = fixture.begin();
    input.keep_transcripts.reset();
    REQUIRE(fixture.manager->update(anna, fixture.id, input));
    CHECK(kept(fixture.transcripts()) == Numbers{running});
    fixture.pool.complete(running);
    CHECK(kept(fixture.transcripts()).empty());

    const auto last = fixture.start(fixture.id);
    CHECK_FALSE(fixture.pool.only().plan.transcript);
    CHECK_FALSE(fixture.pool.only().transcript);
    fixture.pool.complete(last);
}

TEST_CASE("a session that somebody else writes down is not kept", "[manager][kept]")
{
    Kept fixture;
    const auto pipe = std::make_shared<const base::Descriptor>(::dup(2));
    REQUIRE(fixture.manager->start(anna, fixture.id, std::nullopt, {pipe, true}));
    fixture.timer.run();
    CHECK(fixture.pool.only().transcript == pipe);
    CHECK(fixture.pool.only().plan.transcript);
    CHECK(fixture.pool.only().plan.transcript_items);
    CHECK_FALSE(fs::exists(fixture.folder()));
}

TEST_CASE("a session that cannot begin, or whose transcript cannot, leaves none", "[manager][kept]")
{
    Kept fixture;
    fixture.pool.refuse = true;
    fixture.start(fixture.id);
    CHECK(kept(fixture.transcripts()).empty());
    fixture.pool.refuse = false;

    fs::remove(fixture.folder());
    std::ofstream(fixture.folder()) << "in the way";
    const auto session = fixture.start(fixture.id);
    CHECK_FALSE(fixture.pool.only().plan.transcript);
    fixture.pool.complete(session);
    fixture.timer.run();
    CHECK(fixture.recorder.take().back() == "completed home " + std::to_string(session));
}

TEST_CASE("transcripts go with their profile, and a start removes what is left", "[manager][kept]")
{
    Kept fixture;
    const auto session = fixture.run();
    const auto opened = fixture.manager->transcript(anna, fixture.id, session);
    const auto folder = fixture.folder();
    fixture.manager->remove(anna, fixture.id, [](const base::Result<void>& removed) { CHECK(removed); });
    CHECK_FALSE(fs::exists(folder));
    CHECK(read(opened.value()).empty());

    Kept left;
    left.run();
    left.run();
    left.repository->remove(left.id); // as if killed in the middle of it
    left.boot();
    CHECK_FALSE(fs::exists(left.folder()));

    Kept late;
    late.run();
    late.run();
    write(late.transcripts(), 99, "said");
    late.boot();
    CHECK(kept(late.transcripts()) == Numbers{2, 99});
}
