#pragma once

#include "item/normal_form.hpp"
#include "item/property.hpp"

#include <set>
#include <string>
#include <vector>

namespace item {

enum class Likeness { Same, Similar, Different };

struct Similarity {
    double score = 0; ///< 0 … 1; 1: the same normal form
    Likeness likeness = Likeness::Different;
    std::vector<std::string> reasons; ///< for people: `same name`, `another TEL`
};

/// What tells a contact or an event from others: to find those that may be the same thing though not all of what they
/// say agrees.
class Sketch {
public:
    explicit Sketch(const Document& document);

    /// Two items that are similar have one of these in common, and few others have it: whoever looks for similar ones
    /// among many looks at no more than those.
    const std::vector<std::string>& keys() const { return keys_; }

    /// By what is said, never by how many words agree: somebody of the same name with another telephone number is
    /// somebody else, the same name and number with another address is the same person. Two of different kinds are
    /// Different.
    Similarity compare(const Sketch& other) const;

private:
    void look_at_contact(const Document& contact);
    void look_at_event(const Document& calendar);

    NormalForm normal_;
    std::string uid_;
    std::set<std::string> name_;            ///< words of a name, or the summary of an event
    std::set<std::string> numbers_, mails_; ///< of a contact
    std::string when_;                      ///< an event begins
    std::string rule_;
    std::set<std::string> occurrences_;
    std::vector<std::string> keys_;
};

} // namespace item
