#include "device_text.hpp"

#include "table.hpp"
#include "text.hpp"
#include "units.hpp"

#include <utility>
#include <vector>

namespace ctl {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

constexpr const char* sync_types[] = {"two-way",
                                      "slow",
                                      "one-way-from-client",
                                      "refresh-from-client",
                                      "one-way-from-server",
                                      "refresh-from-server",
                                      "alerted by the server"};

void add_text(Rows& rows, const char* name, const Json& text)
{
    if (const auto value = text.get<std::string>(); !value.empty())
        rows.emplace_back(name, value);
}

void add_word(std::string& words, const std::string& word)
{
    words += (words.empty() ? "" : ", ") + word;
}

void add_types(std::string& words, const Json& types)
{
    for (const auto& type : types)
        add_word(words, type.at("type").get<std::string>() + " " + type.at("version").get<std::string>());
}

std::string words_of(const Json& list)
{
    std::string words;
    for (const auto& one : list)
        add_word(words, one.get<std::string>());
    return words;
}

std::string types_of(const Json& preferred, const Json& others)
{
    std::string words;
    add_types(words, preferred);
    add_types(words, others);
    return words.empty() ? "not told" : words;
}

std::string sync_types_of(const Json& numbers)
{
    std::string words;
    for (const auto& number : numbers) {
        const auto type = number.get<std::uint64_t>();
        add_word(words, type >= 1 && type <= std::size(sync_types) ? sync_types[type - 1] : std::to_string(type));
    }
    return words.empty() ? "not told" : words;
}

std::string property_of(const Json& property)
{
    auto text = property.at("name").get<std::string>();
    std::string limits;
    if (!property.at("max_size").is_null())
        add_word(limits, "at most " + std::to_string(property.at("max_size").get<std::uint64_t>()) + " octets");
    if (!property.at("max_occur").is_null())
        add_word(limits, std::to_string(property.at("max_occur").get<std::uint64_t>()) + " times");
    return limits.empty() ? text : text + " (" + limits + ")";
}

void add_contents(Rows& rows, const Json& contents)
{
    for (const auto& content : contents) {
        std::string properties;
        for (const auto& property : content.at("properties"))
            add_word(properties, property_of(property));
        rows.emplace_back("Keeps of " + printable(content.at("type").get<std::string>()), properties);
    }
}

} // namespace

std::string device_text(const syncd::DeviceInformation& information, const Json& device)
{
    Rows rows;
    add_text(rows, "Manufacturer", device.at("manufacturer"));
    add_text(rows, "Model", device.at("model"));
    add_text(rows, "OEM", device.at("oem"));
    add_text(rows, "Software", device.at("software"));
    add_text(rows, "Firmware", device.at("firmware"));
    add_text(rows, "Hardware", device.at("hardware"));
    add_text(rows, "Id", device.at("id"));
    add_text(rows, "Kind", device.at("type"));
    rows.emplace_back("Told at", format_time(information.received));
    rows.emplace_back("Times in UTC", device.at("utc").get<bool>() ? "yes" : "no");
    rows.emplace_back("Large objects", device.at("large_objects").get<bool>() ? "yes" : "no");
    rows.emplace_back("Counts of changes", device.at("number_of_changes").get<bool>() ? "yes" : "no");
    if (device.contains("not_kept"))
        rows.emplace_back("Does not keep", words_of(device.at("not_kept")));
    add_contents(rows, device.at("content"));
    for (const auto& store : device.at("stores")) {
        rows.emplace_back("", "");
        add_text(rows, "Database", store.at("uri"));
        add_text(rows, "Name", store.at("name"));
        rows.emplace_back("Takes", types_of(store.at("receives_preferred"), store.at("receives")));
        rows.emplace_back("Sends", types_of(store.at("sends_preferred"), store.at("sends")));
        rows.emplace_back("Synchronizes", sync_types_of(store.at("sync_types")));
        std::string filters;
        add_types(filters, store.at("filter_types"));
        if (!filters.empty())
            rows.emplace_back("Filters by", filters);
        for (const auto& filter : store.at("filters"))
            rows.emplace_back("Filters " + printable(filter.at("type").get<std::string>()),
                              words_of(filter.at("keywords")) + "; " + words_of(filter.at("properties")));
        add_contents(rows, store.at("content"));
    }
    auto lines = properties(rows);
    for (auto& line : lines)
        line.erase(line.find_last_not_of(' ') + 1);
    return join(lines);
}

} // namespace ctl
