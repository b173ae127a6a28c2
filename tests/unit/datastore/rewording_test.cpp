// A collection whose programs keep its items in words of their own, and the items that mirror it.
#include "datastore/guard.hpp"
#include "item/uid.hpp"
#include "mirrored_items.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <map>
#include <memory>
#include <utility>

using Catch::Matchers::StartsWith;
using datastore::HeldForReview;
using mirrored::card;
using storage::Directories;

namespace {

/// A collection that keeps no NOTE, and adds a REV of its own to all that it is given.
class Rewording : public datastore::Collection {
public:
    using Texts = std::map<std::string, std::string>;
    explicit Rewording(Texts& texts, std::string mark = "mark") : texts_(texts), mark_(std::move(mark)) {}

    const std::string& title() const override { return title_; }
    std::string title_of(const std::string& name) const override { return title_ + name; }
    bool keeps_names() const override { return true; }
    bool rewords() const override { return true; }
    void clean_up() override {}
    std::string mark() const override { return mark_; }
    void set_mark(const std::string&) override {}
    std::unique_ptr<Listing> list() const override { return std::make_unique<All>(*this); }
    std::optional<Status> find(const char* name) const override
    {
        const auto found = texts_.find(name);
        return found == texts_.end() ? std::nullopt : std::optional(Status{stamp_of(found->second), true});
    }
    base::Result<File> read(const std::string& name, std::size_t) const override
    {
        const auto found = texts_.find(name);
        if (found == texts_.end())
            return base::fail(base::Errc::NotFound, "");
        return File{stamp_of(found->second), found->second};
    }
    Written add(const std::string& luid, std::string_view data) override
    {
        if (data.find("FN:Unwanted") != std::string_view::npos)
            throw Refused("unwanted");
        const auto uid = item::uid(data);
        const auto name = uid.empty() || texts_.contains(uid) ? "new-" + luid : uid;
        return write(name, data);
    }
    std::optional<Written> replace(const std::string& name, const storage::FileStamp& known,
                                   std::string_view data) override
    {
        const auto there = find(name.c_str());
        return there && there->stamp == known ? std::optional(write(name, data)) : std::nullopt;
    }
    bool remove(const std::string& name, const storage::FileStamp& known) override
    {
        const auto there = find(name.c_str());
        if (there && there->stamp == known)
            texts_.erase(name);
        return !texts_.contains(name);
    }
    void sync() override {}

private:
    class All : public Listing {
    public:
        explicit All(const Rewording& all) : all_(all) {}
        std::optional<Status> find(const char* name) const override { return all_.find(name); }
        void each_name(const std::function<void(const char*)>& visit) const override
        {
            for (const auto& [name, text] : all_.texts_)
                visit(name.c_str());
        }

    private:
        const Rewording& all_;
    };

    static storage::FileStamp stamp_of(const std::string& text)
    {
        return {static_cast<std::int64_t>(std::hash<std::string>()(text)), 1, 1, 1};
    }
    Written write(const std::string& name, std::string_view data)
    {
        std::string text(data);
        if (const auto note = text.find("NOTE:"); note != std::string::npos)
            text.erase(note, text.find('\n', note) + 1 - note);
        text.insert(text.find("END:"), "REV:20260101T000000Z\r\n");
        texts_[name] = text;
        return {name, stamp_of(text), text};
    }
    void lock() override {}
    void unlock() noexcept override {}

    Texts& texts_;
    std::string mark_;
    std::string title_ = "the book";
};

struct Fixture : mirrored::MirroredItems {
    Rewording::Texts book;
    std::string mark = "mark";

    Fixture() : MirroredItems("book") {}
    datastore::Mirror mirror() override
    {
        return {*items, kind, std::make_unique<Rewording>(book, mark), "p", datastore::ConflictPolicy::KeepBoth};
    }
};

} // namespace

TEST_CASE("what a collection makes of an item is no change, and an edit of that keeps the rest of the item")
{
    Fixture f;
    auto& book = f.book;
    f.session([&] { f.server_adds(card("Ann", "UID:ann\r\nNOTE:kept\r\n")); });
    REQUIRE(book.contains("ann"));
    CHECK(book["ann"].find("NOTE") == std::string::npos);
    const auto revision = f.items->revision();
    f.session();
    CHECK(f.items->revision() == revision);

    book["ann"].insert(book["ann"].find("END:"), "TEL:1\r\n");
    f.session();
    const auto text = f.items->find(f.kind, f.luid_of("Ann"))->data;
    CHECK(text.find("TEL:1") != std::string::npos);
    CHECK(text.find("NOTE:kept") != std::string::npos);
    CHECK(text.find("REV:") == std::string::npos);

    f.session([&] { f.server_replaces("Ann", card("Ann", "UID:ann\r\nNOTE:new\r\nTEL:2\r\n")); });
    CHECK(book["ann"].find("TEL:2") != std::string::npos);
    const auto settled = f.items->revision();
    f.session();
    CHECK(f.items->revision() == settled);
}

TEST_CASE("what a killed session has written in other words is found again")
{
    Fixture f;
    auto& book = f.book;
    f.session([&] { f.server_adds(card("Ann", "UID:ann\r\nTEL:1\r\n")); });
    {
        auto killed = f.mirror();
        killed.take_in();
        f.server_adds(card("Bea", "UID:bea\r\nNOTE:kept\r\n"));
        f.server_replaces("Ann", card("Ann", "UID:ann\r\nTEL:2\r\n"));
        Rewording other(book); // writes, and is not there to note it
        other.add("9", card("Bea", "UID:bea\r\nNOTE:kept\r\n"));
        other.replace("ann", other.find("ann")->stamp, card("Ann", "UID:ann\r\nTEL:2\r\n"));
    }
    f.session();
    CHECK(f.count() == 2);
    CHECK(book.size() == 2);
    CHECK(f.items->find(f.kind, f.luid_of("Bea"))->data.find("NOTE:kept") != std::string::npos);
    CHECK(f.items->find(f.kind, f.luid_of("Ann"))->data.find("TEL:2") != std::string::npos);
    const auto revision = f.items->revision();
    f.session();
    CHECK(f.items->revision() == revision);
}

TEST_CASE("an item that a collection does not take is told, and the others follow")
{
    Fixture f;
    auto& book = f.book;
    f.session([&] {
        f.server_adds(card("Unwanted"));
        f.server_adds(card("Ann", "UID:ann\r\n"));
    });
    CHECK(book.size() == 1);
    CHECK(f.count() == 2);
    REQUIRE(f.notes.size() == 1);
    CHECK(f.notes.front().find("unwanted") != std::string::npos);
    f.session();
    CHECK(f.count() == 2);
}

TEST_CASE("a collection that keeps names and has none of its items any more is another one")
{
    Fixture f;
    auto& book = f.book;
    book = {{"ann", card("Ann", "UID:ann\r\n")}, {"bea", card("Bea", "UID:bea\r\n")}};
    f.session();
    book = {{"cid", card("Cid", "UID:cid\r\n")}};
    CHECK_THROWS_AS(f.session(), HeldForReview);
    CHECK(f.count() == 2);
}

TEST_CASE("what is gone from a collection with another mark was not deleted by its user")
{
    Fixture f;
    auto& book = f.book;
    book = {{"ann", card("Ann", "UID:ann\r\n")}, {"bea", card("Bea", "UID:bea\r\n")}};
    f.session();
    f.mark = "moved"; // with all that was in it
    f.session();
    book.erase("ann");
    f.session();
    CHECK(f.count() == 1);

    f.mark = "anew";
    const auto lost = std::exchange(book, {});
    CHECK_THROWS_WITH(f.session(), StartsWith("the book was made anew or put back, and lacks 1 of 1 item"));
    CHECK(f.count() == 1);
    SECTION("put back")
    {
        book = lost;
        f.session();
    }
    SECTION("and is written again")
    {
        f.known.set_consent(f.kind, Directories::Consent::Restore);
        f.session();
        CHECK(book.contains("bea"));
    }
    SECTION("and is to go")
    {
        f.known.set_consent(f.kind, Directories::Consent::Missing);
        f.session();
        CHECK(f.count() == 0);
        return;
    }
    CHECK(f.count() == 1);
    book.clear();
    f.session();
    CHECK(f.count() == 0);
}
