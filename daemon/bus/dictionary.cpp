#include "bus/dictionary.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace bus {
namespace {

/// The bus daemon has validated the message and the Door its signature, so that reading
/// fails only for lack of memory.
int check(int result)
{
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), "cannot read a message");
    return result;
}

} // namespace

Dictionary::Dictionary(sd_bus_message* message, std::string place) : message_(message), place_(std::move(place)) {}

void Dictionary::each(const std::function<bool(std::string_view key)>& visit)
{
    std::set<std::string> seen;
    check(sd_bus_message_enter_container(message_, 'a', "{sv}"));
    while (check(sd_bus_message_enter_container(message_, 'e', "sv")) > 0) {
        key_ = read_text();
        if (!seen.insert(key_).second) {
            complain(fmt::format("{}{} is given twice", place_, key_));
            check(sd_bus_message_skip(message_, "v"));
        } else if (!visit(key_)) {
            complain(fmt::format("{}{} is no key of this dictionary", place_, key_));
            check(sd_bus_message_skip(message_, "v"));
        }
        check(sd_bus_message_exit_container(message_));
    }
    check(sd_bus_message_exit_container(message_));
}

std::string Dictionary::text()
{
    enter_value("s");
    std::string value = read_text();
    leave_value();
    return value;
}

base::Secret Dictionary::secret()
{
    enter_value("s");
    base::Secret value(read_text());
    leave_value();
    return value;
}

bool Dictionary::flag()
{
    enter_value("b");
    int value = 0;
    check(sd_bus_message_read_basic(message_, 'b', &value));
    leave_value();
    return value != 0;
}

std::uint32_t Dictionary::number()
{
    enter_value("u");
    std::uint32_t value = 0;
    check(sd_bus_message_read_basic(message_, 'u', &value));
    leave_value();
    return value;
}

base::Descriptor Dictionary::descriptor()
{
    enter_value("h");
    int value = -1;
    check(sd_bus_message_read_basic(message_, 'h', &value));
    leave_value();
    base::Descriptor copy(::fcntl(value, F_DUPFD_CLOEXEC, 5));
    if (copy.get() < 0)
        throw std::system_error(errno, std::generic_category(), "no file descriptor is left");
    return copy;
}

void Dictionary::list(const std::function<void(Dictionary& item)>& visit)
{
    enter_value("aa{sv}");
    check(sd_bus_message_enter_container(message_, 'a', "a{sv}"));
    for (int number = 1; check(sd_bus_message_at_end(message_, 0)) == 0; ++number) {
        Dictionary item(message_, fmt::format("{} {}: ", key_, number));
        visit(item);
        if (!item.complaint().empty())
            complain(item.complaint());
    }
    check(sd_bus_message_exit_container(message_));
    leave_value();
}

void Dictionary::complain(const std::string& complaint)
{
    if (complaint_.empty())
        complaint_ = complaint;
}

void Dictionary::enter_value(std::string_view type)
{
    const char* contents = nullptr;
    char kind = 0;
    check(sd_bus_message_peek_type(message_, &kind, &contents));
    if (type != contents)
        throw sdbus::Error(std::string(base::dbus_name(base::Errc::InvalidArgs)),
                           fmt::format("{}{} has type '{}', must have '{}'", place_, key_, contents, type));
    check(sd_bus_message_enter_container(message_, 'v', contents));
}

void Dictionary::leave_value()
{
    check(sd_bus_message_exit_container(message_));
}

const char* Dictionary::read_text()
{
    const char* text = nullptr;
    check(sd_bus_message_read_basic(message_, 's', static_cast<void*>(&text)));
    return text;
}

} // namespace bus
