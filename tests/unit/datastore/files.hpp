#pragma once

#include "datastore/directory.hpp"

#include <fcntl.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

/// A directory as the programs of its user see it.
class Files {
public:
    explicit Files(std::filesystem::path path) : path_(std::move(path)) { std::filesystem::create_directories(path_); }

    const std::filesystem::path& path() const { return path_; }
    /// As they do it: at once, under a name that nobody looks at before.
    void write(const std::string& name, const std::string& data) const
    {
        const auto other = path_ / (".other-" + name);
        std::ofstream(other, std::ios::binary) << data;
        std::filesystem::rename(other, path_ / name);
    }
    std::string read(const std::string& name) const
    {
        std::ostringstream text;
        text << std::ifstream(path_ / name, std::ios::binary).rdbuf();
        return text.str();
    }
    bool has(const std::string& name) const { return std::filesystem::exists(path_ / name); }
    void remove(const std::string& name) const { std::filesystem::remove(path_ / name); }
    void rename(const std::string& from, const std::string& to) const
    {
        std::filesystem::rename(path_ / from, path_ / to);
    }
    /// All that are not hidden, by name.
    std::map<std::string, std::string> all() const
    {
        std::map<std::string, std::string> files;
        for (const auto& entry : std::filesystem::directory_iterator(path_))
            if (const auto name = entry.path().filename().string(); name.front() != '.' && entry.is_regular_file())
                files[name] = read(name);
        return files;
    }
    std::unique_ptr<datastore::Collection> open(const std::string& suffix = ".vcf",
                                                std::optional<uid_t> owner = {}) const
    {
        return std::make_unique<datastore::Directory>(
            base::Descriptor(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
            datastore::Directory::Setup{path_, suffix, owner});
    }

private:
    std::filesystem::path path_;
};
