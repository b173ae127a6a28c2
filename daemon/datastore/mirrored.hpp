#pragma once

#include "datastore/embedded.hpp"
#include "datastore/mirror.hpp"

namespace datastore {

/// A directory of files as one profile's datastore of one service: the embedded one, on what mirrors the directory, in
/// step with it from `admit` on. Files that other programs write later belong to the next session; what the
/// session does is in the files when `commit` or `abandon` has returned.
class Mirrored : public Embedded {
public:
    /// All three outlive it.
    Mirrored(Mirror& mirror, storage::ItemStore& items, storage::SyncState& state, Setup setup)
        : Embedded(items, state, std::move(setup)), mirror_(mirror)
    {
    }

    void admit(session::SyncType type) override
    {
        mirror_.take_in();
        Embedded::admit(type);
    }
    std::uint64_t commit() override
    {
        const auto removed = Embedded::commit();
        mirror_.put_out();
        return removed;
    }
    void abandon() override
    {
        Embedded::abandon();
        mirror_.put_out();
    }
    std::vector<std::string> take_notes() override
    {
        auto notes = Embedded::take_notes();
        for (auto& note : mirror_.take_notes())
            notes.push_back(std::move(note));
        return notes;
    }

private:
    Mirror& mirror_;
};

} // namespace datastore
