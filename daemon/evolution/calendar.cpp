#include "evolution/calendar.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace evolution {
namespace {

/// What is not here yet of a source that is kept elsewhere comes with the next session.
constexpr guint32 do_not_wait = ~guint32{0};
constexpr const char* head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n";
constexpr const char* tail = "END:VCALENDAR\r\n";

std::string text_of(ICalComponent* component)
{
    const Text text(i_cal_component_as_ical_string(component));
    return to_string(text.get());
}

/// Which occurrence it is of a series; empty: the series, or something that happens once.
std::string occurrence_of(ICalComponent* component)
{
    const Object<ICalProperty> property(i_cal_component_get_first_property(component, I_CAL_RECURRENCEID_PROPERTY));
    if (!property)
        return {};
    const Object<ICalTime> time(i_cal_property_get_recurrenceid(property.get()));
    const Text text(i_cal_time_as_ical_string(time.get()));
    return to_string(text.get());
}

template <class Components>
void sort(Components& components)
{
    std::sort(components.begin(), components.end(),
              [](const auto& one, const auto& other) { return occurrence_of(one.get()) < occurrence_of(other.get()); });
}

template <class Components>
std::string join(const Components& components, const std::string& zones = {})
{
    std::string text = head + zones;
    for (const auto& component : components)
        text += text_of(component.get());
    return text + tail;
}

bool is_missing(const Error& error)
{
    return error.is(E_CAL_CLIENT_ERROR, E_CAL_CLIENT_ERROR_OBJECT_NOT_FOUND);
}

} // namespace

Calendar::Calendar(ESource* source, ECalClientSourceType type)
{
    Error error;
    client_.reset(
        reinterpret_cast<ECalClient*>(e_cal_client_connect_sync(source, type, do_not_wait, nullptr, error.out())));
    if (!client_)
        error.raise("the calendar cannot be opened");
    if (e_client_is_readonly(E_CLIENT(client_.get())))
        throw Failure("the calendar cannot be written");
}

void Calendar::each(const Visit& visit)
{
    Error error;
    GSList* all = nullptr;
    if (!e_cal_client_get_object_list_sync(client_.get(), "#t", &all, nullptr, error.out()))
        error.raise("the calendar cannot be listed");
    std::map<std::string, Components> items;
    for (const GSList* one = all; one != nullptr; one = one->next) {
        Object<ICalComponent> component(static_cast<ICalComponent*>(one->data));
        items[to_string(i_cal_component_get_uid(component.get()))].push_back(std::move(component));
    }
    g_slist_free(all);
    for (auto& [uid, components] : items) {
        sort(components);
        visit(uid, join(components));
    }
}

Calendar::Components Calendar::get(const std::string& uid)
{
    Error error;
    GSList* all = nullptr;
    if (!e_cal_client_get_objects_for_uid_sync(client_.get(), uid.c_str(), &all, nullptr, error.out()) &&
        !is_missing(error))
        error.raise("an item of the calendar cannot be read");
    Components components;
    for (const GSList* one = all; one != nullptr; one = one->next) {
        const Object<ECalComponent> component(E_CAL_COMPONENT(one->data));
        components.emplace_back(i_cal_component_clone(e_cal_component_get_icalcomponent(component.get())));
    }
    g_slist_free(all);
    sort(components);
    return components;
}

std::optional<std::string> Calendar::find(const std::string& uid)
{
    const auto components = get(uid);
    return components.empty() ? std::nullopt : std::optional(join(components));
}

std::optional<Store::Item> Calendar::read(const std::string& uid)
{
    const auto components = get(uid);
    if (components.empty())
        return std::nullopt;
    return Item{join(components), join(components, zones_of(components))};
}

std::string Calendar::zones_of(const Components& components)
{
    std::set<std::string> names;
    const auto note = [](ICalParameter* parameter, gpointer to) {
        static_cast<std::set<std::string>*>(to)->insert(to_string(i_cal_parameter_get_tzid(parameter)));
    };
    for (const auto& component : components)
        i_cal_component_foreach_tzid(component.get(), note, &names);
    std::string zones;
    for (const auto& name : names) {
        Error error;
        ICalTimezone* zone = nullptr; // the client's own
        if (name.empty() || !e_cal_client_get_timezone_sync(client_.get(), name.c_str(), &zone, nullptr, error.out()) ||
            zone == nullptr || zone == i_cal_timezone_get_utc_timezone())
            continue;
        const Object<ICalComponent> definition(i_cal_timezone_get_component(zone));
        if (definition)
            zones += text_of(definition.get());
    }
    return zones;
}

Calendar::Components Calendar::take_apart(const std::string& text)
{
    const Object<ICalComponent> whole(i_cal_component_new_from_string(text.c_str()));
    if (!whole || i_cal_component_isa(whole.get()) != I_CAL_VCALENDAR_COMPONENT)
        throw Refusal("it is no item of a calendar");
    Components components;
    for (Object<ICalComponent> one(i_cal_component_get_first_component(whole.get(), I_CAL_ANY_COMPONENT)); one;
         one.reset(i_cal_component_get_next_component(whole.get(), I_CAL_ANY_COMPONENT))) {
        Object<ICalComponent> copy(i_cal_component_clone(one.get()));
        if (i_cal_component_isa(copy.get()) != I_CAL_VTIMEZONE_COMPONENT) {
            components.push_back(std::move(copy));
            continue;
        }
        const Object<ICalTimezone> zone(i_cal_timezone_new());
        Error error;
        if (i_cal_timezone_set_component(zone.get(), copy.get()) &&
            !e_cal_client_add_timezone_sync(client_.get(), zone.get(), nullptr, error.out()))
            error.raise("a time zone cannot be added");
    }
    if (components.empty())
        throw Refusal("it is no item of a calendar");
    sort(components);
    return components;
}

/// Occurrences that are not there are made.
void Calendar::write(const Components& components, std::size_t from)
{
    for (auto i = from; i < components.size(); ++i) {
        Error error;
        const auto scope = occurrence_of(components[i].get()).empty() ? E_CAL_OBJ_MOD_ALL : E_CAL_OBJ_MOD_THIS;
        if (!e_cal_client_modify_object_sync(client_.get(), components[i].get(), scope, E_CAL_OPERATION_FLAG_NONE,
                                             nullptr, error.out()))
            error.raise("an item of the calendar cannot be changed");
    }
}

std::string Calendar::add(const std::string& text)
{
    const auto components = take_apart(text);
    auto uid = to_string(i_cal_component_get_uid(components.front().get()));
    if (uid.empty() || !get(uid).empty()) {
        uid = to_string(Text(e_util_generate_uid()).get());
        for (const auto& component : components)
            i_cal_component_set_uid(component.get(), uid.c_str());
    }
    Error error;
    gchar* given = nullptr;
    if (!e_cal_client_create_object_sync(client_.get(), components.front().get(), E_CAL_OPERATION_FLAG_NONE, &given,
                                         nullptr, error.out()))
        error.raise("an item cannot be added to the calendar");
    const Text owned(given);
    write(components, 1);
    return given == nullptr ? uid : to_string(given);
}

void Calendar::replace(const std::string& uid, const std::string& text)
{
    const auto components = take_apart(text);
    std::set<std::string> occurrences;
    for (const auto& component : components) {
        i_cal_component_set_uid(component.get(), uid.c_str());
        occurrences.insert(occurrence_of(component.get()));
    }
    write(components, 0);
    for (const auto& component : get(uid)) {
        const auto occurrence = occurrence_of(component.get());
        Error error;
        if (!occurrences.contains(occurrence) && !occurrence.empty() &&
            !e_cal_client_remove_object_sync(client_.get(), uid.c_str(), occurrence.c_str(), E_CAL_OBJ_MOD_THIS,
                                             E_CAL_OPERATION_FLAG_NONE, nullptr, error.out()) &&
            !is_missing(error))
            error.raise("an occurrence cannot be removed");
    }
}

void Calendar::remove(const std::string& uid)
{
    Error error;
    if (!e_cal_client_remove_object_sync(client_.get(), uid.c_str(), nullptr, E_CAL_OBJ_MOD_ALL,
                                         E_CAL_OPERATION_FLAG_NONE, nullptr, error.out()) &&
        !is_missing(error))
        error.raise("an item of the calendar cannot be removed");
}

} // namespace evolution
