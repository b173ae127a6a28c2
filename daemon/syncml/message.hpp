#pragma once

#include "base/secret.hpp"
#include "syncml/codes.hpp"
#include "syncml/devinf.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// The elements of one SyncML message as plain values (the DTD's content
/// models). They know nothing of XML or WBXML and hold no rule of the protocol;
/// an element that is optional on the wire is an optional or an empty string
/// here. All text is UTF-8.
namespace syncml {

using MsgId = std::uint32_t; ///< 1, 2, 3 … per side and session
using CmdId = std::uint32_t; ///< unique in a message; 0 names the SyncHdr

/// A filter of records: which items the peer is to send (OMA DS 1.2 protocol, filtering).
struct Filter {
    std::string content_type; ///< of the items
    std::string grammar;      ///< media type of the record filter: `syncml:filtertype-cgi`
    std::string record;
    std::string type; ///< FilterType: `INCLUSIVE`; `EXCLUSIVE` when empty
    bool operator==(const Filter&) const = default;
};

struct Location {
    std::string uri;              ///< LocURI
    std::string name;             ///< LocName, mostly empty
    std::vector<Filter> filter{}; ///< at most one, in the Target of an Alert
    bool operator==(const Location&) const = default;
};

struct Anchor {
    std::string last; ///< empty: absent
    std::string next;
    bool operator==(const Anchor&) const = default;
};

struct Mem {
    bool shared = false;
    std::optional<std::uint64_t> free_bytes;
    std::optional<std::uint64_t> free_ids;
    bool operator==(const Mem&) const = default;
};

/// MetInf. An absent text is empty.
struct Meta {
    std::string format; ///< `chr` when empty; `b64`, `bin`
    std::string type;   ///< MIME type or `syncml:auth-…`
    std::string version;
    std::string mark;
    std::string next_nonce; ///< as carried: base64 text (raw octets from WBXML are encoded by the codec)
    std::optional<std::uint64_t> size;
    std::optional<std::uint64_t> max_msg_size;
    std::optional<std::uint64_t> max_obj_size;
    std::optional<Anchor> anchor;
    std::optional<Mem> mem;
    std::vector<std::string> emi;
    bool field_level = false;

    bool is_empty() const { return *this == Meta{}; }
    bool operator==(const Meta&) const = default;
};

/// What stands in `Data`: nothing, text, or one of the two documents that are
/// embedded as markup.
using Data = std::variant<std::monostate, std::string, DevInf, Anchor>;

struct Item {
    std::optional<Location> target;
    std::optional<Location> source;
    std::string source_parent;
    std::string target_parent;
    Meta meta;
    Data data;
    bool more_data = false;
    bool operator==(const Item&) const = default;

    /// The text of Data, or empty when it is absent or markup.
    const std::string& text() const;
};

/// Cred. `data` is the base64 text: with basic authentication it *is* the
/// password, so it never leaves the Secret but in the codec.
struct Credentials {
    Meta meta;
    base::Secret data;
    bool operator==(const Credentials&) const = default;
};

struct Header {
    std::string ver_dtd;   ///< `1.2`
    std::string ver_proto; ///< `SyncML/1.2`
    std::string session_id;
    MsgId msg_id = 0;
    Location target;
    Location source;
    std::string resp_uri;
    bool no_resp = false;
    std::optional<Credentials> cred;
    Meta meta;
    bool operator==(const Header&) const = default;
};

struct Alert {
    CmdId cmd_id = 0;
    bool no_resp = false;
    std::optional<Credentials> cred;
    std::optional<AlertCode> code; ///< empty when Data was not a number
    std::vector<Item> items;
    bool operator==(const Alert&) const = default;
};

struct Status {
    CmdId cmd_id = 0;
    MsgId msg_ref = 0;
    CmdId cmd_ref = 0;
    std::string cmd; ///< name of the answered command, `SyncHdr` for the header
    std::vector<std::string> target_refs;
    std::vector<std::string> source_refs;
    std::optional<Meta> chal;
    StatusCode code = StatusCode::Ok;
    std::vector<Item> items;
    bool operator==(const Status&) const = default;
};

struct Get {
    CmdId cmd_id = 0;
    bool no_resp = false;
    Meta meta;
    std::vector<Item> items;
    bool operator==(const Get&) const = default;
};

struct Put {
    CmdId cmd_id = 0;
    bool no_resp = false;
    Meta meta;
    std::vector<Item> items;
    bool operator==(const Put&) const = default;
};

struct Results {
    CmdId cmd_id = 0;
    MsgId msg_ref = 1; ///< absent on the wire means 1
    CmdId cmd_ref = 0;
    Meta meta;
    std::string target_ref;
    std::string source_ref;
    std::vector<Item> items;
    bool operator==(const Results&) const = default;
};

struct MapItem {
    std::string guid; ///< Target LocURI, exactly as received
    std::string luid; ///< Source LocURI
    bool operator==(const MapItem&) const = default;
};

struct Map {
    CmdId cmd_id = 0;
    Location target;
    Location source;
    Meta meta;
    std::vector<MapItem> items;
    bool operator==(const Map&) const = default;
};

enum class ItemVerb { Add, Replace, Delete, Copy, Move };

/// Add, Replace, Delete, Copy and Move have one shape.
struct ItemCommand {
    ItemVerb verb = ItemVerb::Add;
    CmdId cmd_id = 0;
    bool no_resp = false;
    bool archive = false;     ///< Delete only
    bool soft_delete = false; ///< Delete only
    std::optional<Credentials> cred;
    Meta meta;
    std::vector<Item> items;
    bool operator==(const ItemCommand&) const = default;

    /// Meta of one of its items: the Item's elements over the command's (RepPro).
    Meta meta_of(const Item& item) const;
};

/// A command that has no value here: Exec, Search, or an unknown element. Kept
/// so that it can be answered by Status 406/501 (unknown: 400).
struct Unsupported {
    CmdId cmd_id = 0; ///< 0 when the element had none
    bool no_resp = false;
    std::string name;
    bool operator==(const Unsupported&) const = default;
};

struct Group;

/// What may stand in a Sync, a Sequence or an Atomic.
using SyncCommand = std::variant<ItemCommand, Group, Unsupported>;

enum class GroupKind { Sequence, Atomic };

struct Group {
    GroupKind kind = GroupKind::Sequence;
    CmdId cmd_id = 0;
    bool no_resp = false;
    Meta meta;
    std::vector<SyncCommand> commands;
    bool operator==(const Group&) const;
};

struct Sync {
    CmdId cmd_id = 0;
    bool no_resp = false;
    std::optional<Credentials> cred;
    Location target;
    Location source;
    Meta meta;
    std::optional<std::uint64_t> number_of_changes;
    std::vector<SyncCommand> commands;
    bool operator==(const Sync&) const = default;
};

using Command = std::variant<Status, Alert, Put, Get, Results, Sync, Map, ItemCommand, Group, Unsupported>;

struct Message {
    Header header;
    std::vector<Command> body; ///< in document order
    bool final = false;
    bool operator==(const Message&) const = default;
};

/// `Add`, `Replace`, … as in Status/Cmd.
std::string_view name(ItemVerb verb);
std::string_view name(GroupKind kind);
std::string name(const Command& command);

} // namespace syncml
