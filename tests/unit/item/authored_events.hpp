#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

/// Events for tests of how they are merged: made, changed, and written as iCalendar or as vCalendar 1.0.
namespace authored {

struct Alarm {
    int minutes = 15;
    bool is_absolute = false;
    std::string text; ///< empty: repeats the summary
};
struct Person {
    std::string address, name, status;
};

/// A day of January 2026 and a time, or a whole day.
struct When {
    int day = 5, hour = 9, hours = 1;
    bool whole_day = false;
    bool in_berlin = false; ///< iCalendar only; else UTC
};

struct Event {
    When when;
    std::string rule;         ///< iCalendar's
    std::vector<int> without; ///< days
    std::string summary, description, location, transparency, status;
    std::vector<std::string> categories, lines;
    std::vector<Alarm> alarms;
    std::vector<Person> people;
};

struct Item {
    Event event;
    std::vector<std::pair<int, Event>> occurrences; ///< by day
};

class Author {
public:
    explicit Author(unsigned seed) : random_(seed) {}

    Item make();
    /// One to three things about it.
    Item change(Item item);
    std::string modern(const Item& item);
    /// As a server does: other order, own notes.
    std::string rewritten(const Item& item);
    /// vCalendar 1.0; without occurrences, which it has not.
    std::string old(const Item& item);

private:
    std::size_t die(std::size_t sides) { return random_() % sides; }
    bool chance(std::size_t one_in) { return die(one_in) == 0; }
    void change(Event& event, bool repeats);
    std::string text(const Event& event, const std::string& occurrence, bool as_server);

    std::mt19937 random_;
};

} // namespace authored
