#include "evolution/store.hpp"

#include "evolution/address_book.hpp"
#include "evolution/calendar.hpp"

namespace evolution {
namespace {

struct Kind {
    const char* service;
    const char* extension;
    ECalClientSourceType type; ///< of a calendar
};

const Kind& kind_of(const std::string& service)
{
    static const Kind kinds[] = {
        {"CONTACT", E_SOURCE_EXTENSION_ADDRESS_BOOK, E_CAL_CLIENT_SOURCE_TYPE_LAST},
        {"EVENT", E_SOURCE_EXTENSION_CALENDAR, E_CAL_CLIENT_SOURCE_TYPE_EVENTS},
        {"TASK", E_SOURCE_EXTENSION_TASK_LIST, E_CAL_CLIENT_SOURCE_TYPE_TASKS},
        {"NOTE", E_SOURCE_EXTENSION_MEMO_LIST, E_CAL_CLIENT_SOURCE_TYPE_MEMOS},
    };
    for (const auto& kind : kinds)
        if (service == kind.service)
            return kind;
    throw Failure("it keeps no items of the kind " + service);
}

} // namespace

std::unique_ptr<Store> open_store(const std::string& service, const std::string& source_uid)
{
    const auto& kind = kind_of(service);
    Error error;
    const Object<ESourceRegistry> registry(e_source_registry_new_sync(nullptr, error.out()));
    if (!registry)
        error.raise("Evolution Data Server is not there: is it installed, and is this the session of its user?");
    const Object<ESource> source(e_source_registry_ref_source(registry.get(), source_uid.c_str()));
    if (!source)
        throw Failure("there is no such source in Evolution Data Server any more, or not yet; nothing is done to its "
                      "items here and at the server");
    if (!e_source_has_extension(source.get(), kind.extension))
        throw Failure("it is none of kind " + std::string(kind.extension));
    if (!e_source_registry_check_enabled(registry.get(), source.get()))
        throw Failure("it is disabled in Evolution Data Server; enable it there");
    if (kind.type == E_CAL_CLIENT_SOURCE_TYPE_LAST)
        return std::make_unique<AddressBook>(source.get());
    return std::make_unique<Calendar>(source.get(), kind.type);
}

} // namespace evolution
