#pragma once

#include "base/result.hpp"
#include "storage/access.hpp"
#include "storage/delivery.hpp"
#include "storage/quarantine.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace storage {

/// Anchors::filter after syncs with several of them. No filter is written like this.
inline constexpr std::string_view mixed_filter = "*";

struct Anchors {
    std::string own_last;   ///< our Next of the last good session
    std::string peer_last;  ///< the server's
    std::uint64_t mark = 0; ///< the store's revision up to which local changes are settled; 0: never synced
    std::string filter{};   ///< of what the server sends: an item that it leaves out may not have come, all others have
    bool operator==(const Anchors&) const = default;
};

struct CountersRecord {
    std::uint64_t total = 0, added = 0, updated = 0, removed = 0, failed = 0;
    bool operator==(const CountersRecord&) const = default;
};

/// One service's part of one session, for GetStatistics and GetHistory.
struct ServiceRecord {
    std::string service;   ///< `CONTACT`
    std::string status;    ///< `SUCCESS`, `FAIL`, `STOP`, `NONE`; empty in a session that never ended
    std::string type;      ///< the type that ran, `SLOW` …
    std::int64_t time = 0; ///< µs since 1970, when it ended
    CountersRecord from_server, to_server;
    std::string error_name, error_message;
    bool operator==(const ServiceRecord&) const = default;
};

struct SessionRecord {
    std::uint64_t session = 0;           ///< the broker's number
    std::string trigger;                 ///< `user`, `timer`, `push`
    std::int64_t started = 0, ended = 0; ///< µs since 1970; ended 0: never ended (interrupted)
    std::string outcome;                 ///< `COMPLETED`, `FAILED`, `STOPPED`; empty while running
    std::string error_name, error_message;
    std::vector<std::string> notes;
    std::string version; ///< of SyncML that was spoken; empty: the server never answered
    std::uint64_t bytes_sent = 0, bytes_received = 0, round_trips = 0;
    std::vector<ServiceRecord> services; ///< from the beginning: who takes part
    bool operator==(const SessionRecord&) const = default;
};

/// How much of its sessions a profile remembers.
struct HistoryLimits {
    std::size_t sessions = 200;
    std::uint64_t with_items = 20; ///< of so many that sent items, which these were
};

/// The server's device information.
struct PeerInfo {
    std::string document;                ///< JSON text
    std::int64_t time = 0;               ///< µs since 1970, when it came
    bool doubted = false;                ///< it may be out of date
    std::vector<std::string> not_kept{}; ///< what items come back without, each behind its service: `CONTACT X-SPOUSE`
    bool operator==(const PeerInfo&) const = default;
};

/// Everything a profile remembers between sessions: anchors, what was sent and
/// confirmed, nonce, the server's device information, statistics and
/// history. Written by the profile's worker alone; the broker opens it read-only.
/// Each writing call is one durable transaction. Failures are thrown.
class SyncState {
public:
    static base::Result<std::unique_ptr<SyncState>> open(const std::filesystem::path& file,
                                                         Access access = Access::ReadWrite);
    ~SyncState();

    /// Makes one transaction of the writing calls in `work`: all or nothing. Exceptions pass through.
    void in_transaction(const std::function<void()>& work);

    // ---- per profile and server ---------------------------------------------------
    /// Forgets everything but history when the server or the user behind the profile
    /// became another (`identity` is a hash of URL host and user). True if it did.
    bool bind_to(std::string_view identity);
    /// What it is bound to; empty when never.
    std::string identity() const;
    std::string nonce() const;
    void set_nonce(std::string_view nonce);
    /// Nonces that the server was given, for what it proves itself by: the newest, and the one before until it is known
    /// that the newest has arrived.
    std::vector<std::string> server_nonces() const;
    void give_server_nonce(std::string_view nonce);
    void settle_server_nonce(); ///< the newest has arrived
    /// Nothing, too, where somebody has written an absurdly long one.
    std::optional<PeerInfo> peer_info() const;
    void set_peer_info(std::string_view document, std::int64_t time);
    void doubt_peer_info();

    /// What has been seen of how the server keeps what it is sent under one name.
    struct Keeping {
        /// So often it must be missing before that is no chance.
        static constexpr int enough = 3;
        std::string name;  ///< upper case
        int dropped = 0;   ///< it was missing in what came back
        bool kept = false; ///< it has come from the server, in some item
        bool is_lost() const { return !kept && dropped >= enough; }
        bool operator==(const Keeping&) const = default;
    };
    static constexpr std::size_t max_keeping = 200;
    std::vector<Keeping> keeping(std::string_view service) const;
    void note_keeping(std::string_view service, const std::vector<Keeping>& keeping);
    std::string sent_devinf_hash() const;
    void set_sent_devinf_hash(std::string_view hash);
    std::string encoding() const; ///< that the server has been found to read: `XML`, `WBXML`; empty: not yet
    void set_encoding(std::string_view word);
    /// The version of SyncML that the server has been found to speak.
    struct FoundVersion {
        std::string version;    ///< `1.1`
        std::int64_t since = 0; ///< seconds since 1970
        bool is_sure = false;   ///< else one doubtful sign stands against the higher ones
        std::string url;        ///< at this one, as a fingerprint
        bool operator==(const FoundVersion&) const = default;
    };
    std::optional<FoundVersion> found_version() const;
    void set_found_version(const FoundVersion& found);
    void forget_version();
    bool wants_sizes() const; ///< the server has asked for the size of each item
    void want_sizes();

    // ---- per service ----------------------------------------------------------------
    /// Where the items of the service are kept; empty: in the embedded store.
    std::string store(std::string_view service) const;
    /// The same from now on. What is known of the service is void when that is another one. Call it before anything
    /// else of the service.
    void bind_store(std::string_view service, std::string_view store);
    /// The anchors of the service with the server database `uri`, if that is the one of the last session.
    std::optional<Anchors> find_anchors(std::string_view service, std::string_view uri) const;
    /// The same to go on with. When the last call named another one, all
    /// that is known of the service is forgotten first. Call it before anything else of the service.
    Anchors anchors(std::string_view service, std::string_view uri);
    /// Stores the anchors and clears what was confirmed up to their mark. What else is noted got no answer that
    /// settles it: it goes out again with the next session, or waits for a change of the item.
    void commit(std::string_view service, std::string_view uri, const Anchors& anchors);
    /// The anchors of a session that the server may have ended well though it was not committed here; empty: there is
    /// none. They go with `commit` and `forget`.
    struct Tried {
        std::string own, peer;
        bool operator==(const Tried&) const = default;
    };
    Tried tried(std::string_view service, std::string_view uri) const;
    /// Of a service that `anchors` has named.
    void set_tried(std::string_view service, const Tried& tried);
    /// The revision of the store at which the first slow sync began that brought something and has not been committed
    /// since.
    std::optional<std::uint64_t> slow_since(std::string_view service) const;
    /// That is the one, unless one is kept.
    void note_slow_since(std::string_view service, std::uint64_t revision);
    /// Anchors, notes and quarantine of the service are void: the next sync is slow.
    void forget(std::string_view service);

    /// What has become of items that were sent, each at the revision it was sent with.
    enum class SentState {
        Sent = 0,      ///< no answer has settled it
        Confirmed = 1, ///< in a session that has not been committed
        Missing = 2,   ///< the server has no such item to replace
        Refused = 3    ///< for good, as it is
    };
    struct SentItem {
        std::string luid;
        std::uint64_t revision = 0;
        SentState state = SentState::Sent;
        int code = 0; ///< the Status that refused it, or overruled what it confirms
        bool operator==(const SentItem&) const = default;
    };
    std::vector<SentItem> sent_items(std::string_view service) const;
    void note_sent(std::string_view service, const std::vector<SentItem>& items); ///< replaces earlier notes
    void clear_sent(std::string_view service);

    /// A sync that has begun to move items and has not come to its end. It goes with `commit` and `forget`.
    struct OpenSync {
        std::string type;         ///< the type that runs, `SLOW` …
        std::uint64_t upto = 0;   ///< the store's revision that it looks at
        std::string confirmed_to; ///< where everything is sent: up to this LUID, in id order, the server has it
        unsigned resumed = 0;     ///< so often in vain
        bool operator==(const OpenSync&) const = default;
    };
    std::optional<OpenSync> open_sync(std::string_view service) const;
    void set_open_sync(std::string_view service, const OpenSync& sync);
    void clear_open_sync(std::string_view service);

    // Of an item in chunks that was on its way. It goes with the OpenSync.
    struct PartSent {
        std::string luid;
        std::uint64_t revision = 0; ///< of the item
        int verb = 0;               ///< of its chunks, a number of the caller's
        std::string format;
        std::uint64_t octets = 0; ///< that the server has
        bool operator==(const PartSent&) const = default;
    };
    std::optional<PartSent> part_sent(std::string_view service) const;
    void set_part_sent(std::string_view service, const PartSent& part); ///< replaces another one
    struct PartReceived {
        int verb = 0;
        std::string target, source; ///< of its Item
        std::string type, format;
        std::uint64_t size = 0; ///< of the whole item
        std::vector<std::string> chunks;
        bool operator==(const PartReceived&) const = default;
    };
    std::optional<PartReceived> part_received(std::string_view service) const;
    /// Keeps the beginning of an item, and nothing of any other item of the service.
    void keep_part_received(std::string_view service, const PartReceived& part);
    void add_chunk_received(std::string_view service, std::string_view chunk);
    void clear_part_received(std::string_view service);

    // ---- quarantine -------------------------------------------------------------------
    /// Keeps them, with the session that begin_session named last, in place of what is kept of the same items. One
    /// transaction.
    void quarantine(const std::vector<QuarantinedItem>& items);
    /// Forgets what is kept of these items. One transaction.
    void release(std::string_view service, bool from_server, const std::vector<std::string>& ids);
    /// By service, the server's last, as they came.
    std::vector<QuarantinedItem> quarantined() const;
    /// Who refused items may be another now: what the server refused goes to it once more.
    void retry_refused();

    // ---- history ----------------------------------------------------------------------
    /// Opens a record with no outcome, so that a killed worker leaves a trace; `record.services` says who
    /// takes part. A record that an earlier worker left open is closed: FAILED, Interrupted. Hence
    /// only the newest record can be open, and it is stale when no session runs.
    void begin_session(const SessionRecord& record);
    /// Writes the outcome and the services' records. Keeps the newest sessions, and those
    /// that were the last of a service.
    void end_session(const SessionRecord& record, const HistoryLimits& limits = {});
    std::vector<SessionRecord> history(std::size_t limit) const; ///< newest first, an open one too
    /// The last record of each service that ever took part. `running` is the session that the
    /// profile's worker carries out now (0: none); it does not count. Any other session without an end was
    /// interrupted: FAIL at the time it began.
    std::vector<ServiceRecord> statistics(std::uint64_t running = 0) const;
    /// What the session that begin_session named last has sent, and what came of it, in place of what is noted of the
    /// same items. Nothing is noted where it named none. One transaction.
    void note_deliveries(const std::vector<Delivery>& deliveries);
    /// What a session sent, as far as it is kept, of items with ids above `after` (empty: from the first), in id order.
    std::vector<Delivery> deliveries(std::uint64_t session, std::string_view after, std::size_t most) const;
    /// What is kept of how an item was sent, newest first.
    std::vector<Delivery> item_deliveries(std::string_view luid, std::size_t most) const;

private:
    class Impl;
    explicit SyncState(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace storage
