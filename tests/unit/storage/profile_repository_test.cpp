#include "storage/profile_repository.hpp"

#include "temporary_directory.hpp"

#include <catch2/catch.hpp>

using storage::ProfileRepository;
using storage::ProfileRow;

namespace {

ProfileRow full_row(const std::string& id)
{
    ProfileRow row;
    row.id = id;
    row.owner = 4'000'000'000;
    row.name = "Büro";
    row.url = "https://sync.example.net/ds";
    row.mode = "PERIODIC";
    row.type = "TWO_WAY";
    row.interval = "1_DAY";
    row.sealed_credentials = std::string("\0sealed\xff", 8);
    row.allow_plain_credentials = true;
    row.ca_file = "/etc/ca.pem";
    row.settings = "{}";
    row.last_end = 1'700'000'000'000'000;
    row.next_due = 1'700'086'400'000'000;
    row.not_before = 1'700'000'060'000'000;
    row.credentials_refused = true;
    row.services = {{"EVENT", "cal", false, std::string("\0x", 2)}, {"CONTACT", "card", true, ""}};
    return row;
}

struct Fixture {
    TemporaryDirectory directory;
    std::unique_ptr<ProfileRepository> repository = open();
    std::unique_ptr<ProfileRepository> open() const
    {
        return ProfileRepository::open(directory / "profiles.db").value();
    }
};

} // namespace

TEST_CASE_METHOD(Fixture, "profiles come back as they were stored, in order of creation", "[profiles]")
{
    CHECK(repository->load_all().empty());
    ProfileRow bare;
    bare.id = "zz";
    repository->insert(bare);
    repository->insert(full_row("aa"));
    repository = open();
    CHECK(repository->load_all() == std::vector<ProfileRow>{bare, full_row("aa")});
}

TEST_CASE_METHOD(Fixture, "an update replaces all of a profile and keeps its place", "[profiles]")
{
    repository->insert(full_row("one"));
    repository->insert(full_row("two"));
    auto changed = full_row("one");
    changed.name = "Home";
    changed.sealed_credentials.clear();
    changed.services = {{"CONTACT", "./contacts", true, "box"}};
    repository->update(changed);
    CHECK(repository->load_all() == std::vector<ProfileRow>{changed, full_row("two")});
}

TEST_CASE_METHOD(Fixture, "a removed profile leaves nothing behind", "[profiles]")
{
    repository->insert(full_row("one"));
    repository->insert(full_row("two"));
    repository->remove("one");
    CHECK(repository->load_all() == std::vector<ProfileRow>{full_row("two")});
    ProfileRow again;
    again.id = "one";
    repository->insert(again);
    CHECK(repository->load_all() == std::vector<ProfileRow>{full_row("two"), again});
}

TEST_CASE_METHOD(Fixture, "the schedule of a profile changes alone", "[profiles]")
{
    repository->insert(full_row("one"));
    auto expected = full_row("one");
    expected.last_end = 5;
    expected.next_due = 6;
    expected.not_before = 7;
    expected.credentials_refused = false;
    auto row = expected;
    row.name = "not written";
    repository->update_schedule(row);
    CHECK(repository->load_all() == std::vector<ProfileRow>{expected});
}

TEST_CASE_METHOD(Fixture, "inserting an id a second time fails and changes nothing", "[profiles]")
{
    repository->insert(full_row("one"));
    CHECK_THROWS(repository->insert(full_row("one")));
    CHECK(repository->load_all().size() == 1);
}

TEST_CASE_METHOD(Fixture, "session numbers are never given twice", "[profiles]")
{
    CHECK(repository->next_session_number() == 1);
    CHECK(repository->next_session_number() == 2);
    repository = open();
    CHECK(repository->next_session_number() == 3);
}
