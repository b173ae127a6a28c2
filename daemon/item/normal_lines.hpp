#pragma once

#include "item/normal_form.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What the normal forms of contacts and of calendars have in common.
namespace item {

/// Collects the lines of a normal form.
class NormalLines {
public:
    /// Nothing without a value. `details`: what parameters say, in any order.
    void add(std::string name, std::string value, std::vector<std::string> details = {});
    /// In order, each once.
    std::vector<NormalForm::Line> take();

private:
    std::vector<NormalForm::Line> lines_;
};

/// For people the same text: one kind of line end, no blanks before them and around the whole, no controls.
std::string normal_words(std::string_view text);
/// Parts of a structured value, without the empty ones at the end.
std::string normal_parts(std::vector<std::string> parts);
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

} // namespace item
