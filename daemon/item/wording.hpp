#pragma once

#include "item/fields.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace item {

struct Words {
    std::vector<Property> properties;
    std::vector<Component> components;
};

/// Says what one item says with the words of another, which may be in another form or have another time zone for all.
class Wording {
public:
    /// All must outlive it. `zones`: of `from`.
    Wording(const Document& from, const Zones& zones, const Document& to);

    /// Nothing: the other form has no words for it.
    std::optional<Words> say(const Statement& statement, std::string_view key, const Field& field) const;
    std::optional<Words> say(const Statement& statement, std::string_view key, const FieldValue& value) const;
    /// A property that no other is said together with, and no moment.
    std::optional<Property> say(const Property& property) const;

private:
    Property copy(const Property& property) const;
    std::optional<Words> say_when(const Statement& statement) const;
    std::optional<Property> say_date(const FieldValue& value) const;
    std::optional<Words> say_alarm(const Statement& statement, const FieldValue& value) const;
    Property say_person(const Property& property) const;
    Property moment(std::string_view name, const Moment& moment) const;

    const Document& from_;
    const Zones& zones_;
    const Document& to_;
    const bool to_old_; ///< vCalendar 1.0
    bool differs_ = false;
};

/// By how much an alarm of that meaning is away from the beginning of its event; nothing when it does not depend on it.
std::optional<std::int64_t> alarm_offset(std::string_view bare);

} // namespace item
