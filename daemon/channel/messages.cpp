#include "channel/messages.hpp"

#include "channel/members.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <concepts>
#include <limits>
#include <type_traits>
#include <utility>

namespace channel {
namespace {

using Json = nlohmann::ordered_json;
using Outcome = Result::Outcome;

constexpr std::size_t max_secret_bytes = 64 * 1024; // a certificate with its key and those above it
constexpr std::size_t max_text_bytes = 4 * 1024;
constexpr std::size_t max_session_bytes = 64; // it is remembered

// ---- writing ----------------------------------------------------------------

/// At most `max` bytes of a text, without a character cut in two.
std::string_view shorten(std::string_view text, std::size_t max)
{
    if (text.size() <= max)
        return text;
    auto end = max;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    return text.substr(0, end);
}

class Writer {
public:
    explicit Writer(std::vector<base::Secret>* secrets, std::size_t max_text = std::string::npos)
        : secrets_(secrets), max_text_(max_text)
    {
    }

    void operator()(const char* name, const std::string& text, const char*) { json_[name] = shorten(text, max_text_); }
    void operator()(const char* name, const std::optional<std::string>& text, const char* meaning)
    {
        if (text)
            (*this)(name, *text, meaning);
    }
    template <class Number>
    requires std::is_arithmetic_v<Number>
    void operator()(const char* name, Number number, const char*) { json_[name] = number; }
    void operator()(const char* name, const base::Secret& secret, const char*)
    {
        json_[name] = secret.size();
        secrets_->push_back(secret);
    }
    void operator()(const char* name, Outcome outcome, const char*)
    {
        for (const auto& [word, value] : outcomes)
            if (value == outcome)
                json_[name] = word;
    }
    void operator()(const char* name, const std::vector<std::string>& texts, const char*) { json_[name] = texts; }
    template <Part P>
    void operator()(const char* name, const P& part, const char*)
    {
        json_[name] = inner(part);
    }
    template <Part P>
    void operator()(const char* name, const std::vector<P>& parts, const char*)
    {
        auto& array = json_[name] = Json::array();
        for (const auto& part : parts)
            array.push_back(inner(part));
    }

    template <class Message>
    std::string line(const Message& message)
    {
        json_["kind"] = title(message);
        members(*this, message);
        // Texts of a server may not be UTF-8; they must not cost the message.
        return json_.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
    }

private:
    template <Part P>
    Json inner(const P& part)
    {
        Writer writer(secrets_, max_text_);
        members(writer, part);
        return std::move(writer.json_);
    }

    Json json_ = Json::object();
    std::vector<base::Secret>* secrets_;
    std::size_t max_text_;
};

// ---- reading ----------------------------------------------------------------

class Reader {
public:
    Reader(const Json& json, std::string where, std::vector<std::size_t>* secret_sizes)
        : json_(json), where_(std::move(where)), secret_sizes_(secret_sizes)
    {
    }

    void operator()(const char* name, std::string& text, const char*)
    {
        if (const auto* value = member(name)) {
            // The bus cannot carry a NUL, and no text of ours holds one.
            if (value->is_string() && value->get_ref<const std::string&>().find('\0') == std::string::npos)
                text = value->get<std::string>();
            else
                refuse(name, "is not text");
        }
    }
    void operator()(const char* name, std::optional<std::string>& text, const char* meaning)
    {
        if (json_.contains(name))
            (*this)(name, text.emplace(), meaning);
    }
    void operator()(const char* name, bool& flag, const char*)
    {
        if (const auto* value = member(name)) {
            if (value->is_boolean())
                flag = value->get<bool>();
            else
                refuse(name, "is not a boolean");
        }
    }
    template <std::unsigned_integral Number>
    void operator()(const char* name, Number& number, const char*)
    {
        number = static_cast<Number>(read_number(name, std::numeric_limits<Number>::max()));
    }
    void operator()(const char* name, base::Secret&, const char*)
    {
        secret_sizes_->push_back(static_cast<std::size_t>(read_number(name, max_secret_bytes)));
    }
    void operator()(const char* name, Outcome& outcome, const char* meaning)
    {
        std::string text;
        (*this)(name, text, meaning);
        for (const auto& [word, value] : outcomes)
            if (word == text) {
                outcome = value;
                return;
            }
        refuse(name, "is no outcome");
    }
    void operator()(const char* name, std::vector<std::string>& texts, const char*)
    {
        for_each(name, [&](const Json& element) {
            if (element.is_string())
                texts.push_back(element.get<std::string>());
            else
                refuse(name, "is not a list of texts");
        });
    }
    template <Part P>
    void operator()(const char* name, P& part, const char*)
    {
        if (const auto* value = member(name))
            read_inner(*value, fmt::format("{}{}.", where_, name), part);
    }
    template <Part P>
    void operator()(const char* name, std::vector<P>& parts, const char*)
    {
        for_each(name, [&](const Json& element) {
            auto where = fmt::format("{}{}[{}].", where_, name, parts.size());
            read_inner(element, std::move(where), parts.emplace_back());
        });
    }

    template <class Message>
    void read(Message& message)
    {
        if (!json_.is_object()) {
            error_ = where_ + "is not an object";
            return;
        }
        members(*this, message);
        // Both ends come from one build, so a member too many is as wrong as one too few.
        if (error_.empty() && seen_ != json_.size())
            error_ = where_ + "unknown member";
    }
    /// Counts a member that the caller reads itself.
    void skip() { ++seen_; }
    const std::string& error() const { return error_; }

private:
    template <class Visit>
    void for_each(const char* name, Visit visit)
    {
        const auto* value = member(name);
        if (value != nullptr && !value->is_array())
            return refuse(name, "is not a list");
        if (value != nullptr)
            for (const auto& element : *value)
                visit(element);
    }
    template <Part P>
    void read_inner(const Json& json, std::string where, P& part)
    {
        Reader inner(json, std::move(where), secret_sizes_);
        inner.read(part);
        if (error_.empty())
            error_ = inner.error_;
    }
    const Json* member(const char* name)
    {
        const auto found = json_.find(name);
        if (found == json_.end()) {
            refuse(name, "is missing");
            return nullptr;
        }
        ++seen_;
        return &*found;
    }
    std::uint64_t read_number(const char* name, std::uint64_t max)
    {
        const auto* value = member(name);
        if (value == nullptr)
            return 0;
        if (!value->is_number_unsigned() || value->get<std::uint64_t>() > max) {
            refuse(name, "is not a number in range");
            return 0;
        }
        return value->get<std::uint64_t>();
    }
    void refuse(const char* name, const char* what)
    {
        if (error_.empty())
            error_ = fmt::format("{}{} {}", where_, name, what);
    }

    const Json& json_;
    std::string where_;
    std::vector<std::size_t>* secret_sizes_;
    std::size_t seen_ = 0;
    std::string error_;
};

/// The document of a line and what it calls itself.
base::Result<std::pair<Json, std::string>> open(std::string_view line)
{
    if (line.size() > max_line_bytes)
        return base::fail(base::Errc::Malformed, "channel: a line is longer than 64 KiB");
    auto json = Json::parse(line, nullptr, false);
    if (json.is_discarded() || !json.is_object())
        return base::fail(base::Errc::Malformed, "channel: a line is not a JSON object");
    const auto title = json.find("kind");
    if (title == json.end() || !title->is_string())
        return base::fail(base::Errc::Malformed, "channel: a line does not say which message it is");
    auto name = title->get<std::string>();
    return std::pair(std::move(json), std::move(name));
}

template <class Message>
base::Result<Message> read(const Json& json, std::vector<std::size_t>* secret_sizes = nullptr)
{
    Message message;
    Reader reader(json, fmt::format("channel: {}: ", title(message)), secret_sizes);
    reader.skip(); // "kind"
    reader.read(message);
    if (!reader.error().empty())
        return base::fail(base::Errc::Malformed, reader.error());
    return message;
}

template <class Message>
base::Result<Event> as_event(base::Result<Message> message, const char* broken_rule)
{
    if (!message)
        return tl::unexpected(std::move(message.error()));
    if (broken_rule != nullptr)
        return base::fail(base::Errc::Malformed, fmt::format("channel: {}: {}", title(*message), broken_rule));
    return Event(std::move(*message));
}

// ---- secrets --------------------------------------------------

class Attacher {
public:
    explicit Attacher(std::vector<base::Secret>& secrets) : next_(secrets.begin()), end_(secrets.end()) {}

    void operator()(const char*, base::Secret& secret, const char*)
    {
        if (next_ != end_)
            secret = std::move(*next_++);
    }
    template <Part P>
    void operator()(const char*, std::vector<P>& parts, const char*)
    {
        for (auto& part : parts)
            members(*this, part);
    }
    template <class Other>
    void operator()(const char*, Other&, const char*)
    {
    }

private:
    std::vector<base::Secret>::iterator next_, end_;
};

} // namespace

std::string to_line(const Order& order, std::vector<base::Secret>& secrets)
{
    return std::visit([&](const auto& message) { return Writer(&secrets).line(message); }, order);
}

std::string to_line(const Event& event)
{
    return std::visit([](const auto& message) { return Writer(nullptr, max_text_bytes).line(message); }, event);
}

base::Result<OrderHead> parse_order(std::string_view line)
{
    const auto document = open(line);
    if (!document)
        return tl::unexpected(document.error());
    const auto& [json, name] = *document;
    std::vector<std::size_t> secret_sizes;
    const auto as_head = [&](auto message) -> base::Result<OrderHead> {
        if (!message)
            return tl::unexpected(std::move(message.error()));
        return OrderHead{std::move(*message), std::move(secret_sizes)};
    };
    if (name == title(Plan{}))
        return as_head(read<Plan>(json, &secret_sizes));
    if (name == title(Reading{}))
        return as_head(read<Reading>(json, &secret_sizes));
    return base::fail(base::Errc::Malformed, "channel: the first line is no plan and no reading");
}

void attach(Order& order, std::vector<base::Secret> secrets)
{
    Attacher attacher(secrets);
    std::visit([&](auto& message) { members(attacher, message); }, order);
}

base::Result<Event> parse_event(std::string_view line)
{
    const auto document = open(line);
    if (!document)
        return tl::unexpected(document.error());
    const auto& [json, name] = *document;
    if (name == title(Started{}))
        return as_event(read<Started>(json), nullptr);
    if (name == title(Progress{})) {
        auto progress = read<Progress>(json);
        const bool broken = progress && progress->synced > progress->total;
        return as_event(std::move(progress), broken ? "synced exceeds total" : nullptr);
    }
    if (name == title(Verdict{})) {
        auto verdict = read<Verdict>(json);
        const char* broken = nullptr;
        if (verdict && verdict->refusal.empty() == verdict->matches.empty())
            broken = "it is for nobody without a refusal, or for somebody with one";
        else if (verdict && !verdict->refusal.empty() &&
                 std::find(refusals.begin(), refusals.end(), verdict->refusal) == refusals.end())
            broken = "refusal is no word of ours";
        else if (verdict && verdict->session.size() > max_session_bytes)
            broken = "session is longer than any";
        return as_event(std::move(verdict), broken);
    }
    if (name == title(Result{})) {
        auto result = read<Result>(json);
        const char* broken = nullptr;
        if (result && result->outcome == Outcome::Failed && !base::find_errc(result->error_name))
            broken = "error_name is not one of ours";
        else if (result && result->outcome != Outcome::Failed && !result->error_name.empty())
            broken = "error_name without a failure";
        return as_event(std::move(result), broken);
    }
    return base::fail(base::Errc::Malformed, "channel: unknown event");
}

} // namespace channel
