#pragma once

#include "manager/profile.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace manager {

/// Where the files of users and profiles lie, below the state directory (HACKING.md, Data).
/// Directories are made with mode 0700. A symbolic link on the way is refused: the
/// daemon makes none, so somebody else did. Failures are thrown.
class UserFiles {
public:
    explicit UserFiles(std::filesystem::path state_directory) : root_(std::move(state_directory)) {}

    std::filesystem::path sync_db(Uid owner, const std::string& profile) const;
    std::filesystem::path items_db(Uid owner) const;
    /// Not below the directory of the profile, in which its worker can write.
    std::filesystem::path transcripts(Uid owner, const std::string& profile) const;

    void make_sync_directory(Uid owner, const std::string& profile) const;
    void make_items_directory(Uid owner) const;
    void make_transcripts_directory(Uid owner, const std::string& profile) const;

    /// Deletes what a profile left: its transcripts and, last, its own directory, links in it not followed.
    void remove_profile(Uid owner, const std::string& profile) const;
    /// Those that have a directory, also when their removal was cut short by a crash. `visit` may remove its profile.
    void each_profile(const std::function<void(Uid, const std::string&)>& visit) const;

private:
    std::filesystem::path user_directory(Uid owner) const;
    /// Throws when `path` or a directory above it, up to the root, is a link.
    void check_no_link(const std::filesystem::path& path) const;
    void make_directories(const std::filesystem::path& path) const;

    std::filesystem::path root_;
};

} // namespace manager
