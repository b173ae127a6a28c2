#pragma once

#include <cstdint>
#include <map>
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

struct DatastoreOptions {
    std::string name;          ///< LocURI
    std::string type, version; ///< preferred content type
    std::string other, other_version;
};

/// How the server behaves. A session keeps the options it began with.
struct Options {
    AuthPolicy auth = AuthPolicy::Md5;
    bool auth_each_message = false; ///< accept with 200 and a new nonce instead of 212
    bool resp_uri = true;           ///< hand out RespURI with a session id
    bool number_of_changes = true;  ///< declare SupportNumberOfChanges
    bool large_objects = true;      ///< declare SupportLargeObjs, and send them
    ConflictPolicy conflict = ConflictPolicy::ServerWins;
    ResumePolicy resume = ResumePolicy::Yes;
    bool keeps_partial_objects = true; ///< a large object that broke off goes on where it was
    bool repeats_statuses = true;      ///< to an item that comes again in a resumed sync; else 418
    std::uint64_t max_msg_size = 64 * 1024;
    std::uint64_t max_obj_size = 4 * 1024 * 1024;
    std::map<std::string, std::string> users;  ///< name → password
    std::map<std::string, std::string> guards; ///< datastore → `NAME:PASSWORD` that its Alert must show
    std::vector<DatastoreOptions> datastores{
        {"card", "text/vcard", "3.0", "text/x-vcard", "2.1"},
        {"cal", "text/calendar", "2.0", "text/x-vcalendar", "1.0"},
    };
};

} // namespace testserver
