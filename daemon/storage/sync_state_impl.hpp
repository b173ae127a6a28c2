#pragma once

#include "storage/database.hpp"
#include "storage/sync_state.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace storage {

class SyncState::Impl {
public:
    explicit Impl(std::unique_ptr<Database> opened) : database(std::move(opened)) {}

    std::string peer_text(const char* sql);
    std::vector<ServiceRecord> services_of(std::uint64_t session);
    void put_services(const SessionRecord& record);

    std::unique_ptr<Database> database;
    std::uint64_t running = 0; ///< session
    std::int64_t running_since = 0;
};

} // namespace storage
