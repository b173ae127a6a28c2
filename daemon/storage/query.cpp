#include "storage/query.hpp"

#include "storage/database.hpp"
#include "storage/large_blob.hpp"

namespace storage {

Query::~Query()
{
    statement_.tryReset();
}

bool Query::next()
{
    return database_.guarded([&] { return statement_.executeStep(); });
}

int Query::run()
{
    while (next()) {
    }
    return database_.connection_.getChanges();
}

std::int64_t Query::number(int column) const
{
    return statement_.getColumn(column).getInt64();
}

bool Query::is_number(int column) const
{
    return statement_.getColumn(column).isInteger();
}

std::string_view Query::view(int column) const
{
    const auto value = statement_.getColumn(column);
    const auto* octets = static_cast<const char*>(value.getBlob());
    return octets == nullptr ? std::string_view()
                             : std::string_view(octets, static_cast<std::size_t>(value.getBytes()));
}

void Query::bind(int index, std::int64_t value)
{
    database_.guarded([&] { statement_.bind(index, value); });
}

void Query::bind(int index, std::string_view text)
{
    database_.guarded([&] { statement_.bind(index, std::string(text)); });
}

void Query::bind(int index, Blob blob)
{
    // A null pointer would bind NULL instead of an empty BLOB.
    const auto* octets = blob.octets.data() == nullptr ? "" : blob.octets.data();
    database_.guarded([&] { statement_.bindNoCopy(index, octets, static_cast<int>(blob.octets.size())); });
}

void Query::bind(int index, InRow data)
{
    if (!LargeBlob::is_large(data.octets))
        return bind(index, Blob{data.octets});
    database_.guarded([&] { statement_.bind(index); });
}

} // namespace storage
