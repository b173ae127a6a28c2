#include "transcript/censor.hpp"

#include "codec/codec.hpp"
#include "transcript/record.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <array>
#include <charconv>
#include <type_traits>

namespace transcript {
namespace {

class Censor {
public:
    explicit Censor(bool keep_items) : keep_items_(keep_items) {}

    void operator()(syncml::Header& header) const
    {
        hide(header.cred);
        hide(header.meta);
        for (auto* address : {&header.target.uri, &header.source.uri, &header.resp_uri})
            *address = censor_address(*address);
    }
    void operator()(syncml::Status& status) const
    {
        if (status.chal)
            hide(*status.chal);
        for (auto* addresses : {&status.target_refs, &status.source_refs})
            for (auto& address : *addresses)
                address = censor_address(address);
        hide(status.items);
    }
    /// Its texts are anchors' and words to the user.
    void operator()(syncml::Alert& alert) const
    {
        hide(alert.cred);
        for (auto& item : alert.items)
            hide(item.meta);
    }
    void operator()(syncml::Put& put) const { hide_all(put); }
    void operator()(syncml::Get& get) const { hide_all(get); }
    void operator()(syncml::Results& results) const { hide_all(results); }
    void operator()(syncml::Map& map) const { hide(map.meta); }
    void operator()(syncml::ItemCommand& command) const
    {
        hide(command.cred);
        hide_all(command);
    }
    void operator()(syncml::Group& group) const
    {
        hide(group.meta);
        for (auto& command : group.commands)
            std::visit(*this, command);
    }
    void operator()(syncml::Sync& sync) const
    {
        hide(sync.cred);
        hide(sync.meta);
        for (auto& command : sync.commands)
            std::visit(*this, command);
    }
    void operator()(syncml::Unsupported&) const {}

private:
    static void hide(syncml::Meta& meta)
    {
        if (!meta.next_nonce.empty())
            meta.next_nonce = mask;
    }
    static void hide(std::optional<syncml::Credentials>& credentials)
    {
        if (!credentials)
            return;
        credentials->data = base::Secret(mask);
        hide(credentials->meta);
    }
    void hide(std::vector<syncml::Item>& items) const
    {
        for (auto& item : items) {
            hide(item.meta);
            if (auto* text = std::get_if<std::string>(&item.data);
                text != nullptr && !text->empty() && (!keep_items_ || !codec::can_carry(*text, codec::Encoding::Xml)))
                *text = digest_of(*text);
        }
    }
    void hide_all(auto& command) const
    {
        hide(command.meta);
        hide(command.items);
    }

    bool keep_items_;
};

constexpr std::string_view digest_begin = "(", digest_middle = " octets, SHA-256 ";

} // namespace

syncml::Message censor(const syncml::Message& message, bool keep_items)
{
    syncml::Message copy = message;
    const Censor hide(keep_items);
    hide(copy.header);
    for (auto& command : copy.body)
        std::visit(hide, command);
    return copy;
}

std::string censor_address(std::string_view address)
{
    const auto scheme = address.find("://");
    if (scheme == std::string_view::npos)
        return std::string(address);
    const auto begin = scheme + 3;
    const auto at = address.substr(0, address.find_first_of("/?#", begin)).rfind('@');
    if (at == std::string_view::npos || at < begin)
        return std::string(address);
    return fmt::format("{}{}{}", address.substr(0, begin), mask, address.substr(at));
}

std::string sha256(std::string_view octets)
{
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(octets.data()), octets.size());
    std::array<char, 2 * hash.size() + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    return hex.data();
}

std::string digest_of(std::string_view text)
{
    return fmt::format("{}{}{}{})", digest_begin, text.size(), digest_middle, sha256(text));
}

std::optional<std::size_t> find_digested_size(std::string_view text)
{
    if (!text.starts_with(digest_begin))
        return std::nullopt;
    text.remove_prefix(digest_begin.size());
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc() || !text.substr(static_cast<std::size_t>(end - text.data())).starts_with(digest_middle))
        return std::nullopt;
    return size;
}

} // namespace transcript
