#pragma once

#include <syncd/changes.hpp>

#include <string>
#include <vector>

/// What sessions did to items, for people.
namespace ctl {

/// `the server changed it`.
std::string rule_text(syncd::ItemChangeRule rule);
/// `changed`.
std::string kind_text(const syncd::ItemChange& change);
/// `new`.
std::string kind_text(const syncd::SentItem& item);
/// `taken (status 201: added)`.
std::string answer_text(const syncd::SentItem& item);
/// What the item is called, or was.
std::string name_of(const syncd::ItemChange& change);
/// What an edit did to it, line by line, each indented and fit for a terminal; nothing for what came or went as a
/// whole.
std::vector<std::string> field_lines(const syncd::ItemChange& change);
/// The same of any two texts of an item.
std::vector<std::string> edit_lines(const std::string& before, const std::string& after);

} // namespace ctl
