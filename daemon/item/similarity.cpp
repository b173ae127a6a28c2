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

/// So many telephone numbers and addresses count; a peer may send thousands.
constexpr std::size_t most_points = 50;
constexpr std::size_t most_words = 20;

/// ASCII letters in lower case, the rest as it is.
std::string lower(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

std::set<std::string> words_of(std::string_view text)
{
    constexpr std::string_view between = " \t\n,;.\x1e";
    std::set<std::string> words;
    while (!text.empty() && words.size() < most_words) {
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

/// The end of a number, which is the same with and without the code of a country. Empty: too short to tell anybody.
std::string number_of(std::string_view text)
{
    std::string digits;
    for (const char c : text) {
        if (c >= '0' && c <= '9')
            digits += c;
    }
    constexpr std::size_t least = 5, most = 8;
    if (digits.size() < least)
        return {};
    return digits.size() > most ? digits.substr(digits.size() - most) : digits;
}

bool share(const std::set<std::string>& one, const std::set<std::string>& other)
{
    return std::any_of(one.begin(), one.end(), [&](const std::string& text) { return other.contains(text); });
}

bool includes(const std::set<std::string>& all, const std::set<std::string>& some)
{
    return std::includes(all.begin(), all.end(), some.begin(), some.end());
}

std::string joined(const std::set<std::string>& words)
{
    std::string text;
    for (const auto& word : words)
        text += word + ' ';
    return text;
}

/// How much of all that both say they both say.
double agreement(const NormalForm& one, const NormalForm& other)
{
    std::vector<NormalForm::Line> common;
    std::set_intersection(one.lines.begin(), one.lines.end(), other.lines.begin(), other.lines.end(),
                          std::back_inserter(common));
    const auto all = one.lines.size() + other.lines.size() - common.size();
    return all == 0 ? 0 : static_cast<double>(common.size()) / static_cast<double>(all);
}

/// Adds up what speaks for and against.
class Scale {
public:
    void put(double weight, std::string reason)
    {
        score_ += weight;
        if (!reason.empty())
            reasons_.push_back(std::move(reason));
    }
    /// What both have of one field. `alone`: when one of them has nothing.
    void weigh(const std::set<std::string>& one, const std::set<std::string>& other, const std::string& what,
               double same, double another)
    {
        if (one.empty() || other.empty())
            return;
        const bool shared = share(one, other);
        put(shared ? same : another, (shared ? "same " : "another ") + what);
    }
    double score() const { return score_; }
    std::vector<std::string> take_reasons() { return std::move(reasons_); }

private:
    double score_ = 0;
    std::vector<std::string> reasons_;
};

} // namespace

Sketch::Sketch(const Document& document) : normal_(normal_form(document))
{
    if (kind(document.form) == Kind::Contact)
        look_at_contact(document);
    else
        look_at_event(document);
    if (!uid_.empty())
        keys_.push_back("uid " + uid_);
}

void Sketch::look_at_contact(const Document& contact)
{
    std::string formatted;
    for (const auto& property : contact.root.properties) {
        if (property.name == "UID")
            uid_ = short_text(normal_words(property.text()));
        else if (property.name == "N" && name_.empty())
            name_ = words_of(normal_parts(property.parts(';')));
        else if (property.name == "FN" && formatted.empty())
            formatted = normal_words(property.text());
        else if (property.name == "TEL" && numbers_.size() < most_points)
            numbers_.insert(number_of(property.text()));
        else if (property.name == "EMAIL" && mails_.size() < most_points)
            mails_.insert(short_text(lower(trim(property.text()))));
    }
    numbers_.erase("");
    mails_.erase("");
    if (name_.empty())
        name_ = words_of(formatted);
    for (const auto& number : numbers_)
        keys_.push_back("tel " + number);
    for (const auto& mail : mails_)
        keys_.push_back("mail " + mail);
    if (!name_.empty())
        keys_.push_back("name " + joined(name_));
}

void Sketch::look_at_event(const Document& calendar)
{
    for (const auto& component : calendar.root.components) {
        if (component.name != "VEVENT")
            continue;
        if (const auto* uid = component.find("UID"); uid != nullptr && uid_.empty())
            uid_ = short_text(normal_words(uid->text()));
        if (const auto* occurrence = component.find("RECURRENCE-ID"))
            occurrences_.insert(short_text(occurrence->value));
    }
    for (const auto& line : normal_.lines) {
        const std::string_view name = line.name;
        if (name == "VEVENT/SUMMARY")
            name_ = words_of(line.value);
        else if (name == "VEVENT/DTSTART")
            when_ = short_text(line.value);
        else if (name == "VEVENT/RRULE")
            rule_ += short_text(line.value);
    }
    if (!name_.empty() && !when_.empty())
        keys_.push_back("event " + when_ + ' ' + joined(name_));
}

Similarity Sketch::compare(const Sketch& other) const
{
    if (normal_.kind != other.normal_.kind)
        return {};
    if (normal_ == other.normal_ && !normal_.lines.empty())
        return {1, Likeness::Same, {"all that counts"}};
    Scale scale;
    const bool same_uid = !uid_.empty() && uid_ == other.uid_;
    const bool same_name = !name_.empty() && name_ == other.name_;
    const bool no_name = name_.empty() || other.name_.empty();
    if (normal_.kind == Kind::Contact) {
        if (same_uid)
            scale.put(0.6, "same UID");
        if (same_name)
            scale.put(0.5, "same name");
        else if (!no_name)
            scale.put(includes(name_, other.name_) || includes(other.name_, name_) ? 0.3 : -0.3, "another name");
        const bool can_be_reached = !numbers_.empty() || !mails_.empty();
        const bool other_can = !other.numbers_.empty() || !other.mails_.empty();
        if (share(numbers_, other.numbers_) || share(mails_, other.mails_)) {
            scale.weigh(numbers_, other.numbers_, "TEL", 0.35, 0);
            scale.weigh(mails_, other.mails_, "EMAIL", 0.35, 0);
        } else if (can_be_reached && other_can) {
            scale.put(-0.2, "another TEL or EMAIL");
        } else {
            scale.put(0.2, {}); // nothing contradicts
        }
    } else {
        if (same_uid)
            scale.put(occurrences_ == other.occurrences_ ? 0.9 : 0.5, "same UID");
        if (same_name)
            scale.put(0.4, "same SUMMARY");
        else if (!no_name)
            scale.put(-0.1, "another SUMMARY");
        if (!when_.empty() && !other.when_.empty())
            scale.put(when_ == other.when_ ? 0.4 : -0.2, when_ == other.when_ ? "same DTSTART" : "another DTSTART");
        if (rule_ != other.rule_)
            scale.put(-0.2, "another RRULE");
    }
    scale.put(0.1 * agreement(normal_, other.normal_), {});
    const auto score = std::clamp(scale.score(), 0.0, 0.99);
    return {score, score >= similar_from ? Likeness::Similar : Likeness::Different, scale.take_reasons()};
}

} // namespace item
