#include "notification/san.hpp"

#include <array>
#include <cstdint>
#include <utility>

namespace notification {

namespace {

using syncml::AlertCode;

/// Takes numbers, the highest octet first, and texts from the front. Behind the end there are zeros, and it is noted.
class Octets {
public:
    explicit Octets(std::string_view octets) : rest_(octets) {}

    std::uint32_t number(std::size_t size)
    {
        std::uint32_t value = 0;
        for (const char octet : text(size))
            value = value << 8 | static_cast<unsigned char>(octet);
        return value;
    }
    std::string_view text(std::size_t size)
    {
        if (size > rest_.size()) {
            is_short_ = true;
            return {};
        }
        const auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    /// With the number of its octets before it.
    std::string_view counted_text() { return text(number(1)); }
    bool is_short() const { return is_short_; }

private:
    std::string_view rest_;
    bool is_short_ = false;
};

/// Well-known numbers of WSP, and of vCard 3.0 and iCalendar those that servers use.
std::string_view media_type(std::uint32_t number)
{
    static constexpr std::array<std::pair<std::uint32_t, std::string_view>, 5> types{{
        {0x03, "text/plain"},
        {0x06, "text/x-vcalendar"},
        {0x07, "text/x-vcard"},
        {0x0305, "text/calendar"},
        {0x0309, "text/vcard"},
    }};
    for (const auto& [known, type] : types)
        if (known == number)
            return type;
    return {};
}

std::optional<AlertCode> find_code(std::uint32_t sync_type)
{
    if (sync_type >= 6 && sync_type <= 10)
        return static_cast<AlertCode>(200 + sync_type);
    if (sync_type == 1) // not in the specification, but sent
        return AlertCode::SlowSync;
    return std::nullopt;
}

} // namespace

tl::expected<Notification, Refusal> parse_san(std::string_view octets)
{
    Octets in(octets);
    Notification result;
    // Version 10 bits, ui-mode 2, initiator 1, and 27 reserved ones.
    const auto flags = in.number(2);
    in.text(3);
    result.version = static_cast<int>(flags >> 6);
    result.ui_mode = static_cast<UiMode>(flags >> 4 & 0x3U);
    result.initiator = static_cast<Initiator>(flags >> 3 & 0x1U);
    if (const auto session = in.number(2); session != 0)
        result.session_id = std::to_string(session);
    result.server_id = in.counted_text();
    const auto count = in.number(1) >> 4; // and 4 reserved bits
    for (std::uint32_t i = 0; i < count; ++i) {
        const auto code = find_code(in.number(1) >> 4);
        const auto type = media_type(in.number(3));
        const auto uri = in.counted_text();
        if (code)
            result.syncs.push_back({*code, std::string(uri), std::string(type), 0, {}});
    }
    if (in.is_short())
        return tl::unexpected(Refusal::Broken);
    if (result.version < 10 || result.version > 12)
        return tl::unexpected(Refusal::Version);
    if (count > 0 && result.syncs.empty())
        return tl::unexpected(Refusal::NothingToSync);
    return result;
}

} // namespace notification
