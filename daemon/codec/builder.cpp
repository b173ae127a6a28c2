#include "codec/builder.hpp"

#include "codec/devinf_content.hpp"
#include "codec/message_content.hpp"

#include <charconv>
#include <cstdint>
#include <limits>
#include <system_error>
#include <utility>

namespace codec {

/// How the content of one element is understood.
struct Shape {
    /// The place of a child, shapeless when there is none of this name.
    Place (*find)(void* object, std::string_view name);
    /// Takes the text of the element; false when it cannot be understood.
    bool (*take)(void* object, std::string& text);
};

namespace {

// ---- texts -----------------------------------------------------------------------

std::string_view trim(std::string_view text)
{
    constexpr std::string_view white = " \t\r\n";
    const auto first = text.find_first_not_of(white);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(white) - first + 1);
}

/// A decimal number at the start of `text`, which loses it. A number too large for the type is the largest.
template <class T>
std::optional<T> read_number(std::string_view& text)
{
    T number{};
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem == std::errc::invalid_argument)
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return problem == std::errc{} ? number : std::numeric_limits<T>::max();
}

template <class T>
std::optional<T> parse_number(std::string_view text)
{
    text = trim(text);
    const auto number = read_number<T>(text);
    return text.empty() ? number : std::nullopt;
}

bool take(std::string& value, std::string& text)
{
    value = text; // a copy of the right size: the buffer stays for the next element
    return true;
}

bool take(bool& flag, std::string&)
{
    flag = true; // some peers put text into their flags
    return true;
}

/// MsgID, CmdID and what refers to them: without these nothing can be answered.
/// An empty one is as good as an absent one.
bool take(std::uint32_t& number, std::string& text)
{
    const auto parsed = trim(text).empty() ? 0 : parse_number<std::uint32_t>(text);
    number = parsed.value_or(0);
    return parsed.has_value();
}

/// Sizes and counts are limits or hints: one that is not a number is an absent one.
bool take(std::optional<std::uint64_t>& number, std::string& text)
{
    number = parse_number<std::uint64_t>(text);
    return true;
}

/// SyncType.
bool take(std::vector<std::uint32_t>& numbers, std::string& text)
{
    if (const auto number = parse_number<std::uint32_t>(text))
        numbers.push_back(*number);
    return true;
}

bool take(std::optional<syncml::AlertCode>& code, std::string& text)
{
    code.reset();
    if (const auto number = parse_number<int>(text))
        code = static_cast<syncml::AlertCode>(*number);
    return true;
}

/// The leading number counts (`200 OK`). A Status without one confirms nothing, which must not
/// end the session: it reads as a failed command.
bool take(syncml::StatusCode& code, std::string& text)
{
    auto rest = trim(text);
    const auto number = read_number<int>(rest);
    code = number ? static_cast<syncml::StatusCode>(*number) : syncml::StatusCode::CommandFailed;
    return true;
}

bool take(base::Secret& secret, std::string& text)
{
    secret = base::Secret::consume(text);
    return true;
}

bool take(syncml::Data& data, std::string& text)
{
    if (std::holds_alternative<std::monostate>(data)) // else markup stood in it, and this is white space
        data = text;
    return true;
}

// ---- places ------------------------------------------------------------------------

Place find_nothing(void*, std::string_view)
{
    return {};
}

bool take_nothing(void*, std::string&)
{
    return true;
}

template <class T>
bool take_text(void* object, std::string& text)
{
    return take(*static_cast<T*>(object), text);
}

template <class T>
Place find_child(void* object, std::string_view name);

template <class T>
Place place(T& value)
{
    if constexpr (requires(std::string & text) { take(value, text); }) {
        static constexpr Shape shape{find_nothing, take_text<T>};
        return {&shape, &value, sizeof(T)};
    } else {
        static constexpr Shape shape{find_child<T>, take_nothing};
        return {&shape, &value, sizeof(T)};
    }
}

template <class T>
Place place(std::optional<T>& value) requires(!std::is_arithmetic_v<T> && !std::is_enum_v<T>)
{
    return place(value.emplace());
}

template <class T>
Place place(std::vector<T>& values) requires(!std::is_arithmetic_v<T>)
{
    return place(values.emplace_back());
}

Place place(syncml::Status& status)
{
    status.code = syncml::StatusCode::CommandFailed; // until Data says otherwise
    static constexpr Shape shape{find_child<syncml::Status>, take_nothing};
    return {&shape, &status, sizeof status};
}

Place find_in_data(void* object, std::string_view name)
{
    auto& data = *static_cast<syncml::Data*>(object);
    if (name == "DevInf")
        return place(data.emplace<syncml::DevInf>());
    if (name == "Anchor")
        return place(data.emplace<syncml::Anchor>());
    return {};
}

Place place(syncml::Data& data)
{
    data = std::monostate{};
    static constexpr Shape shape{find_in_data, take_text<syncml::Data>};
    return {&shape, &data, sizeof data};
}

/// The place of a member of a larger value, which was made for it.
Place within(std::size_t whole, Place place)
{
    place.room = whole;
    return place;
}

/// CTCap holds one capability, or, in DevInf 1.1, a flat list of them:
/// (CTType, (PropName, …, (ParamName, …)*)+)+, where what follows a name describes it.
Place find_in_capabilities(void* object, std::string_view name)
{
    auto& capabilities = *static_cast<std::vector<syncml::ContentCapability>*>(object);
    auto& capability = capabilities.back();
    if (name == "CTType" && !capability.content.type.empty())
        return within(sizeof capability, place(capabilities.emplace_back().content.type));
    if (const auto own = find_child<syncml::ContentCapability>(&capability, name); own.shape != nullptr)
        return own;
    if (name == "PropName")
        return within(sizeof(syncml::Property), place(capability.properties.emplace_back().name));
    if (capability.properties.empty())
        return {};
    auto& property = capability.properties.back();
    if (name == "ParamName")
        return within(sizeof(syncml::PropertyParameter), place(property.parameters.emplace_back().name));
    if (!property.parameters.empty())
        return find_child<syncml::PropertyParameter>(&property.parameters.back(), name);
    return find_child<syncml::Property>(&property, name);
}

Place place(std::vector<syncml::ContentCapability>& capabilities)
{
    capabilities.emplace_back();
    static constexpr Shape shape{find_in_capabilities, take_nothing};
    return {&shape, &capabilities, sizeof(syncml::ContentCapability)};
}

Place find_in_reference(void* object, std::string_view name)
{
    return name == "LocURI" ? place(*static_cast<std::string*>(object)) : Place{};
}

bool take_reference(void* object, std::string& text)
{
    auto& reference = *static_cast<std::string*>(object);
    return !reference.empty() || take(reference, text); // not the white space around a LocURI
}

Place place_reference(std::string& reference)
{
    reference.clear();
    static constexpr Shape shape{find_in_reference, take_reference};
    return {&shape, &reference, sizeof reference};
}

Place place_reference(std::vector<std::string>& references)
{
    return place_reference(references.emplace_back());
}

template <class T, class Variant>
T& append(std::vector<Variant>& commands)
{
    return std::get<T>(commands.emplace_back(std::in_place_type<T>));
}

template <class Variant>
Place append_command(void* object, std::string_view name)
{
    using namespace syncml;
    auto& commands = *static_cast<std::vector<Variant>*>(object);
    for (const auto verb : {ItemVerb::Add, ItemVerb::Replace, ItemVerb::Delete, ItemVerb::Copy, ItemVerb::Move}) {
        if (name == syncml::name(verb)) {
            auto& command = append<ItemCommand>(commands);
            command.verb = verb;
            return place(command);
        }
    }
    for (const auto kind : {GroupKind::Sequence, GroupKind::Atomic}) {
        if (name == syncml::name(kind)) {
            auto& group = append<Group>(commands);
            group.kind = kind;
            return place(group);
        }
    }
    if constexpr (std::same_as<Variant, Command>) {
        if (name == "Status")
            return place(append<Status>(commands));
        if (name == "Alert")
            return place(append<Alert>(commands));
        if (name == "Sync")
            return place(append<Sync>(commands));
        if (name == "Map")
            return place(append<Map>(commands));
        if (name == "Put")
            return place(append<Put>(commands));
        if (name == "Get")
            return place(append<Get>(commands));
        if (name == "Results")
            return place(append<Results>(commands));
    }
    auto& unsupported = append<Unsupported>(commands);
    unsupported.name = name;
    return place(unsupported);
}

template <class Variant>
Place find_command(void* commands, std::string_view name)
{
    return within(sizeof(Variant), append_command<Variant>(commands, name));
}

/// A visitor (content.hpp) that looks for the place of one child.
class Finder {
public:
    explicit Finder(std::string_view name) : name_(name) {}

    Place found() const { return found_.shape == nullptr && append_ != nullptr ? append_(commands_, name_) : found_; }

    void operator()(std::string_view name, auto& member, Need = Need::IfSet)
    {
        if (name == name_)
            found_ = place(member);
    }
    void metinf(std::string_view name, auto& member) { (*this)(name, member); }
    void reference(std::string_view name, auto& member)
    {
        if (name == name_)
            found_ = place_reference(member);
    }
    template <class T, class Content>
    void wrapper(std::string_view name, T& value, Content, Need = Need::IfSet)
    {
        static constexpr Shape shape{find_in_wrapper<T, Content>, take_nothing};
        if (name == name_)
            found_ = {&shape, &value};
    }
    template <class Variant>
    void commands(std::vector<Variant>& list)
    {
        append_ = find_command<Variant>;
        commands_ = &list;
    }

private:
    template <class T, class Content>
    static Place find_in_wrapper(void* object, std::string_view name)
    {
        Finder finder(name);
        Content{}(finder, *static_cast<T*>(object));
        return finder.found();
    }

    std::string_view name_;
    Place found_;
    Place (*append_)(void* commands, std::string_view name) = nullptr; ///< where any other child is a command
    void* commands_ = nullptr;
};

template <class T>
Place find_child(void* object, std::string_view name)
{
    auto& value = *static_cast<T*>(object);
    if constexpr (std::same_as<T, syncml::Property>)
        if (name == "Size") // the MaxSize of DevInf 1.1
            return place(value.max_size);
    Finder finder(name);
    content(finder, value);
    return finder.found();
}

} // namespace

// ---- the builder ---------------------------------------------------------------------

Builder::Builder(syncml::Message& value) : root_(place(value)) {}
Builder::Builder(syncml::DevInf& value) : root_(place(value)) {}

void Builder::start(std::string_view name)
{
    const auto place = skipped_ > 0    ? Place{}
                       : open_.empty() ? root_
                                       : open_.back().shape->find(open_.back().object, name);
    if (place.shape == nullptr) {
        ++skipped_;
        return;
    }
    open_.push_back(place);
    room_ += place.room;
    text_.clear();
}

void Builder::text(std::string_view part)
{
    if (skipped_ == 0)
        text_.append(part);
}

bool Builder::end()
{
    if (skipped_ > 0) {
        --skipped_;
        return true;
    }
    const Place place = open_.back();
    open_.pop_back();
    const bool understood = place.shape->take(place.object, text_);
    text_.clear();
    return understood;
}

} // namespace codec
