#include "evolution/store.hpp"

#include "evolution/address_book.hpp"
#include "evolution/calendar.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>

namespace evolution {
namespace {

namespace fs = std::filesystem;

struct Kind {
    const char* service;
    const char* extension;
    ECalClientSourceType type; ///< of a calendar
    const char* folder;        ///< below that of the server's data
    const char* file;          ///< there, which stays the same one; empty: the server writes another one each time
};

const Kind& kind_of(const std::string& service)
{
    static const Kind kinds[] = {
        {"CONTACT", E_SOURCE_EXTENSION_ADDRESS_BOOK, E_CAL_CLIENT_SOURCE_TYPE_LAST, "addressbook", "contacts.db"},
        {"EVENT", E_SOURCE_EXTENSION_CALENDAR, E_CAL_CLIENT_SOURCE_TYPE_EVENTS, "calendar", ""},
        {"TASK", E_SOURCE_EXTENSION_TASK_LIST, E_CAL_CLIENT_SOURCE_TYPE_TASKS, "tasks", ""},
        {"NOTE", E_SOURCE_EXTENSION_MEMO_LIST, E_CAL_CLIENT_SOURCE_TYPE_MEMOS, "memos", ""},
    };
    for (const auto& kind : kinds)
        if (service == kind.service)
            return kind;
    throw Failure("it keeps no items of the kind " + service);
}

/// One for good: each has a thread, with which GLib loses what that has subscribed to.
ESourceRegistry* open_registry()
{
    static ESourceRegistry* registry = nullptr;
    Error error;
    if (registry == nullptr)
        registry = e_source_registry_new_sync(nullptr, error.out());
    if (registry == nullptr)
        error.raise("Evolution Data Server is not there: is it installed, and is this the session of its user?");
    return registry;
}

/// Which file or directory it is, wherever it has been moved to in its file system; empty: there is none.
std::string birth_of(const fs::path& path)
{
    struct statx status {};
    if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, STATX_INO | STATX_BTIME, &status) != 0)
        return {};
    return std::to_string(status.stx_ino) + " " + std::to_string(status.stx_btime.tv_sec) + "." +
           std::to_string(status.stx_btime.tv_nsec);
}

/// Nothing that the server says of a source tells its database from one that was made anew. The items are on this
/// machine, or, of a source that is kept elsewhere, a copy of them; elsewhere than that the UID has to do.
std::string mark_of(const Kind& kind, const std::string& uid)
{
    // The server's own name of those that it has from the beginning.
    const auto own = uid.starts_with("system-") ? "system" : uid;
    for (const auto& place : {fs::path(e_get_user_data_dir()) / kind.folder / own / kind.file,
                              fs::path(e_get_user_cache_dir()) / kind.folder / uid / "cache.db"})
        if (const auto birth = birth_of(place); !birth.empty())
            return uid + " " + birth;
    return uid;
}

} // namespace

Opened open_store(const std::string& service, const std::string& source_uid)
{
    const auto& kind = kind_of(service);
    auto* registry = open_registry();
    const Object<ESource> source(e_source_registry_ref_source(registry, source_uid.c_str()));
    if (!source)
        throw Failure("there is no such source in Evolution Data Server any more, or not yet; nothing is done to its "
                      "items here and at the server");
    if (!e_source_has_extension(source.get(), kind.extension))
        throw Failure("it is none of kind " + std::string(kind.extension));
    if (!e_source_registry_check_enabled(registry, source.get()))
        throw Failure("it is disabled in Evolution Data Server; enable it there");
    Opened opened;
    if (kind.type == E_CAL_CLIENT_SOURCE_TYPE_LAST)
        opened.store = std::make_unique<AddressBook>(source.get());
    else
        opened.store = std::make_unique<Calendar>(source.get(), kind.type);
    opened.mark = mark_of(kind, source_uid); // what the server makes with its first look at the source is there now
    return opened;
}

} // namespace evolution
