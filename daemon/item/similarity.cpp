#include "item/similarity.hpp"

#include "item/normal_lines.hpp"
#include "item/text.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace item {
namespace {

constexpr double similar_from = 0.7;
/// The rest of the score: how much of all that both say they both say.
constexpr double weight_of_agreement = 0.09;

/// So many telephone numbers and addresses count; a peer may send thousands.
constexpr std::size_t most_points = 20;
constexpr std::size_t most_words = 20;
/// Digits: shorter numbers tell nobody apart.
constexpr std::size_t least_digits = 7;

/// Letters of ASCII and of Latin-1 in lower case, the rest as it is.
std::string lower(std::string_view text)
{
    constexpr char latin = '\xc3', first = '\x80', last = '\x9e', times = '\x97';
    std::string result(text);
    char before = 0;
    for (char& c : result) {
        const bool is_capital = c >= 'A' && c <= 'Z';
        const bool is_latin = before == latin && c >= first && c <= last && c != times;
        before = c;
        if (is_capital || is_latin)
            c = static_cast<char>(c + 0x20);
    }
    return result;
}

std::set<std::string> words_of(std::string_view text)
{
    constexpr std::string_view between = " \t\n,;.\x1e";
    std::set<std::string> words;
    while (words.size() < most_words) {
        const auto begin = text.find_first_not_of(between);
        if (begin == std::string_view::npos)
            break;
        text.remove_prefix(begin);
        const auto end = std::min(text.find_first_of(between), text.size());
        words.insert(short_text(lower(text.substr(0, end))));
        text.remove_prefix(end);
    }
    return words;
}

/// The digits of a number, without the zeros that stand for a trunk or a country. Empty: too short.
std::string number_of(std::string_view text)
{
    constexpr std::size_t most = 20;
    std::string digits;
    for (const char c : text) {
        if (c >= '0' && c <= '9' && !(c == '0' && digits.empty()))
            digits += c;
    }
    return digits.size() < least_digits || digits.size() > most ? std::string() : digits;
}

/// Where many people can be reached.
bool is_of_an_office(std::string_view mail)
{
    constexpr std::string_view offices[] = {"info",  "office",  "contact", "kontakt", "mail",  "sales",
                                            "admin", "support", "service", "hello",   "team",  "post",
                                            "home",  "family",  "all",     "welcome", "email", "familie"};
    return std::find(std::begin(offices), std::end(offices), mail.substr(0, mail.find('@'))) != std::end(offices);
}

/// Small numbers and words are given by many, what is made to be unique by one.
bool is_unique(std::string_view uid)
{
    constexpr std::size_t least = 16;
    return uid.size() >= least && std::any_of(uid.begin(), uid.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The line of the moment that few others of the name have: a task is due then (the normal form has one name for the
/// ends of both).
std::string_view day_of(Kind kind)
{
    return kind == Kind::Task ? "DTEND" : "DTSTART";
}

bool share(const std::set<std::string>& one, const std::set<std::string>& other)
{
    return std::any_of(one.begin(), one.end(), [&](const std::string& text) { return other.contains(text); });
}

/// With or without the code of the country, and of the town.
bool share_number(const std::set<std::string>& one, const std::set<std::string>& other)
{
    return std::any_of(one.begin(), one.end(), [&](const std::string& number) {
        return std::any_of(other.begin(), other.end(), [&](const std::string& another) {
            return number.size() < another.size() ? another.ends_with(number) : number.ends_with(another);
        });
    });
}

bool exclude(const std::set<std::string>& one, const std::set<std::string>& other, bool shared)
{
    return !one.empty() && !other.empty() && !shared;
}

std::string joined(const std::set<std::string>& words)
{
    std::string text;
    for (const auto& word : words)
        text += word + ' ';
    return short_text(std::move(text));
}

double agreement(const NormalForm& one, const NormalForm& other)
{
    std::vector<NormalForm::Line> common;
    std::set_intersection(one.lines.begin(), one.lines.end(), other.lines.begin(), other.lines.end(),
                          std::back_inserter(common));
    const auto all = one.lines.size() + other.lines.size() - common.size();
    return all == 0 ? 0 : static_cast<double>(common.size()) / static_cast<double>(all);
}

/// Adds up what speaks for two items being one.
class Scale {
public:
    Scale(const NormalForm& one, const NormalForm& other) : agreement_(agreement(one, other)) {}

    void put(double weight, std::string reason)
    {
        score_ += weight;
        reasons_.push_back(std::move(reason));
    }
    /// The two are not the same, whatever else speaks for it.
    Similarity refuse(std::string reason)
    {
        return {weight_of_agreement * agreement_, Likeness::Different, {std::move(reason)}};
    }
    bool is_enough() const { return score_ >= similar_from; }
    Similarity result()
    {
        const auto score = std::min(score_, 0.9) + weight_of_agreement * agreement_;
        return {score, is_enough() ? Likeness::Similar : Likeness::Different, std::move(reasons_)};
    }

private:
    const double agreement_;
    double score_ = 0;
    std::vector<std::string> reasons_;
};

} // namespace

// ---- what there is to see ------------------------------------------------------------

Sketch::Sketch(const Document& document) : normal_(normal_form(document))
{
    if (is_card(document.form))
        look_at_contact(document);
    else
        look_at_entry(document);
    if (!uid_.empty())
        keys_.push_back("uid " + uid_);
}

void Sketch::look_at_contact(const Document& contact)
{
    std::string formatted;
    for (const auto& property : contact.root.properties) {
        if (property.name == "UID" && uid_.empty()) {
            uid_ = short_text(normal_words(property.text()));
        } else if (property.name == "N" && !name_.is_in_parts) {
            auto parts = property.parts(';');
            parts.resize(5);
            name_.own = words_of(parts[0] + ' ' + parts[1]);
            name_.middle = words_of(parts[2]);
            name_.suffix = words_of(parts[4]);
            name_.whole = words_of(normal_parts(parts));
            name_.is_in_parts = !name_.own.empty();
        } else if (property.name == "FN" && formatted.empty()) {
            formatted = normal_words(property.text());
        } else if (property.name == "TEL" && numbers_.size() < most_points) {
            const auto number = number_of(property.text());
            const auto types = property.types();
            const auto is = [&](const char* type) {
                return std::find(types.begin(), types.end(), type) != types.end();
            };
            numbers_.insert(number);
            if (is("CELL"))
                mobiles_.insert(number);
            else if (!is("WORK") && !is("FAX"))
                private_numbers_.insert(number);
        } else if (property.name == "EMAIL" && mails_.size() < most_points) {
            mails_.insert(short_text(lower(trim(property.text()))));
        }
    }
    for (auto* points : {&numbers_, &mobiles_, &private_numbers_, &mails_})
        points->erase("");
    if (!is_unique(uid_))
        uid_.clear();
    if (!name_.is_in_parts)
        name_ = {words_of(formatted), {}, {}, words_of(formatted), false};
    for (const auto& number : numbers_)
        keys_.push_back("tel " + number.substr(number.size() - least_digits));
    for (const auto& mail : mails_)
        keys_.push_back("mail " + mail);
    if (!name_.own.empty())
        keys_.push_back("name " + joined(name_.own));
    // Somebody may have this whole as one text, and those parts.
    if (name_.is_in_parts && name_.whole != name_.own)
        keys_.push_back("name " + joined(name_.whole));
}

void Sketch::look_at_entry(const Document& calendar)
{
    const Zones zones(calendar);
    for (const auto& component : calendar.root.components) {
        if (component.name == "VTIMEZONE")
            continue;
        if (const auto* uid = component.find("UID"); uid != nullptr && uid_.empty())
            uid_ = short_text(normal_words(uid->text()));
        if (const auto* occurrence = component.find("RECURRENCE-ID")) {
            const auto moment = zones.find(*occurrence, occurrence->value);
            occurrences_.insert(moment ? to_text(*moment) : short_text(occurrence->value));
        }
    }
    if (!is_unique(uid_))
        uid_.clear();
    place_ = std::string(component_name(normal_.kind)) + '/';
    for (const auto& line : normal_.lines) {
        // Of the series, not of one occurrence.
        if (!line.name.starts_with(place_))
            continue;
        const auto name = std::string_view(line.name).substr(place_.size());
        if (name == "SUMMARY")
            name_.own = words_of(line.value);
        else if (name == day_of(normal_.kind))
            day_ = short_text(line.value);
        constexpr std::string_view of_when[] = {"DTSTART",  "DTSTART ZONE", "DTEND", "DTEND ZONE",
                                                "DUE ZONE", "DURATION",     "RRULE", "ZONE"};
        if (std::find(std::begin(of_when), std::end(of_when), name) != std::end(of_when))
            when_ += line.name + ' ' + short_text(line.value) + ' ';
        if (name == "ATTENDEE" && people_.size() < most_points)
            people_.insert(short_text(line.value.substr(0, line.value.find(detail_separator))));
    }
    if (!name_.own.empty() && !day_.empty())
        keys_.push_back(std::string(word(normal_.kind)) + ' ' + day_ + ' ' + joined(name_.own));
}

// ---- comparing -----------------------------------------------------------------------

const std::string* Sketch::find_line(std::string_view name) const
{
    const auto found =
        std::lower_bound(normal_.lines.begin(), normal_.lines.end(), name,
                         [](const NormalForm::Line& line, std::string_view wanted) { return line.name < wanted; });
    return found == normal_.lines.end() || found->name != name ? nullptr : &found->value;
}

bool Sketch::contradicts(const Sketch& other, std::string_view name) const
{
    const auto* one = find_line(name);
    const auto* another = other.find_line(name);
    return one != nullptr && another != nullptr && *one != *another;
}

bool Sketch::is_part_of(const Sketch& other) const
{
    const bool says_more_than_a_name = std::any_of(normal_.lines.begin(), normal_.lines.end(), [](const auto& line) {
        return line.name != "N" && line.name != "FN" && line.name != "NICKNAME";
    });
    return name_.own.size() > 1 && says_more_than_a_name &&
           std::includes(other.normal_.lines.begin(), other.normal_.lines.end(), normal_.lines.begin(),
                         normal_.lines.end());
}

Sketch::NameMatch Sketch::match(const Name& one, const Name& other)
{
    if (one.own.empty() || other.own.empty())
        return NameMatch::Another;
    if (one.is_in_parts != other.is_in_parts) {
        const auto& parts = one.is_in_parts ? one : other;
        const auto& text = one.is_in_parts ? other : one;
        return text.own == parts.whole || (text.own == parts.own && parts.suffix.empty()) ? NameMatch::Same
                                                                                          : NameMatch::Another;
    }
    if (one.own != other.own || one.suffix != other.suffix)
        return NameMatch::Another;
    if (one.middle == other.middle)
        return NameMatch::Same;
    return one.middle.empty() || other.middle.empty() ? NameMatch::Nearly : NameMatch::Another;
}

bool Sketch::is_namesake(const Sketch& other) const
{
    return normal_.kind == other.normal_.kind && match(name_, other.name_) != NameMatch::Another;
}

Similarity Sketch::compare(const Sketch& other) const
{
    if (normal_.kind != other.normal_.kind || normal_.lines.empty() || other.normal_.lines.empty())
        return {};
    if (normal_ == other.normal_)
        return {1, Likeness::Same, {"all that counts"}};
    return normal_.kind == Kind::Contact ? compare_contact(other) : compare_entry(other);
}

Similarity Sketch::compare_contact(const Sketch& other) const
{
    Scale scale(normal_, other.normal_);
    const auto name = match(name_, other.name_);
    const bool same_uid = !uid_.empty() && uid_ == other.uid_;
    const bool same_number = share_number(numbers_, other.numbers_);
    const bool same_mobile = share_number(mobiles_, other.numbers_) || share_number(numbers_, other.mobiles_);
    const bool same_mail = share(mails_, other.mails_);
    const bool another_mail = exclude(mails_, other.mails_, same_mail);
    const bool is_personal = std::any_of(mails_.begin(), mails_.end(), [&](const std::string& mail) {
        return other.mails_.contains(mail) && !is_of_an_office(mail);
    });
    if (contradicts(other, "BDAY"))
        return scale.refuse("another BDAY");
    if (name == NameMatch::Another) {
        // Somebody has married, or is written otherwise: nobody else has that identity and can be reached there.
        if (!same_uid || !(is_personal || same_mobile) || !share(name_.own, other.name_.own))
            return scale.refuse("another name");
        scale.put(0.4, "same UID");
    } else {
        scale.put(0.5, "same name");
    }
    // Two of one name: father and son at home, colleagues behind one number of their company.
    if (!same_mail && exclude(mobiles_, other.mobiles_, same_mobile))
        return scale.refuse("another mobile number");
    if (!same_mobile && another_mail && !same_uid)
        return scale.refuse("another EMAIL");
    if (exclude(numbers_, other.numbers_, same_number) && !is_personal && !same_uid)
        return scale.refuse("another TEL");

    if (same_uid && name != NameMatch::Another)
        scale.put(0.3, "same UID");
    if (is_personal)
        scale.put(0.35, "same EMAIL");
    if (same_mobile)
        scale.put(0.3, "same mobile number");
    if (find_line("BDAY") != nullptr && other.find_line("BDAY") != nullptr)
        scale.put(0.3, "same BDAY");
    // What follows others of that name may have as well.
    const bool is_by_name = !scale.is_enough();
    if (share_number(private_numbers_, other.private_numbers_) && !same_mobile && name != NameMatch::Nearly)
        scale.put(0.25, "same TEL");
    else if (same_number && !same_mobile)
        scale.put(0.05, "same TEL of an office");
    if (find_line("ORG") != nullptr && other.find_line("ORG") != nullptr && !contradicts(other, "ORG"))
        scale.put(0.1, "same ORG");
    // Taken for the other, nothing of it is lost.
    if (name == NameMatch::Same && (is_part_of(other) || other.is_part_of(*this)))
        scale.put(0.2, "all that one says");
    auto result = scale.result();
    result.is_by_name = is_by_name;
    return result;
}

Similarity Sketch::compare_entry(const Sketch& other) const
{
    Scale scale(normal_, other.normal_);
    if (occurrences_ != other.occurrences_)
        return scale.refuse("other occurrences");
    const bool same_uid = !uid_.empty() && uid_ == other.uid_;
    const bool same_summary = !name_.own.empty() && name_.own == other.name_.own;
    const bool same_day = !day_.empty() && day_ == other.day_;
    const bool same_time = same_day && when_ == other.when_;
    const std::string day(normal_.kind == Kind::Task ? "DUE" : "DTSTART");
    if (!same_uid) {
        if (!same_summary)
            return scale.refuse("another SUMMARY");
        if (!same_time)
            return scale.refuse(same_day ? "another end or rule" : "another " + day);
        for (const auto* name : {"LOCATION", "DESCRIPTION", "ORGANIZER", "URL"}) {
            if (contradicts(other, place_ + name))
                return scale.refuse(std::string("another ") + name);
        }
        if (exclude(people_, other.people_, share(people_, other.people_)))
            return scale.refuse("other people");
    } else {
        scale.put(0.5, "same UID");
    }
    if (same_summary)
        scale.put(same_uid ? 0.2 : 0.4, "same SUMMARY");
    if (same_day)
        scale.put(same_uid ? 0.2 : 0.4, "same " + day);
    return scale.result();
}

} // namespace item
