#pragma once

#include <string>
#include <vector>

namespace ctl {

enum class Align { Left, Right };

struct Column {
    std::string title;
    Align align = Align::Left;
};

/// Aligned columns, two spaces apart, as lines without a line end or trailing spaces; the first has the
/// titles. Cells are made printable; every row has as many as there are columns.
std::vector<std::string> table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);

/// `name  value` lines with the values below each other.
std::vector<std::string> properties(const std::vector<std::pair<std::string, std::string>>& rows);

/// The lines as one text.
std::string join(const std::vector<std::string>& lines);

} // namespace ctl
