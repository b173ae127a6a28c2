#pragma once

#include "base/result.hpp"
#include "item/content_line.hpp"
#include "item/item.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace item {

/// The largest VCALENDAR object that is read; the items it is split into are smaller.
constexpr std::size_t max_calendar_bytes = 64 * 1024 * 1024;

/// One VCARD or VCALENDAR, put together line by line.
class Object {
public:
    enum class Text { Kept, Counted };
    /// `most`: the octets that a VCARD may have. Of a text that is only counted there is nothing but its size.
    explicit Object(std::size_t most = max_bytes, Text text = Text::Kept) : most_(most), keeps_text_(text == Text::Kept)
    {
    }

    /// What stands directly in a VCALENDAR: an event, a time zone …
    struct Component {
        std::string name;            ///< upper case
        std::size_t begin = 0;       ///< where its text begins in `text()`
        std::size_t end = 0;         ///< and ends
        std::size_t line = 0;        ///< of its BEGIN
        std::size_t properties = 0;  ///< how many, with those of components in it
        std::string uid;             ///< empty: none
        std::string tzid;            ///< of a VTIMEZONE
        std::set<std::string> zones; ///< TZIDs its properties refer to
    };

    /// Takes the next line. Error: InvalidValue; the message begins with the line's number.
    base::Result<void> take(const ContentLine& line);

    bool is_empty() const { return root_.empty(); }
    bool is_complete() const { return !is_empty() && open_.empty(); }
    bool is_calendar() const { return root_ == "VCALENDAR"; }
    /// The component of a calendar that the next line belongs to; null outside of any.
    const Component* open_component() const
    {
        return open_.size() > 1 && is_calendar() ? &components_.back() : nullptr;
    }

    // Of a complete object:
    Form form() const { return *form_; }
    const std::string& text() const { return text_; }
    /// Octets, also so far: its lines are those that were handed in, from the BEGIN to the END.
    std::size_t size() const { return size_; }
    std::string take_text() { return std::move(text_); }
    const std::vector<Component>& components() const { return components_; }
    /// The calendar's own properties.
    const std::string& properties() const { return properties_; }
    /// How many: a calendar's own, all of a vCard.
    std::size_t own_properties() const { return own_properties_; }

private:
    base::Result<void> begin(const ContentLine& line);
    base::Result<void> end(const ContentLine& line);
    base::Result<void> property(const ContentLine& line);
    void keep(std::string_view raw);

    std::size_t most_;
    bool keeps_text_;
    std::size_t size_ = 0;
    std::string root_;
    std::string text_;
    std::string properties_;
    std::size_t own_properties_ = 0;
    std::vector<std::string> open_; ///< what has begun and not ended, outermost first
    std::vector<Component> components_;
    std::optional<Form> form_;
};

/// Whether the line is in UTF-8 without characters that no item may hold. Error: InvalidValue, with the line's number.
base::Result<void> check_characters(const ContentLine& line);
/// Whether an object begins with this line, if it is the first that is not blank: a `BEGIN:VCARD`, or a word like it.
bool begins_object(const ContentLine& line);

/// The kind of an item that is such a component; nothing for other components.
std::optional<Kind> find_component(std::string_view upper_name);

/// Error: InvalidValue, if they are two.
base::Result<void> check_kind(Kind found, Kind wanted);

/// Whether an item of this text and so many properties is within the limits, `most` being that of its octets. Error:
/// InvalidValue.
base::Result<void> check_extent(std::string_view text, std::size_t properties, std::size_t most);

/// What an item gets that has more octets than it may.
tl::unexpected<base::Error> too_large(std::size_t most);

/// The form that `BEGIN:root` and `VERSION:version` declare; nothing for others.
std::optional<Form> find_form(std::string_view root, std::string_view version);

} // namespace item
