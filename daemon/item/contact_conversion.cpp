#include "item/conversion_parts.hpp"
#include "item/normal_lines.hpp"
#include "item/text.hpp"
#include "item/transfer.hpp"

#include <algorithm>
#include <utility>

namespace item {
namespace {

bool is_picture(std::string_view name)
{
    return name == "PHOTO" || name == "LOGO" || name == "SOUND" || name == "KEY";
}

/// Which of several, how they belong together, how a value travels: vCard 4.0 alone has these.
bool is_of_new_form(std::string_view parameter)
{
    constexpr std::string_view names[] = {"ALTID", "CALSCALE", "INDEX", "MEDIATYPE", "PID", "PREF", "LABEL"};
    return std::find(std::begin(names), std::end(names), parameter) != std::end(names);
}

bool is_uri(std::string_view text)
{
    const auto colon = text.find(':');
    return colon != std::string_view::npos && colon > 1 && text.find_first_of(" ,;\\") > colon;
}

bool starts_with(std::string_view text, std::string_view upper)
{
    return to_upper(text.substr(0, upper.size())) == upper;
}

std::string to_lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return text;
}

/// `JPEG`: `image/jpeg`.
std::string media_of(std::string_view name, const std::vector<std::string>& types)
{
    for (const auto& type : types) {
        if (type.find('/') != std::string::npos)
            return to_lower(type);
        if (type == "PGP")
            return "application/pgp-keys";
        if (type == "X509")
            return "application/pkix-cert";
        if (type != "WORK" && type != "HOME" && type != "PREF")
            return (name == "SOUND" ? "audio/" : name == "KEY" ? "application/" : "image/") + to_lower(type);
    }
    return {};
}

/// `image/jpeg`: `JPEG`.
std::string type_of(std::string_view media)
{
    const auto upper = to_upper(trim(media));
    if (upper == "APPLICATION/PGP-KEYS")
        return "PGP";
    if (upper == "APPLICATION/PKIX-CERT")
        return "X509";
    const auto slash = upper.find('/');
    const auto type = upper.substr(slash == std::string::npos ? 0 : slash + 1);
    return type == "OCTET-STREAM" ? std::string() : type;
}

/// A day without its year, `--0203`.
bool is_yearless(std::string_view text)
{
    return text.starts_with("--") && text.size() >= 6 &&
           std::all_of(text.begin() + 2, text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '-'; });
}

/// The year that Apple's programs write for none.
constexpr std::string_view no_year = "1604";

/// One vCard in another version.
class ContactConversion {
public:
    ContactConversion(const Component& from, Form to) : from_(from), to_(to) {}

    Component run();

private:
    bool is_modern() const { return to_ == Form::VCard40; }
    bool is_oldest() const { return to_ == Form::VCard21; }

    void add(const Property& property);
    void add_names();
    Property prepared(const Property& property) const;
    void say_types(Property& property, const Property& from) const;
    void say_place_of_value(Property& property, const Property& from) const;
    void say_picture(Property& property, const Property& from) const;
    void say_day(Property& property) const;
    void say_value(Property& property) const;
    void add_label(const Property& address);
    void put(Property property) { card_.properties.push_back(std::move(property)); }
    bool takes_label(const Property& label);

    const Component& from_;
    const Form to_;
    Component card_;
    std::vector<std::pair<std::size_t, std::vector<std::string>>> addresses_; ///< of the card, and their TYPEs
};

Property property_of(std::string_view name, std::string value)
{
    Property property;
    property.name = name;
    property.value = std::move(value);
    return property;
}

std::vector<std::string> kinds_of_place(const Property& property)
{
    std::vector<std::string> kinds;
    for (auto& type : property.types()) {
        if (type == "HOME" || type == "WORK")
            kinds.push_back(std::move(type));
    }
    std::sort(kinds.begin(), kinds.end());
    return kinds;
}

Component ContactConversion::run()
{
    card_.name = from_.name;
    put(property_of("VERSION", is_oldest() ? "2.1" : is_modern() ? "4.0" : "3.0"));
    add_names();
    for (const auto& property : from_.properties) {
        // An AGENT is a card within the card, which only vCard 2.1 has.
        const bool is_agent = property.name == "AGENT" && trim(property.value).empty();
        if (!property.name.empty() && property.name != "VERSION" && !is_agent)
            add(property);
    }
    return std::move(card_);
}

/// N, which vCard 2.1 and 3.0 want, and FN, which 3.0 and 4.0 do.
void ContactConversion::add_names()
{
    const auto* n = from_.find("N");
    const auto* fn = from_.find("FN");
    if (fn == nullptr && !is_oldest()) {
        auto name = n == nullptr ? std::string() : formatted_name(*n);
        for (const auto* other : {"NICKNAME", "ORG", "EMAIL", "TEL"}) {
            if (const auto* property = name.empty() ? from_.find(other) : nullptr)
                name = normal_words(property->parts(';').front());
        }
        put(property_of("FN", escape(name)));
    }
    if (n == nullptr && !is_modern()) {
        // Of the words of a name the last is mostly that of the family.
        const auto name = fn == nullptr ? std::string() : normal_words(fn->text());
        const auto blank = name.rfind(' ');
        const auto family = blank == std::string::npos ? name : name.substr(blank + 1);
        const auto given = blank == std::string::npos ? std::string() : name.substr(0, blank);
        put(property_of("N", escape(family) + ';' + escape(given) + ";;;"));
    }
}

void ContactConversion::add(const Property& property)
{
    if (is_modern() && property.name == "LABEL" && takes_label(property))
        return;
    if (is_modern() && property.name == "SORT-STRING" && from_.find("N") != nullptr)
        return; // a parameter of N
    auto said = prepared(property);
    say_types(said, property);
    say_picture(said, property);
    say_place_of_value(said, property);
    say_day(said);
    say_value(said);
    if (property.name == "ADR")
        addresses_.emplace_back(card_.properties.size(), kinds_of_place(property));
    put(std::move(said));
    if (property.name == "ADR" && !is_modern())
        add_label(property);
    if (property.name == "N" && !is_modern()) {
        if (const auto sorted = property.parameter("SORT-AS"); !sorted.empty())
            put(property_of("SORT-STRING", escape(sorted)));
    } else if (property.name == "N") {
        if (const auto* sorted = from_.find("SORT-STRING"); sorted != nullptr && property.find("SORT-AS") == nullptr)
            card_.properties.back().parameters.push_back({"SORT-AS", {sorted->text()}, false});
    }
}

/// Its name, and those parameters that the form knows or may pass over.
Property ContactConversion::prepared(const Property& property) const
{
    Property said;
    said.group = property.group;
    said.name = property.name;
    said.value = property.value;
    said.is_binary = property.is_binary;
    if (!is_modern()) {
        said.name = contact_name(property);
    } else if (property.name == "X-GENDER") {
        constexpr std::string_view letters[] = {"M", "F", "O", "N", "U"};
        if (std::find(std::begin(letters), std::end(letters), to_upper(trim(property.value))) != std::end(letters))
            said.name = "GENDER";
    } else if (contact_name(property) == "X-ANNIVERSARY") {
        said.name = "ANNIVERSARY";
    }
    for (const auto& parameter : property.parameters) {
        const auto& name = parameter.name;
        if (name == "TYPE" || name == "VALUE" || name == "ENCODING" || name == "CHARSET" || name == "X-APPLE-OMIT-YEAR")
            continue;
        // Nokia's phones lose a number over one.
        if (is_oldest() && (name.starts_with("X-EVOLUTION-") || name.starts_with("X-SYNCEVOLUTION-")))
            continue;
        if (!is_modern() && (is_of_new_form(name) || (name == "SORT-AS" && property.name == "N")))
            continue;
        auto said_parameter = parameter;
        said_parameter.alone = false;
        if (is_oldest()) {
            for (auto& value : said_parameter.values) // which has no quotes
                std::replace_if(
                    value.begin(), value.end(), [](char c) { return c == ';' || c == ':' || c == ',' || c == '"'; },
                    ' ');
        }
        said.parameters.push_back(std::move(said_parameter));
    }
    return said;
}

void ContactConversion::say_types(Property& property, const Property& from) const
{
    auto types = from.types();
    if (is_modern()) {
        if (std::erase(types, "PREF") > 0 && from.find("PREF") == nullptr)
            property.parameters.push_back({"PREF", {"1"}, false});
    } else if (from.find("PREF") != nullptr && std::find(types.begin(), types.end(), "PREF") == types.end()) {
        types.emplace_back("PREF");
    }
    if (is_picture(property.name))
        return; // say_picture
    if (is_oldest()) {
        std::erase_if(types, [](const std::string& type) { return type.find_first_of(";:,\"=") != std::string::npos; });
        // Some phones show no number and no address that does not say what it is for.
        constexpr std::string_view uses[] = {"VOICE", "CELL", "FAX", "PAGER", "MODEM", "VIDEO", "INTERNET", "X400"};
        const bool has_use = std::any_of(types.begin(), types.end(), [&](const std::string& type) {
            return std::find(std::begin(uses), std::end(uses), type) != std::end(uses);
        });
        if (!has_use && property.name == "TEL")
            types.emplace_back("VOICE");
        if (!has_use && property.name == "EMAIL")
            types.emplace_back("INTERNET");
    }
    if (!types.empty())
        property.parameters.insert(property.parameters.begin(), {"TYPE", std::move(types), false});
}

void ContactConversion::say_picture(Property& property, const Property& from) const
{
    if (!is_picture(property.name))
        return;
    auto types = from.types();
    auto media = from.parameter("MEDIATYPE");
    if (!property.is_binary && starts_with(property.value, "DATA:")) {
        const std::string text = property.name == "KEY" ? property.text() : property.value;
        const auto comma = text.find(',');
        const auto head = text.substr(5, comma == std::string::npos ? std::string::npos : comma - 5);
        const bool is_base64 = to_upper(head).ends_with(";BASE64");
        if (auto octets = is_base64 ? decode_base64(std::string_view(text).substr(comma + 1)) : std::nullopt) {
            property.value = std::move(*octets);
            property.is_binary = true;
            media = head.substr(0, head.find(';'));
        }
    }
    if (media.empty())
        media = media_of(property.name, types);
    if (is_modern()) {
        std::erase_if(property.parameters, [](const Parameter& one) { return one.name == "MEDIATYPE"; });
        if (!media.empty() && media.find_first_of(";,\" ") == std::string::npos)
            property.parameters.push_back({"MEDIATYPE", {media}, false});
        return;
    }
    if (const auto type = type_of(media); !type.empty() && type.find_first_of(";:,\"=") == std::string::npos)
        property.parameters.push_back({"TYPE", {type}, false});
}

/// VALUE, which tells text from the address of what is meant.
void ContactConversion::say_place_of_value(Property& property, const Property& from) const
{
    if (property.is_binary)
        return;
    const auto kind = to_upper(from.parameter("VALUE"));
    const bool by_itself = from.find("VALUE") == nullptr && is_picture(property.name) && is_uri(property.value);
    const bool is_address = kind == "URI" || kind == "URL" || by_itself;
    if (is_address && property.name != "TEL" && property.name != "URL" && !(is_modern() && is_picture(property.name)))
        property.parameters.push_back({"VALUE", {is_oldest() ? "URL" : "uri"}, false});
    else if (!is_oldest() && kind == "TEXT")
        property.parameters.push_back({"VALUE", {"text"}, false});
}

void ContactConversion::say_day(Property& property) const
{
    if (contact_name(property) != "X-ANNIVERSARY" && property.name != "BDAY")
        return;
    const auto text = std::string(trim(property.value));
    if (!is_modern() && is_yearless(text)) {
        std::string digits;
        std::copy_if(text.begin(), text.end(), std::back_inserter(digits), [](char c) { return c != '-'; });
        if (digits.size() != 4)
            return;
        property.value = std::string(no_year) + '-' + digits.substr(0, 2) + '-' + digits.substr(2);
        property.parameters.push_back({"X-APPLE-OMIT-YEAR", {std::string(no_year)}, false});
    } else if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
        const auto day = text.substr(5, 2) + text.substr(8);
        const bool omits = text.starts_with(no_year);
        if (is_modern()) // it has the basic format alone
            property.value = omits ? "--" + day : text.substr(0, 4) + day;
        else if (omits)
            property.parameters.push_back({"X-APPLE-OMIT-YEAR", {std::string(no_year)}, false});
    }
}

void ContactConversion::say_value(Property& property) const
{
    auto& value = property.value;
    if (property.name == "GEO") {
        if (starts_with(value, "GEO:"))
            value.erase(0, 4);
        std::replace(value.begin(), value.end(), is_oldest() || is_modern() ? ';' : ',',
                     is_oldest() || is_modern() ? ',' : ';');
        if (is_modern())
            value.insert(0, "geo:");
    } else if (property.name == "TEL" && starts_with(value, "TEL:")) {
        value.erase(0, 4);
    }
}

/// What vCard 4.0 has as a parameter of the address.
void ContactConversion::add_label(const Property& address)
{
    const auto text = address.parameter("LABEL");
    if (text.empty())
        return;
    auto label = property_of("LABEL", escape(text));
    label.group = address.group;
    say_types(label, address);
    put(std::move(label));
}

bool ContactConversion::takes_label(const Property& label)
{
    const auto kinds = kinds_of_place(label);
    for (const auto& [place, address] : addresses_) {
        auto& property = card_.properties[place];
        if (address == kinds && property.find("LABEL") == nullptr) {
            property.parameters.push_back({"LABEL", {label.text()}, false});
            return true;
        }
    }
    return false;
}

} // namespace

Document converted_contact(const Document& contact, Form to)
{
    return {to, ContactConversion(contact.root, to).run()};
}

} // namespace item
