#pragma once

#include "datastore/mirror.hpp"

#include "../storage/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mirrored {

inline std::string card(const std::string& name, const std::string& more = {})
{
    return "BEGIN:VCARD\r\nVERSION:3.0\r\nN:" + name + ";;;;\r\nFN:" + name + "\r\n" + more + "END:VCARD\r\n";
}

/// Contacts that mirror a collection, and what sessions of one profile do to them.
struct MirroredItems {
    TemporaryDirectory directory;
    std::unique_ptr<storage::ItemStore> items = storage::ItemStore::open(directory / "items.db").value();
    storage::Directories known{*items};
    storage::Reviews reviews{*items};
    storage::ItemKind kind;
    std::vector<std::string> notes; ///< of the last session

    /// `name`: of the collection.
    explicit MirroredItems(const std::string& name)
        : kind(known.kind_of(storage::ItemKind::Contact, (directory / name.c_str()).native()))
    {
    }
    virtual ~MirroredItems() = default;
    virtual datastore::Mirror mirror() = 0;

    /// A session that does nothing but what `does` does to the items.
    template <class Work>
    void session(Work does)
    {
        auto one = mirror();
        one.take_in();
        items->begin_session({"p", ++session_number, 1});
        does();
        one.put_out();
        items->end_session({});
        notes = one.take_notes();
    }
    void session()
    {
        session([] {});
    }
    std::string luid_of(const std::string& name)
    {
        std::string luid;
        items->each(kind, [&](const storage::StoredItem& item) {
            if (item.data.find("FN:" + name + "\r\n") != std::string::npos)
                luid = item.luid;
        });
        return luid;
    }
    void server_replaces(const std::string& name, const std::string& data)
    {
        CHECK(items->replace_from_peer(kind, "p", luid_of(name), data, items->revision()) ==
              storage::ItemStore::PeerWrite::Done);
    }
    void server_removes(const std::string& name)
    {
        CHECK(items->remove_from_peer(kind, "p", luid_of(name), items->revision()) ==
              storage::ItemStore::PeerWrite::Done);
    }
    void server_adds(const std::string& data)
    {
        items->add_from_peer(kind, "p", std::to_string(++guid), data, storage::ItemStore::Placing::Insert);
    }
    std::uint64_t count() { return items->count(kind); }

    std::uint64_t session_number = 0;
    int guid = 0;
};

} // namespace mirrored
