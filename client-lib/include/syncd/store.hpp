#pragma once

#include <syncd/client.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace syncd {

struct StoreItem {
    std::string id;
    std::uint64_t revision = 0; ///< grows with each change
};

/// Ids of items that an application of this user, or a sync, has changed.
struct StoreChanges {
    std::vector<std::string> added;
    std::vector<std::string> updated;
    std::vector<std::string> removed;
};

/// This user's items of one kind, kept by the service. A contact is one vCard (2.1 or 3.0); an event
/// or a task one calendar object (iCalendar 2.0 or vCalendar 1.0): the VEVENTs or VTODOs of one UID with
/// the time zones they need; a note one of iCalendar 2.0 with a VJOURNAL, or any other text, whose
/// first line is its summary. Text is UTF-8 and kept as given. A change is durable when the call
/// returns, and goes to the servers with the next sync.
///
/// The two forms of calls, their common errors, threads and events: as for the Client that it was
/// made from. Once that is destroyed the blocking calls still work, but no callback comes any more.
class SYNCD_API Store {
public:
    /// `type`: Unknown throws Error InvalidValue.
    Store(Client& client, SyncServiceType type);
    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;
    ~Store();

    /// Every item, in the order of ids.
    std::vector<StoreItem> list();
    void list(Reply<std::vector<StoreItem>> done);

    /// Errors: NotFound; Failed for an item of more than 8 MiB, which `export_item` writes.
    std::string get(const std::string& id);
    void get(const std::string& id, Reply<std::string> done);

    /// Replaces an item, or adds one when `id` is empty; returns its id.
    /// Errors: NotFound for an unknown id; InvalidValue when `data` is not one item of this
    /// kind, or larger than the administrator allows (usually 4 MiB). What the bus does not pass `import_from` and
    /// `import_item` do.
    std::string put(const std::string& id, const std::string& data);
    void put(const std::string& id, const std::string& data, Reply<std::string> done);

    /// Errors: NotFound.
    void remove(const std::string& id);
    void remove(const std::string& id, Done done);

    /// Adds all items read from `fd`, a file or the read end of a pipe, up to its end, 64 MiB at most:
    /// all or none. Of a calendar the entries of this kind count; a stream that is no calendar is one
    /// note. Returns how many. The caller may close `fd` when the call returns. The blocking
    /// form waits for the end of the stream, so another thread or process must fill a pipe.
    /// Errors: InvalidValue names the item by its place in the stream.
    std::uint32_t import_from(int fd);
    void import_from(int fd, Reply<std::uint32_t> done);

    /// Writes all items to `fd`, vCards one after another, others as one iCalendar stream per
    /// item, also notes in plain text. Returns how many. Another thread or process must empty a pipe. On failure `fd`
    /// may have received a part. Errors: Failed when `fd` cannot be written.
    std::uint32_t export_to(int fd);
    void export_to(int fd, Reply<std::uint32_t> done);

    /// The same for one item: replaces it by the one that `fd` has, or writes it. Errors: NotFound as well;
    /// InvalidValue when there is not one in `fd`.
    void import_item(const std::string& id, int fd);
    void import_item(const std::string& id, int fd, Done done);
    void export_item(const std::string& id, int fd);
    void export_item(const std::string& id, int fd, Done done);

    std::uint32_t count();
    void count(Reply<std::uint32_t> done);

    /// From now on calls `changed` for every change; replaces the callback before. Goes on when the
    /// service is restarted. Starts the service, and blocks until it answers.
    void on_changed(std::function<void(const StoreChanges& changes)> changed);

private:
    class SYNCD_LOCAL Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace syncd
