#pragma once

#include "syncml/codes.hpp"
#include "syncml/devinf.hpp"
#include "syncml/version.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace testserver {

/// Which credentials a client must show. Any: MD5 is asked for, basic is taken too.
enum class AuthPolicy { None, Basic, Md5, Any };

/// Whose version stays when both sides changed one item. Newer: that with the
/// later REV or LAST-MODIFIED, the server's when they do not differ.
enum class ConflictPolicy { ServerWins, ClientWins, Duplicate, Newer };

/// The answer to Alert 225, Resume.
enum class ResumePolicy {
    Yes,          ///< 200 and Alert 225
    OriginalCode, ///< 200 and the Alert of the sync that is resumed
    Unknown,      ///< 406: it does not know 225
    Refuse,       ///< 508 and a slow sync
    Override,     ///< 509 and a two-way sync from the beginning
    Fail          ///< 500
};

/// What becomes of a message in a version that the server does not speak.
enum class VersionRefusal {
    Status,         ///< 505 or 513 and a list of those it speaks
    Protocol,       ///< 513 always
    BadRequest,     ///< 400
    NotImplemented, ///< 501
    Page            ///< a page in HTML
};

/// Where a client must try again after its credentials were refused.
enum class LoginRetry {
    Anywhere,
    AtFirstAddress, ///< not at the RespURI that came with the refusal
    InNewSession
};

struct Personality;

struct DatastoreOptions {
    std::string name;          ///< LocURI
    std::string type, version; ///< preferred content type
    std::string other, other_version;
};

/// What the server says of itself, beside what follows from its options.
struct Description {
    std::string manufacturer = "syncd", model = "syncd-test-server", software;
    bool utc = true;
    std::string before_uri, behind_uri; ///< around the names of its datastores
    std::vector<std::uint32_t> sync_types{1, 2, 3, 4, 5, 6};
    bool filters = false; ///< of records, in the CGI grammar
    // By datastore.
    std::map<std::string, std::vector<syncml::ContentType>>
        receives;                                                    ///< the preferred one first; absent: what it takes
    std::map<std::string, std::vector<syncml::Property>> properties; ///< of its preferred type
};

/// How it marks the Deletes that it sends.
enum class DeleteMark { None, Archive, Soft };

/// How the server behaves. A session keeps the options it began with.
struct Options {
    AuthPolicy auth = AuthPolicy::Md5;
    bool auth_each_message = false; ///< accept with 200 and a new nonce instead of 212
    bool resp_uri = true;           ///< hand out RespURI with a session id
    bool number_of_changes = true;  ///< declare SupportNumberOfChanges
    bool large_objects = true;      ///< declare SupportLargeObjs, and send them
    ConflictPolicy conflict = ConflictPolicy::ServerWins;
    std::set<syncml::Version> versions{syncml::Version::V1_0, syncml::Version::V1_1, syncml::Version::V1_2};
    VersionRefusal version_refusal = VersionRefusal::Status;
    ResumePolicy resume = ResumePolicy::Yes;
    bool adds_again = false;           ///< what the client has taken already, as long as there is more to send
    bool temporary_ids = false;        ///< in Adds, for GUIDs that are too long; free again once the item is mapped
    bool keeps_partial_objects = true; ///< a large object that broke off goes on where it was
    bool repeats_answers = true;       ///< to a message that comes again; else it is carried out again, Adds and all
    bool repeats_statuses = true;      ///< to an item that comes again in a resumed sync; else 418
    // What kinds of servers are made of; see personality.hpp.
    const Personality* personality = nullptr;
    LoginRetry login_retry = LoginRetry::Anywhere;
    std::set<syncml::SyncType> refused_types;            ///< 406
    bool pairs = true;                                   ///< items of a slow sync; else all of the client's are new
    bool slow_when_empty = false;                        ///< a slow sync whenever the server holds nothing
    bool from_client_as_two_way = false;                 ///< Alert 200 to 202
    syncml::StatusCode matched = syncml::StatusCode::Ok; ///< for an equal item of a slow sync
    bool adds_unknown = true;                            ///< what it is to replace and has not; else 404
    bool wants_sizes = false;                            ///< 411 to data without Size
    std::optional<std::uint64_t> capacity;               ///< 420 to an Add where there are so many items
    DeleteMark deletes = DeleteMark::None;
    bool asks_twice = false;                 ///< Alert 222, twice in one message
    bool sends_early = false;                ///< Adds, while the client is still sending
    bool keeps_deleted = false;              ///< 200 for a Delete, and nothing is deleted
    bool restores_deleted = false;           ///< what the client has deleted comes back when it is added anew
    std::string no_store_of_ours;            ///< 400 to an Alert for it, instead of 404
    bool trims_text = false;                 ///< white space around item data, chunk by chunk
    bool several_items = false;              ///< in one command of ours
    std::uint64_t largest_item = UINT64_MAX; ///< 413 for a larger one
    std::string (*keeps)(const std::string& data) = nullptr; ///< what it stores of an item; null: all
    bool reads_wbxml_alone = false;                          ///< 415 over HTTP to XML
    bool fails_at_filters = false;                           ///< 500, though it says that it can filter
    bool asks_devinf = false;                                ///< by Get, though the client has told it
    bool wants_devinf_to_compare = false; ///< 412 to a slow sync that the client's does not come with
    bool throttles_slow_syncs = false;    ///< 417 to all but the first of a device
    bool names_from_root = false;         ///< its datastores, in what it says: `/card`
    std::string content_type_tail;
    unsigned alerts = 0; ///< so many Alerts of a message 1 that went before asked for the session; 0: none did
    Description description;
    std::uint64_t max_msg_size = 64 * 1024;
    std::uint64_t max_obj_size = 4 * 1024 * 1024;
    std::map<std::string, std::string> users;  ///< name → password
    std::map<std::string, std::string> guards; ///< datastore → `NAME:PASSWORD` that its Alert must show
    bool guards_by_md5 = false;                ///< by digest instead of basic
    std::string own_credentials;               ///< `ID:PASSWORD` that it shows a client that asks; empty: none
    std::vector<DatastoreOptions> datastores{
        {"card", "text/vcard", "3.0", "text/x-vcard", "2.1"},
        {"cal", "text/calendar", "2.0", "text/x-vcalendar", "1.0"},
        {"task", "text/calendar", "2.0", "text/x-vcalendar", "1.0"},
        {"note", "text/plain", "1.0", "text/calendar", "2.0"},
    };
};

} // namespace testserver
