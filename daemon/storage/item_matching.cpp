// Which item stands for one that a peer adds.
#include "storage/item_table.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace storage {
namespace {

bool may_stand(const Matching& matching, ItemId id)
{
    return !matching.taken.contains(id) && (!matching.among || matching.among->contains(id));
}

std::int64_t hash_of_meaning(const std::string& meaning)
{
    // 0 is that of no meaning.
    return meaning.empty() ? 0 : std::max<std::int64_t>(hash_of(meaning) & INT64_MAX, 1);
}

} // namespace

Match ItemTable::find_match(ItemKind kind, std::string_view data, const Matching& matching)
{
    if (matching.among && matching.among->empty())
        return {};
    {
        auto equals = database_.query("SELECT id FROM item INDEXED BY item_equal "
                                      "WHERE kind = ?1 AND hash = ?2 AND alive LIMIT 100",
                                      static_cast<int>(kind), hash_of(data));
        while (equals.next()) {
            if (may_stand(matching, equals.number(0)) && contents_.equals(equals.number(0), data))
                return {equals.number(0), {}};
        }
    }
    auto traits = matching.likeness == nullptr ? Traits() : matching.likeness->traits(data);
    if (traits.meaning.empty())
        return {};
    const auto hash = hash_of_meaning(traits.meaning);
    auto alike = database_.query("SELECT id FROM item INDEXED BY item_meaning "
                                 "WHERE kind = ?1 AND meaning = ?2 AND alive LIMIT 100",
                                 static_cast<int>(kind), hash);
    while (alike.next()) {
        const auto id = alike.number(0);
        if (may_stand(matching, id) && matching.likeness->traits(contents_.find(id).value()).meaning == traits.meaning)
            return {id, {}};
    }
    return {std::nullopt, std::move(traits)};
}

bool ItemTable::learn_traits(ItemKind kind, const Matching& matching, std::size_t most)
{
    if (matching.likeness == nullptr)
        return false;
    follow_rules(*matching.likeness);
    std::vector<ItemId> unknown;
    if (matching.among) {
        matching.among->each([&](ItemId id) {
            auto row = database_.query("SELECT 1 FROM item WHERE kind = ?1 AND id = ?2 AND alive AND meaning IS NULL",
                                       static_cast<int>(kind), id);
            if (row.next())
                unknown.push_back(id);
            return unknown.size() < most;
        });
    } else {
        for (auto rows = database_.query("SELECT id FROM item INDEXED BY item_meaning "
                                         "WHERE kind = ?1 AND meaning IS NULL AND alive LIMIT ?2",
                                         static_cast<int>(kind), most);
             rows.next();)
            unknown.push_back(rows.number(0));
    }
    for (const auto id : unknown)
        learn_traits(kind, *matching.likeness, id);
    return unknown.size() == most;
}

void ItemTable::learn_traits(ItemKind kind, const Likeness& likeness, ItemId id)
{
    Traits traits;
    if (const auto data = contents_.find(id))
        traits = likeness.traits(*data);
    set_traits(kind, id, traits);
}

void ItemTable::set_traits(ItemKind kind, ItemId id, const Traits& traits)
{
    database_.execute("UPDATE item SET meaning = ?3 WHERE kind = ?1 AND id = ?2", static_cast<int>(kind), id,
                      hash_of_meaning(traits.meaning));
    database_.execute("DELETE FROM trait WHERE id = ?1", id);
    for (const auto& key : traits.keys)
        database_.execute("INSERT OR IGNORE INTO trait (kind, key, id) VALUES (?1, ?2, ?3)", static_cast<int>(kind),
                          hash_of(key), id);
}

std::vector<ItemId> ItemTable::kin(ItemKind kind, ItemId id, std::size_t most)
{
    // So many of one name, or behind one number: it names nobody.
    constexpr std::size_t too_many = 20;
    std::vector<std::int64_t> keys;
    for (auto rows = database_.query("SELECT key FROM trait WHERE id = ?1", id); rows.next();)
        keys.push_back(rows.number(0));
    std::map<ItemId, std::size_t> shared;
    for (const auto key : keys) {
        std::vector<ItemId> holders;
        for (auto rows = database_.query("SELECT id FROM trait WHERE kind = ?1 AND key = ?2 AND id <> ?3 LIMIT ?4",
                                         static_cast<int>(kind), key, id, too_many + 1);
             rows.next();)
            holders.push_back(rows.number(0));
        for (const auto holder : holders.size() > too_many ? std::vector<ItemId>() : holders)
            ++shared[holder];
    }
    std::vector<ItemId> kin;
    for (const auto& [other, count] : shared)
        kin.push_back(other);
    std::stable_sort(kin.begin(), kin.end(), [&](ItemId one, ItemId other) { return shared[one] > shared[other]; });
    kin.resize(std::min(kin.size(), most));
    return kin;
}

/// What was found out by other rules is void.
void ItemTable::follow_rules(const Likeness& likeness)
{
    {
        auto rules = database_.query("SELECT rules FROM total");
        if (rules.next() && rules.number(0) == likeness.version)
            return;
    }
    database_.execute("UPDATE item SET meaning = NULL WHERE meaning IS NOT NULL");
    database_.execute("DELETE FROM trait");
    database_.execute("UPDATE total SET rules = ?1", likeness.version);
}

} // namespace storage
