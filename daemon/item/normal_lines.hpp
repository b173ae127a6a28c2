#pragma once

#include "item/moment.hpp"
#include "item/normal_form.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What the normal forms of contacts and of calendars have in common.
namespace item {

/// No text that was made normal has one of these in it.
constexpr char detail_separator = '\x1f';
constexpr char value_separator = '\x1e';

/// A line of a normal form, and what of the item says it.
struct SaidLine {
    NormalForm::Line line;
    std::size_t bare = 0;         ///< octets of the line's value before what its parameters say
    const void* source = nullptr; ///< a Property, or a Component for what is read together
    std::string element;          ///< the member of a list that it is, as its property has it
};

/// Collects the lines of a normal form.
class NormalLines {
public:
    /// What the lines that follow come from.
    void about(const void* source, std::string_view element = {})
    {
        source_ = source;
        element_ = element;
    }
    /// Nothing without a value. `details`: what parameters say, in any order.
    void add(std::string name, std::string value, std::vector<std::string> details = {});
    /// In order, each once.
    std::vector<NormalForm::Line> take();
    /// As they were added.
    std::vector<SaidLine> take_said() { return std::move(lines_); }

private:
    std::vector<SaidLine> lines_;
    const void* source_ = nullptr;
    std::string element_;
};

/// For people the same text: one kind of line end, no blanks before them and around the whole, no controls.
std::string normal_words(std::string_view text);
/// Parts of a structured value, without the empty ones at the end.
std::string normal_parts(std::vector<std::string> parts);
/// What a note's description says besides the summary that it begins with, as programs write it (Evolution).
std::string_view without_summary(std::string_view description, std::string_view summary);
/// The members of a list, in order.
std::string normal_list(std::vector<std::string> members);
/// What stands for octets: their number and a hash.
std::string normal_octets(std::string_view octets);
/// What stands for a text that is repeated with many others: itself, or a long one's hash.
std::string short_text(std::string text);
/// `NAME=value` of those parameters that say something about the value and are not TYPEs.
std::vector<std::string> normal_parameters(const Property& property);

NormalForm normal_contact(const Document& document);
NormalForm normal_calendar(const Document& document);

/// What the lines of an entry depend on besides the property that they come from.
struct Occasion {
    std::string place; ///< what the names of its lines begin with
    std::optional<Moment> begin, end;
    std::string summary;
};
/// Adds what one event, task or note of a calendar says. The lines about when it is come from the component.
Occasion add_entry(NormalLines& lines, const Document& calendar, const Zones& zones, const Component& entry);
/// Adds what a vCard says.
void add_contact(NormalLines& lines, const Component& card);
/// The name that stands for all of those which programs have for one thing.
std::string_view contact_name(const Property& property);
/// The first of the formatted names that programs make of the parts of N by themselves.
std::string formatted_name(const Property& n);

} // namespace item
