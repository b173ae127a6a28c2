#include "manager/user_files.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <system_error>

namespace manager {
namespace {

namespace fs = std::filesystem;

std::optional<Uid> parse_uid(const std::string& text)
{
    Uid uid = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), uid);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return uid;
}

} // namespace

fs::path UserFiles::user_directory(Uid owner) const
{
    return root_ / "users" / std::to_string(owner);
}

fs::path UserFiles::sync_db(Uid owner, const std::string& profile) const
{
    return user_directory(owner) / "sync" / profile / "state.db";
}

fs::path UserFiles::items_db(Uid owner) const
{
    return user_directory(owner) / "items" / "items.db";
}

fs::path UserFiles::transcripts(Uid owner, const std::string& profile) const
{
    return user_directory(owner) / "transcripts" / profile;
}

void UserFiles::make_sync_directory(Uid owner, const std::string& profile) const
{
    make_directories(sync_db(owner, profile).parent_path());
}

void UserFiles::make_items_directory(Uid owner) const
{
    make_directories(items_db(owner).parent_path());
}

void UserFiles::make_transcripts_directory(Uid owner, const std::string& profile) const
{
    make_directories(transcripts(owner, profile));
}

void UserFiles::check_no_link(const fs::path& path) const
{
    auto at = root_;
    for (const auto& part : path.lexically_relative(root_)) {
        at /= part;
        if (fs::is_symlink(fs::symlink_status(at)))
            throw fs::filesystem_error("a symbolic link in the state directory", at,
                                       std::make_error_code(std::errc::too_many_symbolic_link_levels));
    }
}

void UserFiles::make_directories(const fs::path& path) const
{
    check_no_link(path);
    auto at = root_;
    for (const auto& part : path.lexically_relative(root_)) {
        at /= part;
        if (::mkdir(at.c_str(), 0700) < 0 && errno != EEXIST)
            throw fs::filesystem_error("cannot make a directory", at, std::error_code(errno, std::system_category()));
    }
}

void UserFiles::remove_profile(Uid owner, const std::string& profile) const
{
    // A worker can write in its profile's directory only, so what lies above it does not
    // change between the check and the removal; remove_all follows no link below.
    for (const auto& directory : {transcripts(owner, profile), sync_db(owner, profile).parent_path()}) {
        check_no_link(directory.parent_path());
        fs::remove_all(directory);
    }
}

void UserFiles::each_profile(const std::function<void(Uid, const std::string&)>& visit) const
{
    const auto users = root_ / "users";
    check_no_link(users);
    if (!fs::exists(users))
        return;
    for (const auto& user : fs::directory_iterator(users)) {
        const auto uid = parse_uid(user.path().filename());
        const auto sync = user.path() / "sync";
        if (!uid || !fs::is_directory(fs::symlink_status(user)) || !fs::is_directory(fs::symlink_status(sync)))
            continue;
        for (const auto& profile : fs::directory_iterator(sync))
            visit(*uid, profile.path().filename());
    }
}

} // namespace manager
