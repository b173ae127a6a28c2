#pragma once

#include "bus/object.hpp"
#include "manager/item_record.hpp"

#include <vector>

/// What sessions changed and sent, in the dictionaries of the D-Bus contract.
namespace bus {

std::vector<Values> history(const std::vector<manager::HistoryEntry>& entries);
std::vector<Values> changes(const std::vector<storage::SessionChange>& changes);
std::vector<Values> sent(const std::vector<manager::SentItem>& items);
Values undo_report(const manager::UndoReport& report);
Values explanation(const manager::ItemExplanation& explanation);

} // namespace bus
