#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <vector>

/// Two address books, or calendars, with planted near duplicates: what people do to one contact on two devices, and
/// those others that look like it. Of each it is known which is which.
namespace look_alikes {

struct Theirs {
    std::string text;
    std::optional<std::size_t> ours; ///< the item here that it is; nothing: another one
    bool is_same = false;            ///< in every word that counts
};

struct Corpus {
    std::vector<std::string> ours;
    std::vector<Theirs> theirs;
};

struct Person {
    std::string given, middle, family, suffix;
    std::string mobile, home, work; ///< national numbers
    std::string mail, work_mail;
    std::string org, title, note, birthday, street;
};

class Author {
public:
    explicit Author(unsigned seed) : random_(seed) {}

    /// Of the server's a third are the same, a third nearly, and a third others, half of which look like one here.
    Corpus contacts(std::size_t count)
    {
        Corpus corpus;
        for (std::size_t i = 0; i < count; ++i) {
            const auto person = make_person();
            corpus.ours.push_back(card(person, false));
            switch (i % 6) {
            case 0:
            case 1: corpus.theirs.push_back({card(person, true), i, true}); break;
            case 2:
            case 3: corpus.theirs.push_back({card(edited(person), true), i, false}); break;
            case 4: corpus.theirs.push_back({card(other_like(person), true), std::nullopt, false}); break;
            default: corpus.theirs.push_back({card(make_person(), true), std::nullopt, false}); break;
            }
        }
        std::shuffle(corpus.theirs.begin(), corpus.theirs.end(), random_);
        return corpus;
    }

    Corpus events(std::size_t count)
    {
        Corpus corpus;
        for (std::size_t i = 0; i < count; ++i) {
            auto event = make_event();
            corpus.ours.push_back(calendar(event, false));
            const bool is_same = i % 6 < 2, is_near = i % 6 < 4, looks_like = i % 6 == 4;
            if (!is_same && is_near)
                edit(event);
            else if (looks_like)
                make_other(event);
            else if (!is_near)
                event = make_event();
            corpus.theirs.push_back({calendar(event, true), is_near ? std::optional(i) : std::nullopt, is_same});
        }
        std::shuffle(corpus.theirs.begin(), corpus.theirs.end(), random_);
        return corpus;
    }

private:
    struct Event {
        std::string uid, summary, location, description, attendee, rule;
        int day = 1, hour = 9, hours = 1, month = 1, alarm = 0;
    };

    std::size_t die(std::size_t sides) { return random_() % sides; }
    bool chance(std::size_t one_in) { return die(one_in) == 0; }
    template <class Range>
    const std::string& pick(const Range& words)
    {
        return words[die(std::size(words))];
    }
    std::string digits(std::size_t count)
    {
        std::string text(1, static_cast<char>('1' + die(9)));
        while (text.size() < count)
            text += static_cast<char>('0' + die(10));
        return text;
    }
    std::string uid() { return digits(8) + "-" + digits(4) + "-" + digits(12); }

    // ---- people ------------------------------------------------------------------------

    Person make_person()
    {
        static const std::string given[] = {"Anna",   "Jörg",   "Łukasz", "Zoë",   "Max",   "Eva",   "Peter",
                                            "Maria",  "Thomas", "Sofia",  "Liam",  "Noor",  "Priya", "Kenji",
                                            "Ingrid", "Paul",   "Clara",  "Oskar", "Émile", "Yusuf", "Ines",
                                            "Hugo",   "Mei",    "Tariq",  "Olga",  "Jan"};
        static const std::string family[] = {"Müller",   "Smith",  "O'Neil", "da Silva", "Ng",     "Jones",  "Kowalski",
                                             "Schmidt",  "Garcia", "Rossi",  "Haddad",   "Tanaka", "Larsen", "Novak",
                                             "Dubois",   "Weber",  "Patel",  "Kim",      "Brown",  "Meyer",  "van Dijk",
                                             "Sørensen", "Öztürk", "Ivanov", "Costa",    "Fischer"};
        static const std::string firms[] = {"Beispiel GmbH", "Acme", "Contoso", "Stadtwerke", "Universität"};
        static const std::string switchboards[] = {"303005500", "402007700", "896661100", "2214400", "691112200"};
        Person person;
        person.given = pick(given);
        person.family = pick(family);
        if (chance(2))
            person.family += '-' + pick(family);
        if (chance(6))
            person.middle = pick(given);
        if (!chance(4))
            person.mobile = "17" + digits(8);
        if (chance(2))
            person.home = "30" + digits(7);
        if (chance(2)) {
            const auto firm = die(std::size(firms));
            person.org = firms[firm];
            if (chance(2))
                person.work = switchboards[firm]; // many have it
            if (chance(2))
                person.work_mail = "w" + digits(6) + "@firm" + std::to_string(firm) + ".example";
            if (chance(2))
                person.title = "Engineer";
        }
        if (!chance(3))
            person.mail = "u" + digits(7) + "@example.org";
        if (chance(4))
            person.birthday = "19" + digits(2) + "-0" + std::to_string(1 + die(9)) + "-1" + std::to_string(die(9));
        if (chance(4))
            person.note = "met in " + digits(4);
        if (chance(3))
            person.street = "Hauptstraße " + digits(2);
        return person;
    }

    /// One to three things that make no other person of it.
    Person edited(Person person)
    {
        for (auto left = 1 + die(3); left > 0; --left) {
            switch (die(10)) {
            case 0: person.home = person.home.empty() ? "30" + digits(7) : ""; break;
            case 1: person.note = person.note.empty() ? "new note" : ""; break;
            case 2: person.title = person.title.empty() ? "Director" : ""; break;
            case 3: person.street = person.street.empty() ? "Bahnhofstraße 1" : ""; break;
            case 4: person.birthday.clear(); break;
            case 5: person.mail = person.mail.empty() ? "u" + digits(7) + "@example.net" : ""; break;
            case 6: person.work_mail.clear(); break;
            case 7: person.middle.clear(); break;
            case 8: person.org.clear(); break;
            default: person.mobile = person.mobile.empty() ? "16" + digits(8) : ""; break;
            }
        }
        return person;
    }

    /// Somebody else, as hard to tell as they come: one thing says it.
    Person other_like(const Person& person)
    {
        auto other = person;
        const bool has_mobile = !person.mobile.empty();
        switch (const auto kind = die(6); (kind == 1 || kind == 3) && !has_mobile ? kind + 1 : kind) {
        case 0: // married to them, at the same firm even
            other.given = other.given == "Kim" ? "Lee" : "Kim";
            other.birthday.clear();
            break;
        case 1: // a colleague of that name
            other.mobile = "17" + digits(8);
            other.mail = "u" + digits(7) + "@example.org";
            other.work_mail.clear();
            break;
        case 2: // the son
            other.suffix = "Jr.";
            other.mobile.clear();
            break;
        case 3: // the daughter, still at home
            other.mobile = "17" + digits(8);
            other.mail.clear();
            other.work_mail.clear();
            break;
        case 4: // somebody of that name, elsewhere
            other = make_person();
            other.given = person.given;
            other.middle = person.middle;
            other.family = person.family;
            break;
        default: // the firm's number, and a name that is nearly the same
            other.family += "-Berg";
            other.mobile.clear();
            break;
        }
        return other;
    }

    std::string number(const std::string& national, bool theirs)
    {
        if (theirs && chance(2))
            return "+49 " + national.substr(0, 3) + ' ' + national.substr(3);
        return "0" + national.substr(0, 3) + '-' + national.substr(3);
    }

    std::string card(const Person& person, bool theirs)
    {
        std::vector<std::string> lines = {"N:" + person.family + ';' + person.given + ';' + person.middle + ";;" +
                                          person.suffix};
        auto whole = person.given;
        for (const auto& part : {person.middle, person.family, person.suffix})
            whole += part.empty() ? "" : ' ' + part;
        lines.push_back("FN:" + whole);
        const auto add = [&](const std::string& name, const std::string& value) {
            if (!value.empty())
                lines.push_back(name + ':' + value);
        };
        if (!person.mobile.empty())
            add("TEL;TYPE=CELL", number(person.mobile, false));
        if (!person.home.empty())
            add("TEL;TYPE=HOME", number(person.home, false));
        if (!person.work.empty())
            add("TEL;TYPE=WORK", number(person.work, false));
        add("EMAIL", person.mail);
        add("EMAIL;TYPE=WORK", person.work_mail);
        add("ORG", person.org);
        add("TITLE", person.title);
        add("NOTE", person.note);
        add("BDAY", person.birthday);
        if (!person.street.empty())
            add("ADR;TYPE=HOME", ";;" + person.street + ";Köln;;50667;D");
        if (theirs) {
            std::shuffle(lines.begin(), lines.end(), random_);
            lines.push_back("UID:" + uid());
            lines.push_back("REV:20260101T000000Z");
        }
        std::string text = "BEGIN:VCARD\r\nVERSION:3.0\r\n";
        for (const auto& line : lines)
            text += line + "\r\n";
        return text + "END:VCARD\r\n";
    }

    // ---- events ------------------------------------------------------------------------

    Event make_event()
    {
        static const std::string summaries[] = {"Standup",       "Dentist", "Lunch", "Review",
                                                "Call with Ann", "Sport",   "Choir"};
        static const std::string places[] = {"Room 1", "Room 2", "at home", "Café"};
        Event event;
        event.uid = uid();
        event.summary = pick(summaries) + (chance(2) ? " " + digits(2) : "");
        event.month = static_cast<int>(1 + die(12));
        event.day = static_cast<int>(1 + die(28));
        event.hour = static_cast<int>(7 + die(10));
        event.hours = static_cast<int>(1 + die(2));
        if (chance(2))
            event.location = pick(places);
        if (chance(3))
            event.description = "about " + digits(3);
        if (chance(3))
            event.attendee = "p" + digits(2) + "@example.org";
        if (chance(5))
            event.rule = "FREQ=WEEKLY;COUNT=" + std::to_string(2 + die(9));
        return event;
    }

    /// What makes no other event of it.
    void edit(Event& event)
    {
        for (auto left = 1 + die(2); left > 0; --left) {
            switch (die(4)) {
            case 0: event.location = event.location.empty() ? "Room 3" : ""; break;
            case 1: event.description = event.description.empty() ? "agenda" : ""; break;
            case 2: event.attendee = event.attendee.empty() ? "new@example.org" : ""; break;
            default: event.alarm = 15; break;
            }
        }
    }

    /// One that looks like it.
    void make_other(Event& event)
    {
        event.uid = uid();
        switch (die(event.location.empty() ? 4 : 5)) {
        case 0: event.hour += 1; break;
        case 1: event.day = event.day % 28 + 1; break;
        case 2: event.summary += " II"; break;
        case 3: event.hours += 2; break;
        default: event.location = "Room 9"; break;
        }
    }

    std::string calendar(const Event& event, bool theirs)
    {
        const auto moment = [&](int hour) {
            const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
            return "2026" + two(event.month) + two(event.day) + "T" + two(hour) + "0000Z";
        };
        std::vector<std::string> lines = {"SUMMARY:" + event.summary, "DTSTART:" + moment(event.hour),
                                          "DTEND:" + moment(event.hour + event.hours)};
        const auto add = [&](const std::string& name, const std::string& value) {
            if (!value.empty())
                lines.push_back(name + value);
        };
        add("LOCATION:", event.location);
        add("DESCRIPTION:", event.description);
        add("ATTENDEE:mailto:", event.attendee);
        add("RRULE:", event.rule);
        if (event.alarm != 0)
            lines.push_back("BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:-PT15M\r\nDESCRIPTION:Soon\r\nEND:VALARM");
        if (theirs)
            std::shuffle(lines.begin(), lines.end(), random_);
        // Half of the servers keep a UID.
        std::string text =
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:" + (theirs && chance(2) ? uid() : event.uid) +
            "\r\n";
        for (const auto& line : lines)
            text += line + "\r\n";
        return text + "END:VEVENT\r\nEND:VCALENDAR\r\n";
    }

    std::mt19937 random_;
};

} // namespace look_alikes
