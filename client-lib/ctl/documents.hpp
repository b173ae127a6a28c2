#pragma once

#include "context.hpp"

#include <syncd/changes.hpp>
#include <syncd/profile.hpp>
#include <syncd/statistics.hpp>

#include <vector>

/// The values of the API as `--json` shows them. The keys are part of syncctl's interface (syncctl(1), JSON):
/// they are added to, never renamed. Times are microseconds since 1970, 0 for never.
namespace ctl {

Json document(const syncd::SyncProfileInfo& profile);
Json document(const syncd::SyncStatistics& statistics);
Json document(const syncd::SessionRecord& record);
Json document(const syncd::ItemChange& change);
/// With the keys of a change, for they stand in one list.
Json document(const syncd::SentItem& item);
Json document(const syncd::UndoReport& report);
Json document(const syncd::ItemExplanation& explanation);

template <class T>
Json document(const std::vector<T>& values)
{
    Json list = Json::array();
    for (const T& value : values)
        list.push_back(document(value));
    return list;
}

/// `{"error": {"name": …, "message": …}}`; an empty name is null.
Json error_document(const std::string& name, const std::string& message);

} // namespace ctl
