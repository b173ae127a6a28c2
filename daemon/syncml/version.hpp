#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

/// The three versions of the protocol, and what each calls itself.
namespace syncml {

enum class Version { V1_0, V1_1, V1_2 };

namespace detail {

struct VersionNames {
    std::string_view dtd, protocol, devinf_uri;
};

inline constexpr std::array<VersionNames, 3> version_names{
    {{"1.0", "SyncML/1.0", "./devinf10"}, {"1.1", "SyncML/1.1", "./devinf11"}, {"1.2", "SyncML/1.2", "./devinf12"}}};

} // namespace detail

// What came with a version (RepPro 1.1 and 1.2, DevInf 1.1).
constexpr bool has_large_objects(Version version) ///< MoreData, MaxObjSize
{
    return version >= Version::V1_1;
}
constexpr bool has_number_of_changes(Version version)
{
    return version >= Version::V1_1;
}
constexpr bool has_suspend(Version version) ///< and Resume
{
    return version >= Version::V1_2;
}
constexpr bool has_filters(Version version) ///< of records and fields
{
    return version >= Version::V1_2;
}

/// VerDTD, of messages and of device information.
constexpr std::string_view dtd(Version version)
{
    return detail::version_names.at(static_cast<std::size_t>(version)).dtd;
}

/// VerProto.
constexpr std::string_view protocol(Version version)
{
    return detail::version_names.at(static_cast<std::size_t>(version)).protocol;
}

/// Where device information is got from and put to.
constexpr std::string_view devinf_uri(Version version)
{
    return detail::version_names.at(static_cast<std::size_t>(version)).devinf_uri;
}

constexpr std::optional<Version> find_version(std::string_view ver_dtd)
{
    for (const auto version : {Version::V1_0, Version::V1_1, Version::V1_2})
        if (dtd(version) == ver_dtd)
            return version;
    return std::nullopt;
}

} // namespace syncml
