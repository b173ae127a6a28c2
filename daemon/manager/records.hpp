#pragma once

#include "base/result.hpp"
#include "manager/profile_book.hpp"
#include "storage/sync_state.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is known of a profile's sessions. Its worker writes them down; where a worker
/// could not (it was killed, or never started), what the manager saw counts.
/// `file`: the profile's state.db, which may be missing.
namespace manager {

/// One record per configured service, in the profile's order; `NONE` for one that never took part.
base::Result<std::vector<storage::ServiceRecord>> statistics(const Profile& profile, const std::filesystem::path& file);

/// Ended sessions, newest first.
base::Result<std::vector<storage::SessionRecord>> history(const Profile& profile, const std::filesystem::path& file,
                                                          std::size_t limit);

/// What the profile's server has told of itself; nothing as long as it has not.
base::Result<std::optional<storage::PeerInfo>> device_information(const std::filesystem::path& file);

/// Items that one of the sides has refused.
base::Result<std::vector<storage::QuarantinedItem>> quarantine(const std::filesystem::path& file);

/// What a session sent (SyncState::deliveries); nothing when nothing of that is kept.
base::Result<std::optional<std::vector<storage::Delivery>>>
deliveries(const std::filesystem::path& file, std::uint64_t session, std::string_view after, std::size_t most);

/// The same of one item in all sessions, newest first.
base::Result<std::vector<storage::Delivery>> item_deliveries(const std::filesystem::path& file, std::string_view luid,
                                                             std::size_t most);

/// Nonces that the profile's server may use, the newest first.
std::vector<std::string> server_nonces(const std::filesystem::path& file);

/// What the worker wrote down of the end of this session.
std::optional<storage::SessionRecord> find_recorded_end(const std::filesystem::path& file, std::uint64_t session);

} // namespace manager
