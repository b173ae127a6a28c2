#pragma once

#include "base/descriptor.hpp"
#include "datastore/collection.hpp"
#include "evolution/frame.hpp"

#include <unordered_map>

namespace evolution {

/// An address book, a calendar or a list of Evolution Data Server, through the keeper at the other end of a socket.
/// docs/decisions/0027-evolution.md
///
/// Its items are called as their UID. Between the look at an item and its being written or removed lies one call to the
/// server, which knows no exchange: an edit in just that moment is overwritten.
class Source : public datastore::Collection {
public:
    struct Setup {
        std::string uid;  ///< of the source
        std::string lock; ///< a directory or file that nobody else locks meanwhile
        std::chrono::milliseconds patience = std::chrono::minutes(3); ///< with one answer
    };

    Source(base::Descriptor keeper, Setup setup);

    const std::string& title() const override { return title_; }
    std::string title_of(const std::string& name) const override { return title_ + ", " + name; }
    bool keeps_names() const override { return true; }
    bool rewords() const override { return true; }

    /// Opens it.
    void clean_up() override;
    /// Of what the server has its items in; nobody can change it.
    std::string mark() const override { return mark_; }
    void set_mark(const std::string&) override {}

    std::unique_ptr<Listing> list() const override;
    std::optional<Status> find(const char* name) const override;
    base::Result<File> read(const std::string& name, std::size_t most) const override;

    Written add(const std::string& luid, std::string_view data) override;
    std::optional<Written> replace(const std::string& name, const storage::FileStamp& known,
                                   std::string_view data) override;
    bool remove(const std::string& name, const storage::FileStamp& known) override;
    void sync() override {} // what it has confirmed is its to keep

private:
    class Names;

    void lock() override;
    void unlock() noexcept override;
    /// What it has to say after `done`; nothing: `none`.
    std::optional<Frame> ask(const Frame& request, std::size_t fields) const;
    [[noreturn]] void fail(int error, const std::string& what) const;

    mutable base::Descriptor keeper_;
    base::Descriptor lock_;
    Setup setup_;
    std::string title_;
    std::string mark_;
};

} // namespace evolution
