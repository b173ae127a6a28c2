#include "codec/vocabulary.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace codec {

namespace {

constexpr std::uint8_t first_token = 0x05; // those below are the same in every document

// In the order of their tokens. An empty name: the token is not given away.

// RepPro 1.2, WBXML token definitions. Those of 1.0 end with VerProto, those of 1.1 with MoreData.
constexpr auto syncml_names = std::to_array<std::string_view>({"Add",
                                                               "Alert",
                                                               "Archive",
                                                               "Atomic",
                                                               "Chal",
                                                               "Cmd",
                                                               "CmdID",
                                                               "CmdRef",
                                                               "Copy",
                                                               "Cred",
                                                               "Data",
                                                               "Delete",
                                                               "Exec",
                                                               "Final",
                                                               "Get",
                                                               "Item",
                                                               "Lang",
                                                               "LocName",
                                                               "LocURI",
                                                               "Map",
                                                               "MapItem",
                                                               "Meta",
                                                               "MsgID",
                                                               "MsgRef",
                                                               "NoResp",
                                                               "NoResults",
                                                               "Put",
                                                               "Replace",
                                                               "RespURI",
                                                               "Results",
                                                               "Search",
                                                               "Sequence",
                                                               "SessionID",
                                                               "SftDel",
                                                               "Source",
                                                               "SourceRef",
                                                               "Status",
                                                               "Sync",
                                                               "SyncBody",
                                                               "SyncHdr",
                                                               "SyncML",
                                                               "Target",
                                                               "TargetRef",
                                                               "",
                                                               "VerDTD",
                                                               "VerProto",
                                                               "NumberOfChanges",
                                                               "MoreData",
                                                               "Field",
                                                               "Filter",
                                                               "Record",
                                                               "FilterType",
                                                               "SourceParent",
                                                               "TargetParent",
                                                               "Move",
                                                               "Correlator"});

// MetInf 1.2; MaxObjSize came with 1.1, FieldLevel with 1.2.
constexpr auto metinf_names = std::to_array<std::string_view>(
    {"Anchor", "EMI", "Format", "FreeID", "FreeMem", "Last", "Mark", "MaxMsgSize", "Mem", "MetInf", "Next", "NextNonce",
     "SharedMem", "Size", "Type", "Version", "MaxObjSize", "FieldLevel"});

// DevInf 1.2. MaxSize is Size in 1.1.
constexpr auto devinf_names = std::to_array<std::string_view>({"CTCap",
                                                               "CTType",
                                                               "DataStore",
                                                               "DataType",
                                                               "DevID",
                                                               "DevInf",
                                                               "DevTyp",
                                                               "DisplayName",
                                                               "DSMem",
                                                               "Ext",
                                                               "FwV",
                                                               "HwV",
                                                               "Man",
                                                               "MaxGUIDSize",
                                                               "MaxID",
                                                               "MaxMem",
                                                               "Mod",
                                                               "OEM",
                                                               "ParamName",
                                                               "PropName",
                                                               "Rx",
                                                               "Rx-Pref",
                                                               "SharedMem",
                                                               "MaxSize",
                                                               "SourceRef",
                                                               "SwV",
                                                               "SyncCap",
                                                               "SyncType",
                                                               "Tx",
                                                               "Tx-Pref",
                                                               "ValEnum",
                                                               "VerCT",
                                                               "VerDTD",
                                                               "XNam",
                                                               "XVal",
                                                               "UTC",
                                                               "SupportNumberOfChanges",
                                                               "SupportLargeObjs",
                                                               "Property",
                                                               "PropParam",
                                                               "MaxOccur",
                                                               "NoTruncate",
                                                               "",
                                                               "Filter-Rx",
                                                               "FilterCap",
                                                               "FilterKeyword",
                                                               "FieldLevel",
                                                               "SupportHierarchicalSync"});

constexpr std::span<const std::string_view> names_of(Vocabulary vocabulary)
{
    switch (vocabulary) {
    case Vocabulary::SyncML: return syncml_names;
    case Vocabulary::MetInf: return metinf_names;
    case Vocabulary::DevInf: return devinf_names;
    }
    return {};
}

/// The tokens by name. The hash is made for these names: the writer looks up each element that it writes.
class Index {
public:
    explicit constexpr Index(std::span<const std::string_view> names)
    {
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i].empty())
                continue;
            auto slot = hash(names[i]);
            while (tokens_[slot] != 0)
                slot = (slot + 1) % size;
            names_[slot] = names[i];
            tokens_[slot] = static_cast<std::uint8_t>(first_token + i);
        }
    }

    constexpr std::optional<std::uint8_t> find(std::string_view name) const
    {
        if (name.empty())
            return std::nullopt;
        for (auto slot = hash(name); tokens_[slot] != 0; slot = (slot + 1) % size)
            if (names_[slot] == name)
                return tokens_[slot];
        return std::nullopt;
    }

private:
    static constexpr std::size_t size = 256; // far more than names: an unknown one soon meets an empty slot

    static constexpr std::size_t hash(std::string_view name)
    {
        const auto octet = [name](std::size_t at) { return static_cast<unsigned char>(name[at]); };
        return (octet(0) + 31 * octet(name.size() / 2) + 7 * octet(name.size() - 1) + 17 * name.size()) % size;
    }

    std::array<std::string_view, size> names_{};
    std::array<std::uint8_t, size> tokens_{};
};

constexpr std::array<Index, 3> indices{Index(syncml_names), Index(metinf_names), Index(devinf_names)};

static_assert(syncml_names.size() == 0x3C - first_token + 1 && metinf_names.size() == 0x16 - first_token + 1 &&
              devinf_names.size() == 0x34 - first_token + 1);

} // namespace

std::string_view find_name(Vocabulary vocabulary, std::uint8_t token)
{
    const auto names = names_of(vocabulary);
    const std::size_t at = token - std::size_t{first_token}; // huge for a smaller token
    return at < names.size() ? names[at] : std::string_view();
}

std::optional<std::uint8_t> find_token(Vocabulary vocabulary, std::string_view name)
{
    if (vocabulary == Vocabulary::DevInf && name == "Size") // in 1.1
        name = "MaxSize";
    return indices.at(static_cast<std::size_t>(vocabulary)).find(name);
}

} // namespace codec
