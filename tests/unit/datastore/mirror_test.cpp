// A directory of files and the items that mirror it. What every store owes a session is in store_contract_test.cpp.
#include "datastore/guard.hpp"
#include "files.hpp"
#include "item/conversion.hpp"
#include "mirrored_items.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <utility>
#include <vector>

using Catch::Matchers::StartsWith;
using datastore::ConflictPolicy;
using datastore::HeldForReview;
using mirrored::card;
using storage::Directories;
using storage::ItemKind;
using Names = std::vector<std::string>;

namespace {

struct Fixture : mirrored::MirroredItems {
    Files files{directory / "contacts"};
    ConflictPolicy policy = ConflictPolicy::KeepBoth;

    Fixture() : MirroredItems("contacts") {}
    datastore::Mirror mirror() override { return {*items, kind, files.open(), "p", policy, std::size_t{4} << 20}; }
};

} // namespace

TEST_CASE("files become items, and items files that are called as they call themselves")
{
    Fixture f;
    f.files.write("ann.vcf", card("Ann"));
    f.session([&] {
        f.server_adds(card("Bea", "UID:bea-1@example\r\n"));
        f.server_adds(card("Cid", "UID:../../etc/passwd\r\n"));
        f.server_adds(card("Dan", "UID:.hidden\r\n"));
        f.server_adds(card("Eve"));
    });
    CHECK(f.count() == 5);
    const auto files = f.files.all();
    CHECK(files.size() == 5);
    CHECK(files.at("ann.vcf") == card("Ann"));
    CHECK(files.at("bea-1@example.vcf") == card("Bea", "UID:bea-1@example\r\n"));
    CHECK(files.at("syncd-" + f.luid_of("Cid") + ".vcf").find("passwd") != std::string::npos);
    CHECK(files.at("syncd-" + f.luid_of("Eve") + ".vcf") == card("Eve"));
}

TEST_CASE("a name that is taken is left to whom it belongs")
{
    Fixture f;
    f.files.write("bea.vcf", card("Another"));
    f.session();
    f.files.write("cid.vcf", "not yet looked at");
    f.session([&] {
        f.server_adds(card("Bea", "UID:bea\r\n"));
        f.server_adds(card("Cid", "UID:cid\r\n"));
        f.files.write("syncd-" + f.luid_of("Cid") + ".vcf", "nor this");
    });
    const auto files = f.files.all();
    CHECK(files.at("bea.vcf") == card("Another"));
    CHECK(files.at("cid.vcf") == "not yet looked at");
    CHECK(files.at("syncd-" + f.luid_of("Bea") + ".vcf") == card("Bea", "UID:bea\r\n"));
    CHECK(files.at("syncd-" + f.luid_of("Cid") + "-2.vcf") == card("Cid", "UID:cid\r\n"));
}

TEST_CASE("a file keeps its name and its mode when its item changes")
{
    Fixture f;
    f.files.write("my friend.vcf", card("Ann", "UID:something-else\r\n"));
    ::chmod((f.files.path() / "my friend.vcf").c_str(), 0640);
    f.session([&] { f.server_replaces("Ann", card("Anna")); });
    CHECK(f.files.all() == std::map<std::string, std::string>{{"my friend.vcf", card("Anna")}});
    struct stat status {};
    REQUIRE(::stat((f.files.path() / "my friend.vcf").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0640);
}

TEST_CASE("line ends are no change of an item")
{
    Fixture f;
    f.files.write("ann.vcf", card("Ann"));
    f.session();
    const auto revision = f.items->revision();
    f.files.write("ann.vcf", "BEGIN:VCARD\nVERSION:3.0\nN:Ann;;;;\nFN:Ann\nEND:VCARD\n");
    f.session();
    CHECK(f.items->revision() == revision);
    CHECK(f.files.read("ann.vcf") == "BEGIN:VCARD\nVERSION:3.0\nN:Ann;;;;\nFN:Ann\nEND:VCARD\n");
}

TEST_CASE("what is no item of the kind is left alone, and said")
{
    Fixture f;
    f.files.write("two.vcf", card("Ann") + card("Bea"));
    f.files.write("junk.vcf", "junk");
    f.files.write("event.vcf", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260101T000000Z\r\n"
                               "END:VEVENT\r\nEND:VCALENDAR\r\n");
    f.files.write("large.vcf", std::string(5 * 1024 * 1024, 'x'));
    f.files.write("notes.txt", "mine");
    f.files.write("upper.VCF", card("Upper"));
    std::filesystem::create_directory(f.files.path() / "folder.vcf");
    std::ofstream(f.files.path() / "folder.vcf/inner.vcf") << card("Inner");
    ::mkfifo((f.files.path() / "pipe.vcf").c_str(), 0600);
    std::filesystem::create_symlink("/etc/passwd", f.files.path() / "link.vcf");
    f.files.write("good.vcf", card("Good"));
    const auto before = f.files.all();
    f.session();
    CHECK(f.count() == 1);
    CHECK(f.files.all() == before);
    REQUIRE(f.notes.size() == 1);
    CHECK(f.notes[0].find("two.vcf") == std::string::npos); // behind the five that are named
    CHECK(f.notes[0].find("and 2 more") != std::string::npos);
    CHECK(f.notes[0].find("large.vcf (it is too large)") != std::string::npos);
    CHECK(f.notes[0].find("junk.vcf") != std::string::npos);
    CHECK(f.notes[0].find("pipe.vcf") == std::string::npos);
    CHECK(f.notes[0].find("folder.vcf (it is no file)") != std::string::npos);

    f.files.write("two.vcf", card("Ann"));
    f.session();
    CHECK(f.count() == 2);
}

TEST_CASE("a file that nobody can read any more keeps its item, and what is in it")
{
    Fixture f;
    f.files.write("ann.vcf", card("Ann"));
    f.files.write("bea.vcf", card("Bea"));
    f.session();
    f.files.write("ann.vcf", "half an edi");
    std::filesystem::remove(f.files.path() / "bea.vcf");
    std::filesystem::create_symlink("/etc/passwd", f.files.path() / "bea.vcf");
    f.session([&] {
        f.server_replaces("Ann", card("Ann", "NOTE:of the server\r\n"));
        f.server_replaces("Bea", card("Bea", "NOTE:of the server\r\n"));
    });
    CHECK(f.count() == 2);
    CHECK(f.files.read("ann.vcf") == "half an edi");
    CHECK(std::filesystem::is_symlink(f.files.path() / "bea.vcf"));
    f.files.write("ann.vcf", card("Ann", "TEL:1\r\n"));
    f.session();
    CHECK(f.files.read("ann.vcf").find("TEL:1") != std::string::npos);
    CHECK(f.files.read("ann.vcf").find("NOTE:of the server") != std::string::npos);
    CHECK(f.files.read("bea.vcf").find("NOTE") == std::string::npos);
    CHECK(f.count() == 2);
}

TEST_CASE("a file that was edited while its item changed is merged with it")
{
    Fixture f;
    f.policy = GENERATE(ConflictPolicy::KeepBoth, ConflictPolicy::ServerWins, ConflictPolicy::ClientWins);
    f.files.write("ann.vcf", card("Ann"));
    f.session();
    SECTION("without conflict")
    {
        f.session([&] {
            f.server_replaces("Ann", card("Ann", "TEL:1\r\n"));
            f.files.write("ann.vcf", card("Ann", "EMAIL:a@b\r\n"));
        });
        CHECK(f.files.read("ann.vcf").find("TEL:1") != std::string::npos);
        CHECK(f.files.read("ann.vcf").find("EMAIL:a@b") != std::string::npos);
        CHECK(f.count() == 1);
        CHECK(f.items->conflicts("p").empty());
    }
    SECTION("with one")
    {
        f.session([&] {
            f.server_replaces("Ann", card("Server"));
            f.files.write("ann.vcf", card("File"));
        });
        const auto conflicts = f.items->conflicts("p");
        REQUIRE(conflicts.size() == 1);
        CHECK(conflicts[0].theirs == card("Server"));
        REQUIRE(f.notes.size() == 1);
        CHECK(f.notes[0].find("ann.vcf") != std::string::npos);
        const auto files = f.files.all();
        const bool has_file = files.at("ann.vcf") == card("File");
        CHECK(has_file == (f.policy != ConflictPolicy::ServerWins));
        CHECK(files.size() == (f.policy == ConflictPolicy::KeepBoth ? 2 : 1));
        CHECK(f.count() == files.size());
    }
    const auto revision = f.items->revision();
    f.session();
    CHECK(f.items->revision() == revision);
}

TEST_CASE("a file with another name is the item that it was")
{
    Fixture f;
    f.files.write("ann.vcf", card("Ann"));
    f.files.write("bea.vcf", card("Bea"));
    f.session();
    const auto revision = f.items->revision();
    SECTION("moved")
    {
        f.files.rename("ann.vcf", "anna.vcf");
        f.session();
        CHECK(f.items->revision() == revision);
    }
    SECTION("written anew under the other name")
    {
        f.files.remove("ann.vcf");
        f.files.write("anna.vcf", card("Ann"));
        f.session();
        CHECK(f.items->revision() == revision);
    }
    SECTION("moved and edited")
    {
        f.files.rename("ann.vcf", "anna.vcf");
        f.session([&] { f.server_replaces("Ann", card("Ann", "TEL:1\r\n")); });
        CHECK(f.files.read("anna.vcf") == card("Ann", "TEL:1\r\n"));
    }
    SECTION("moved while the server changed it")
    {
        f.session([&] {
            f.server_replaces("Ann", card("Ann", "TEL:1\r\n"));
            f.files.rename("ann.vcf", "anna.vcf");
        });
    }
    f.session();
    CHECK(f.count() == 2);
    CHECK(f.files.all().size() == 2);
}

TEST_CASE("what is deleted in a file goes, and what is deleted by a session leaves no file")
{
    Fixture f;
    for (const auto* name : {"Ann", "Bea", "Cid"})
        f.files.write(std::string(name) + ".vcf", card(name));
    f.session();
    f.files.remove("Ann.vcf");
    f.session([&] { f.server_removes("Bea"); });
    CHECK(f.files.all().size() == 1);
    CHECK(f.count() == 1);
    CHECK(f.luid_of("Cid") != "");
}

TEST_CASE("what a killed session has written and not written down is not doubled")
{
    Fixture f;
    f.files.write("ann.vcf", card("Ann"));
    f.files.write("bea.vcf", card("Bea"));
    f.session();
    {
        auto one = f.mirror();
        one.take_in();
        f.server_replaces("Ann", card("Anna"));
        f.server_removes("Bea");
        f.server_adds(card("Cid", "UID:cid\r\n"));
    } // killed, and these it had done:
    const bool edited = GENERATE(false, true);
    f.files.write("ann.vcf", card("Anna"));
    f.files.remove("bea.vcf");
    f.files.write("cid.vcf", card("Cid", "UID:cid\r\n"));
    f.files.write(".syncd.tmp", "half");
    if (edited)
        f.files.write("ann.vcf", card("Anna", "TEL:1\r\n"));
    f.session();
    CHECK(f.count() == 2);
    CHECK(f.files.all() ==
          std::map<std::string, std::string>{{"ann.vcf", edited ? card("Anna", "TEL:1\r\n") : card("Anna")},
                                             {"cid.vcf", card("Cid", "UID:cid\r\n")}});
    CHECK(!f.files.has(".syncd.tmp"));
    CHECK(f.items->conflicts("p").empty());
}

TEST_CASE("a file is in a form that programs read, and its item stays as the server has it")
{
    Fixture f;
    const std::string old =
        "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=BCrgen;;;;\r\n"
        "FN:Juergen\r\nTEL;CELL:1\r\nUID:j\r\nEND:VCARD\r\n";
    f.session([&] { f.server_adds(old); });
    const auto written = f.files.read("j.vcf");
    CHECK(written == item::convert(old, item::Form::VCard30).value().data);
    const auto luid = f.luid_of("Juergen");
    const auto revision = f.items->revision();
    SECTION("nothing comes of that")
    {
        f.session();
        f.files.write("j.vcf", written); // as it is, but anew
        f.session();
        CHECK(f.items->revision() == revision);
        CHECK(f.items->find(f.kind, luid)->data == old);
    }
    SECTION("an edit of the file is one of the item")
    {
        auto edited = written;
        edited.replace(edited.find("TEL;TYPE=CELL:1"), 15, "TEL;TYPE=CELL:2");
        f.files.write("j.vcf", edited);
        f.session();
        CHECK(f.items->find(f.kind, luid)->data == edited);
        CHECK(f.count() == 1);
    }
    SECTION("a killed session has written it, and not written that down")
    {
        f.known.drop_file(f.kind, "j.vcf");
        f.known.set_written_to(f.kind, 0);
        f.session();
        CHECK(f.count() == 1);
        CHECK(f.items->find(f.kind, luid)->data == old);
        CHECK(f.known.find_file(f.kind, "j.vcf")->luid == luid);
    }
    SECTION("the server's next version")
    {
        auto next = old;
        next.replace(next.find("CELL:1"), 6, "CELL:3");
        f.session([&] { f.server_replaces("Juergen", next); });
        CHECK(f.files.read("j.vcf").find("TEL;TYPE=CELL:3\r\n") != std::string::npos);
        CHECK(f.items->find(f.kind, luid)->data == next);
    }
    CHECK(f.files.all().size() == 1);
}

TEST_CASE("a file whose item was deleted is no edit because it is young")
{
    Fixture f;
    f.files.write("ann.vcf", card("Ann"));
    f.session();
    {
        auto one = f.mirror();
        one.take_in();
        f.server_removes("Ann");
    } // killed before it was put out
    f.session();
    CHECK(f.count() == 0);
    CHECK(f.files.all().empty());
}

TEST_CASE("what was changed between two sessions, by an undoing say, is in the files with the next")
{
    Fixture f;
    f.files.write("ann.vcf", card("Ann"));
    f.session([&] { f.server_replaces("Ann", card("Anna")); });
    CHECK(f.items->undo("p", 1, {"p", 100, 1}));
    CHECK(f.files.read("ann.vcf") == card("Anna"));
    f.session();
    CHECK(f.files.read("ann.vcf") == card("Ann"));
}

TEST_CASE("a directory that is not what it was is never taken for one whose items were deleted")
{
    const auto way = GENERATE(0, 1, 2); // how it ends
    CAPTURE(way);
    Fixture f;
    for (const auto* name : {"Ann", "Bea", "Cid"})
        f.files.write(std::string(name) + ".vcf", card(name));
    f.session();
    const auto revision = f.items->revision();
    const auto marked = f.files.read(".syncd");
    REQUIRE(marked.size() == 33);
    const auto kept = f.files.path().parent_path() / "kept";

    SECTION("emptied")
    {
        for (const auto* name : {"Ann", "Bea", "Cid"})
            f.files.remove(std::string(name) + ".vcf");
    }
    SECTION("emptied, the mark as well")
    {
        std::filesystem::rename(f.files.path(), kept);
        std::filesystem::create_directory(f.files.path());
    }
    SECTION("swapped")
    {
        std::filesystem::rename(f.files.path(), kept);
        std::filesystem::create_directory(f.files.path());
        f.files.write("dan.vcf", card("Dan"));
        f.files.write(".syncd", std::string(32, 'f') + "\n");
    }
    SECTION("without its mark, though little else is missing")
    {
        f.files.remove(".syncd");
        f.files.remove("Ann.vcf");
    }
    SECTION("with another one's mark")
    {
        f.files.write(".syncd", std::string(32, 'f') + "\n");
    }
    const auto before = f.files.all();
    auto one = f.mirror();
    CHECK_THROWS_AS(one.take_in(), HeldForReview);
    one.put_out(); // the service ends
    CHECK(f.items->revision() == revision);
    CHECK(f.files.all() == before);
    CHECK(f.reviews.held(f.kind, "p") == storage::Held{.store = true});
    CHECK(!f.reviews.held(f.kind, "p").blocks());
    CHECK_THROWS_AS(f.mirror().take_in(), HeldForReview); // once more

    if (way == 0) { // it comes back
        if (std::filesystem::exists(kept)) {
            std::filesystem::remove_all(f.files.path());
            std::filesystem::rename(kept, f.files.path());
        } else {
            for (const auto* name : {"Ann", "Bea", "Cid"})
                f.files.write(std::string(name) + ".vcf", card(name));
            f.files.write(".syncd", marked);
        }
        f.session();
        CHECK(f.items->revision() == revision);
        CHECK(f.files.all().size() == 3);
    } else if (way == 1) { // what is not there is to be deleted
        f.reviews.release(f.kind, "p");
        f.session();
        CHECK(f.files.all() == before);
        CHECK(f.count() == before.size());
        CHECK(f.reviews.agreed_to(f.kind, "p") == f.items->revision());
    } else { // it is to be written again
        f.reviews.reject(f.kind, "p");
        f.session();
        CHECK(f.files.all().size() == (before.contains("dan.vcf") ? 4 : 3));
        CHECK(f.count() == f.files.all().size());
        CHECK(f.luid_of("Ann") != "");
    }
    CHECK(!f.reviews.held(f.kind, "p").any());
    const auto settled = f.items->revision();
    f.session();
    CHECK(f.items->revision() == settled);
}

TEST_CASE("a directory that cannot be opened is an error, and nothing is deleted")
{
    Fixture f;
    f.files.write("ann.vcf", card("Ann"));
    f.session();
    datastore::Mirror mirror(*f.items, f.kind, base::fail(base::Errc::Local, "there is no /contacts"), "p", f.policy);
    CHECK_THROWS_WITH(mirror.take_in(), "there is no /contacts");
    mirror.put_out();
    CHECK(f.count() == 1);
}

TEST_CASE("files of others, and those with a second name, are not touched for who may not do so")
{
    Fixture f;
    f.files.write("own.vcf", card("Own"));
    f.files.write("linked.vcf", card("Linked"));
    std::filesystem::create_hard_link(f.files.path() / "linked.vcf", f.directory / "elsewhere");
    const auto foreign = ::geteuid() + 4711;
    f.files.write("foreign.vcf", card("Foreign"));
    const bool may_give = ::chown((f.files.path() / "foreign.vcf").c_str(), foreign, -1) == 0;
    datastore::Mirror mirror(*f.items, f.kind, f.files.open(".vcf", ::geteuid() + 1), "p", f.policy);
    mirror.take_in();
    CHECK(f.luid_of("Own") != "");
    CHECK(f.luid_of("Linked").empty());
    CHECK(f.luid_of("Foreign").empty() == may_give);
}

TEST_CASE("two sessions of two profiles keep one directory in step")
{
    Fixture f;
    f.files.write("ann.vcf", card("Ann"));
    f.session();
    auto one = f.mirror();
    datastore::Mirror other(*f.items, f.kind, f.files.open(), "q", f.policy);
    one.take_in();
    other.take_in();
    f.server_adds(card("Bea", "UID:bea\r\n"));
    other.put_out();
    one.put_out();
    CHECK(f.files.all().size() == 2);
    f.session();
    CHECK(f.count() == 2);
}

TEST_CASE("the items of a directory that nobody has any more are forgotten, the files stay")
{
    Fixture f;
    f.items->add(ItemKind::Contact, card("Embedded"));
    f.files.write("ann.vcf", card("Ann"));
    f.session([&] { f.server_adds(card("Bea")); });
    CHECK(f.items->count(ItemKind::Contact) == 1);
    CHECK(f.known.kinds() == std::vector{f.kind});
    f.known.forget(f.kind);
    CHECK(f.known.kinds().empty());
    CHECK(f.count() == 0);
    CHECK(f.items->count(ItemKind::Contact) == 1);
    CHECK(f.files.all().size() == 2);
    const auto anew = f.known.kind_of(ItemKind::Contact, f.files.path().native());
    CHECK(anew != f.kind);
    CHECK(content_of(anew) == ItemKind::Contact);
}
