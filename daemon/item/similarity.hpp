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
    std::vector<std::string> reasons; ///< for people: `same name`, `another BDAY`
    bool is_by_name = false;          ///< they are one only if nobody else has that name
};

/// What tells an item from others of its kind: to find those that are the same thing though not all of what they
/// say agrees (docs/decisions/0023-similar-items.md).
class Sketch {
public:
    explicit Sketch(const Document& document);

    const NormalForm& normal() const { return normal_; }
    /// Two items that are similar have one of these in common, and few others have it: whoever looks for similar ones
    /// among many looks at no more than those. A bounded number of short texts.
    const std::vector<std::string>& keys() const { return keys_; }

    /// To take two for one is worse than to keep one twice: two are Similar only if something that few share says so (a
    /// telephone number, an address, a birthday, a UID, when it is) and nothing that tells people or events
    /// apart contradicts. Two of different kinds are Different.
    Similarity compare(const Sketch& other) const;
    /// Two people whose names are no different ones.
    bool is_namesake(const Sketch& other) const;

private:
    using Words = std::set<std::string>;

    struct Name {
        Words own;                ///< family name and given name
        Words middle, suffix;     ///< Jr. is somebody else
        Words whole;              ///< all of it, with titles
        bool is_in_parts = false; ///< it comes from N
    };
    enum class NameMatch { Another, Nearly, Same };

    void look_at_contact(const Document& contact);
    void look_at_entry(const Document& calendar);
    static NameMatch match(const Name& one, const Name& other);
    Similarity compare_contact(const Sketch& other) const;
    Similarity compare_entry(const Sketch& other) const;
    const std::string* find_line(std::string_view name) const;
    /// What only one of them can have right.
    bool contradicts(const Sketch& other, std::string_view name) const;
    /// Some of what the other says and nothing else, but more than a name.
    bool is_part_of(const Sketch& other) const;

    NormalForm normal_;
    Name name_;                                         ///< of a contact; of an event the words of its summary
    std::string uid_;                                   ///< one that nobody else gives
    Words numbers_, mobiles_, private_numbers_, mails_; ///< of a contact
    Words people_;                                      ///< of an event
    std::string when_;                                  ///< an event begins, with rule and end
    std::string day_;                                   ///< an event begins, a task is due
    std::string place_;                                 ///< what the names of its lines begin with
    Words occurrences_;
    std::vector<std::string> keys_;
};

/// Another one whenever the same item has other keys than before.
constexpr int sketch_version = 1;

} // namespace item
