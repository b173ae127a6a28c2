#pragma once

#include "syncml/message.hpp"

#include <random>
#include <string>
#include <string_view>
#include <vector>

/// Messages made by chance, the same for the same seed. They hold what a document can hold exactly:
/// no carriage return in item data, no empty capability.
class Generator {
public:
    explicit Generator(std::uint32_t seed) : random_(seed) {}

    syncml::Message message();

private:
    std::uint32_t below(std::uint32_t end) { return static_cast<std::uint32_t>(random_()) % end; }
    bool chance() { return below(3) == 0; }

    std::string text(std::string_view extra = "\r");
    std::string maybe_text() { return chance() ? text() : std::string(); }
    std::uint64_t number();
    template <class Make>
    auto maybe(Make make) -> std::optional<decltype(make())>
    {
        return chance() ? std::optional(make()) : std::nullopt;
    }
    template <class Make>
    auto some(Make make) -> std::vector<decltype(make())>
    {
        std::vector<decltype(make())> list;
        for (auto count = below(4); count > 0; --count)
            list.push_back(make());
        return list;
    }

    syncml::Location location() { return {.uri = text(), .name = maybe_text()}; }
    syncml::Anchor anchor() { return {.last = maybe_text(), .next = text()}; }
    syncml::Meta meta();
    syncml::Meta maybe_meta() { return chance() ? meta() : syncml::Meta(); }
    syncml::Credentials credentials() { return {.meta = maybe_meta(), .data = base::Secret(text())}; }
    syncml::Data data(bool may_be_devinf);
    /// Device information stands in Put and Results alone.
    syncml::Item item(bool may_be_devinf = false);
    syncml::ContentType content_type() { return {.type = text(), .version = maybe_text()}; }
    syncml::Property property();
    syncml::ContentCapability capability();
    syncml::DataStoreInfo datastore();
    syncml::DevInf devinf();

    syncml::ItemCommand item_command();
    syncml::Group group(int depth);
    syncml::SyncCommand sync_command(int depth);
    syncml::Command command();

    std::mt19937 random_;
};
