#pragma once

#include "item/merge.hpp"
#include "item/revision.hpp"
#include "item/wording.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace item {

/// Merges what one contact says, or one event among those of its UID.
class StatementMerge {
public:
    /// `base`: null when nothing is known of it. `wording`: from theirs to ours. What was decided is noted in `report`,
    /// its fields named with `prefix`.
    StatementMerge(Kind kind, const Statement* base, const Statement& ours, const Statement& theirs,
                   const Wording& wording, Side preferred, std::string prefix, Merge& report);

    Component run();

private:
    struct Decision {
        bool take_theirs = false;
        std::string meaning; ///< of what is left
    };

    const Field& base_field(const std::string& key) const;
    void merge_single(const std::string& key);
    void merge_many(const std::string& key);
    void take(const std::string& key);
    void add_value(const std::string& key, const FieldValue& value);
    void add_element(const FieldValue& value, Property property);
    void remove_value(const FieldValue& value);
    void write_elements();
    /// FN of N, DESCRIPTION of SUMMARY: where it says nothing of its own it comes from the side of what it repeats.
    void follow(const std::string& key, const std::string& leader);
    void settle_alarms();
    /// Of what is left.
    Occasion occasion() const;
    bool settle(Component& alarm, const Occasion& own, const FieldValue& value) const;
    bool settle(Property& alarm, const Occasion& own, const FieldValue& value) const;
    void take_later(std::string_view name);
    /// With a group of ours, and with the label that names it.
    void add(Property property);
    void look_at_groups();
    void drop_lone_labels();
    void note(const std::string& key, Side side);

    const Kind kind_;
    const Statement* base_;
    const Statement& ours_;
    const Statement& theirs_;
    const Wording& wording_;
    const Side preferred_;
    const std::string prefix_;
    Merge& report_;
    Revision revision_;
    std::map<std::string, Decision> decisions_;
    struct AddedAlarm {
        FieldValue value;
        Words words;
    };
    std::vector<AddedAlarm> alarms_;
    std::map<const Property*, std::vector<std::string>> elements_;     ///< of lists of ours that change
    std::map<const Property*, std::vector<std::string>> own_elements_; ///< of ours, once they are needed
    std::map<std::string, const Property*> own_lists_;                 ///< of ours by name and parameters, likewise
    std::map<std::string, Property> lists_;                            ///< new ones, likewise
    std::set<std::string> used_groups_;                                ///< of both, once they are needed
    std::map<std::string, std::vector<const Property*>> labels_;       ///< of theirs by group, likewise
    std::map<std::string, std::string> groups_;                        ///< theirs, and what they are called here
    std::size_t next_group_ = 0;                                       ///< no number below it is free
};

} // namespace item
