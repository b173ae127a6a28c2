#include "client_events.hpp"
#include "fake_service.hpp"

#include <syncd/store.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <string>

using namespace syncd;

namespace {

std::string content(int fd)
{
    std::string text(static_cast<std::size_t>(lseek(fd, 0, SEEK_END)), '\0');
    REQUIRE(pread(fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    return text;
}

} // namespace

TEST_CASE("items are listed, read, added, replaced and removed")
{
    FakeService service;
    Client client(user_bus);
    Store store(client, SyncServiceType::Contact);

    const auto items = store.list();
    REQUIRE(items.size() == 2);
    CHECK(items[1].id == "2");
    CHECK(items[1].revision == 15);
    CHECK(store.count() == 2);
    CHECK(store.get("1") == "BEGIN:VCARD one");
    CHECK(store.put("", "fresh") == "new");
    CHECK(store.put("1", "changed") == "1");
    CHECK(store.get("1") == "changed");
    store.remove("2");
    CHECK(error_of([&] { store.get("2"); }).kind() == ErrorKind::NotFound);
    CHECK(error_of([&] { store.put("", std::string("BEGIN\0END", 9)); }).kind() == ErrorKind::InvalidValue);
}

TEST_CASE("items go in and out through descriptors")
{
    FakeService service;
    Client client(user_bus);
    Store store(client, SyncServiceType::Contact);
    const int in = memfd_create("in", MFD_CLOEXEC), out = memfd_create("out", MFD_CLOEXEC);
    REQUIRE(pwrite(in, "BEGIN:VCARD three", 17, 0) == 17);

    CHECK(store.import_from(in) == 1);
    CHECK(store.get("imported") == "BEGIN:VCARD three");
    std::optional<std::uint32_t> exported;
    store.export_to(out, [&](std::optional<Error> error, std::uint32_t count) {
        CHECK_FALSE(error);
        exported = count;
    });
    process_until(client, [&] { return exported.has_value(); });

    CHECK(exported == 3u);
    CHECK(content(out) == "BEGIN:VCARD oneBEGIN:VCARD twoBEGIN:VCARD three");

    // Of one item.
    REQUIRE(ftruncate(out, 0) == 0);
    REQUIRE(lseek(out, 0, SEEK_SET) == 0);
    REQUIRE(lseek(in, 0, SEEK_SET) == 0);
    store.import_item("1", in);
    CHECK(store.get("1") == "BEGIN:VCARD three");
    bool written = false;
    store.export_item("1", out, [&](const std::optional<Error>& error) { written = !error; });
    process_until(client, [&] { return written; });
    CHECK(content(out) == "BEGIN:VCARD three");
    close(in);
    close(out);
}

TEST_CASE("changes of the store are told")
{
    FakeService service;
    Client client(user_bus);
    Store store(client, SyncServiceType::Contact);
    std::optional<StoreChanges> heard;

    store.on_changed([&](const StoreChanges& changes) { heard = changes; });
    service.store().emitChanged({"1", "2"}, {"3"}, {});
    process_until(client, [&] { return heard.has_value(); });

    CHECK(heard->added == std::vector<std::string>{"1", "2"});
    CHECK(heard->updated == std::vector<std::string>{"3"});
    CHECK(heard->removed.empty());
}

TEST_CASE("there is no store for an unknown service type")
{
    Client client(user_bus);
    CHECK(error_of([&] { Store store(client, SyncServiceType::Unknown); }).kind() == ErrorKind::InvalidValue);
}
