#include "bus/peers.hpp"

#include <algorithm>
#include <utility>

namespace bus {

Peers::Peers(Driver& driver, Limits limits) : driver_(driver), limits_(limits), self_(std::make_shared<Peers*>(this)) {}

Peers::~Peers()
{
    if (!peers_.empty())
        driver_.unwatch();
}

void Peers::identify(const std::string& name, Identified identified)
{
    if (const auto known = peers_.find(name); known != peers_.end()) {
        auto& peer = known->second;
        if (peer.uid)
            return identified(*peer.uid);
        if (peer.waiting.size() >= limits_.waiting_per_connection)
            return identified(tl::unexpected(Refusal::TooMany));
        peer.waiting.push_back(std::move(identified));
        return;
    }
    if (unknown_ >= limits_.unknown_connections)
        return identified(tl::unexpected(Refusal::TooMany));

    // Before the question, so that the bus daemon cannot see the connection leave in between.
    if (peers_.empty())
        driver_.watch([this](std::string_view gone) { forget(gone); });
    peers_[name].waiting.push_back(std::move(identified));
    ++unknown_;
    driver_.find_uid(name, [weak = std::weak_ptr<Peers*>(self_), name](std::optional<manager::Uid> uid) {
        if (const auto self = weak.lock())
            (*self)->on_found(name, uid);
    });
}

void Peers::on_found(const std::string& name, std::optional<manager::Uid> uid)
{
    const auto found = peers_.find(name);
    if (found == peers_.end())
        return; // it left meanwhile; forget() told those who waited
    if (!uid)
        return forget(name);

    auto& peer = found->second;
    auto waiting = std::exchange(peer.waiting, {});
    --unknown_;
    peer.uid = uid;
    if (of(*uid).size() > limits_.connections_per_uid) {
        forget(name);
        for (const auto& identified : waiting)
            identified(tl::unexpected(Refusal::TooMany));
        return;
    }
    for (const auto& identified : waiting)
        identified(*uid);
}

void Peers::forget(std::string_view name)
{
    const auto found = peers_.find(name);
    if (found == peers_.end())
        return;
    const auto peer = std::move(found->second);
    peers_.erase(found);
    if (!peer.uid)
        --unknown_;
    if (peers_.empty())
        driver_.unwatch();
    for (const auto& identified : peer.waiting)
        identified(tl::unexpected(Refusal::Gone));
}

std::vector<std::string> Peers::of(manager::Uid uid) const
{
    std::vector<std::string> names;
    for (const auto& [name, peer] : peers_) {
        if (peer.uid == uid)
            names.push_back(name);
    }
    return names;
}

} // namespace bus
