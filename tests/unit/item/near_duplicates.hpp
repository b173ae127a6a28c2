#pragma once

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <utility>
#include <vector>

/// Two address books, ours and a server's, of which it is known which contacts are the same: for tests of how they are
/// told apart, and for measuring it.
namespace near_duplicates {

struct Line {
    std::string name;
    std::vector<std::string> types;
    std::vector<std::string> parts; ///< of the value, in UTF-8 without escapes
};
using Contact = std::vector<Line>;

enum class Truth { Same, NearDuplicate, Stranger };

/// A contact of the server's, and what it was made of.
struct Theirs {
    std::string text;
    Truth truth = Truth::Same;
    std::size_t ours = 0; ///< the contact here that it is, or nearly is
};

struct Corpus {
    std::vector<std::string> ours;
    std::vector<Theirs> theirs;
};

class Author {
public:
    explicit Author(unsigned seed) : random_(seed) {}

    /// So many contacts here. Of the server's half are the same in other words, three tenths differ in one thing, and
    /// the rest are others.
    Corpus make(std::size_t count)
    {
        Corpus corpus;
        for (std::size_t i = 0; i < count; ++i) {
            auto contact = make_contact(i);
            corpus.ours.push_back(chance(2) ? modern(contact) : old(contact));
            Theirs theirs;
            theirs.ours = i;
            if (const auto die = random_() % 10; die < 5) {
                theirs.truth = Truth::Same;
            } else if (die < 8) {
                theirs.truth = Truth::NearDuplicate;
                change(contact);
            } else {
                theirs.truth = Truth::Stranger;
                contact = make_contact(count + i);
            }
            theirs.text = rewrite(std::move(contact));
            corpus.theirs.push_back(std::move(theirs));
        }
        return corpus;
    }

    /// Few names, so that many have the same.
    Contact make_contact(std::size_t id)
    {
        static const std::string given[] = {"Jörg", "Anna", "Łukasz", "Zoë", "李", "Max", "Eva"};
        static const std::string family[] = {"Müller", "Smith", "O'Neil", "Strauß, Graf", "da Silva", "Ng"};
        static const std::string streets[] = {"Große Straße 1", "Main St; Apt 2", "5, rue de l'Église"};
        static const std::string notes[] = {"met at the fair", "line one\nline two, and; more", "C:\\dir\\file",
                                            "a long note that has to be folded when it is written, since it does not "
                                            "fit on one line, nor on two of them – with a dash"};
        const auto first = pick(given);
        const auto last = pick(family);
        Contact contact = {{"N", {}, {last, first, "", "", ""}}, {"FN", {}, {first + ' ' + last}}};
        contact.push_back({"TEL", {"CELL"}, {number()}});
        if (chance(2))
            contact.push_back({"TEL", {"WORK", "FAX"}, {number()}});
        if (chance(2))
            contact.push_back({"EMAIL", {"HOME"}, {"user" + std::to_string(id % 1000) + "@example.org"}});
        if (chance(2))
            contact.push_back(
                {"ADR", {"HOME"}, {"", "", pick(streets), "Köln", "", std::to_string(10'000 + id % 90'000), "D"}});
        if (chance(3))
            contact.push_back({"NOTE", {}, {pick(notes)}});
        if (chance(3))
            contact.push_back({"ORG", {}, {"Beispiel GmbH", "Entwicklung"}});
        if (chance(4))
            contact.push_back({"X-SPOUSE", {}, {pick(given)}});
        return contact;
    }

    /// As servers do: from fields, in an order of their own, with notes of their own.
    std::string rewrite(Contact contact)
    {
        std::shuffle(contact.begin(), contact.end(), random_);
        for (auto& line : contact) {
            std::shuffle(line.types.begin(), line.types.end(), random_);
            if (line.name == "EMAIL" && chance(2))
                line.types.emplace_back("INTERNET");
            if (line.name == "TEL" && chance(2))
                line.types.emplace_back("VOICE");
            if (line.name == "TEL" && chance(2))
                std::replace(line.parts[0].begin(), line.parts[0].end(), ' ', '-');
        }
        for (const auto* name : {"REV", "UID", "PRODID", "PHOTO", "X-EVOLUTION-FILE-AS"}) {
            if (chance(2))
                contact.push_back({name, {}, {std::string(name) == "PHOTO" ? "" : "of the server"}});
        }
        return chance(2) ? modern(contact) : old(contact);
    }

    std::string modern(const Contact& contact)
    {
        std::string text = "BEGIN:VCARD\r\nVERSION:3.0\r\n";
        for (const auto& line : contact) {
            auto whole = line.name;
            for (std::size_t i = 0; i < line.types.size(); ++i)
                whole += (i == 0 ? ";TYPE=" : ",") + line.types[i];
            whole += ':';
            for (std::size_t i = 0; i < line.parts.size(); ++i) {
                whole += i == 0 ? "" : ";";
                for (const char c : line.parts[i]) {
                    if (c == '\n')
                        whole += "\\n";
                    else
                        whole += (c == ',' || c == ';' || c == '\\' ? "\\" : "") + std::string(1, c);
                }
            }
            const bool folds = chance(2);
            for (std::size_t at = 0; at < whole.size(); ++at) {
                const bool inside = (static_cast<unsigned char>(whole[at]) & 0xc0) == 0x80;
                text += (folds && at % 40 == 39 && !inside ? "\r\n " : "") + std::string(1, whole[at]);
            }
            text += "\r\n";
        }
        return text + "END:VCARD\r\n";
    }

    std::string old(const Contact& contact)
    {
        static constexpr char hex[] = "0123456789ABCDEF";
        std::string text = "BEGIN:VCARD\r\nVERSION:2.1\r\n";
        for (const auto& line : contact) {
            std::string value;
            for (std::size_t i = 0; i < line.parts.size(); ++i) {
                value += i == 0 ? "" : ";";
                for (const char c : line.parts[i]) {
                    if (c == '\n')
                        value += "\r\n";
                    else
                        value += (c == '\\' || (c == ';' && line.parts.size() > 1) ? "\\" : "") + std::string(1, c);
                }
            }
            text += line.name;
            for (const auto& type : line.types)
                text += ';' + type;
            const bool plain = std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c != '='; });
            if (plain) {
                text += ':' + value + "\r\n";
                continue;
            }
            text += ";CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:";
            std::size_t used = 0;
            for (const char c : value) {
                const auto octet = static_cast<unsigned char>(c);
                if (++used % 20 == 0)
                    text += "=\r\n";
                if (octet > ' ' && octet < 0x7f && octet != '=')
                    text += c;
                else
                    text += std::string("=") + hex[octet >> 4] + hex[octet & 15];
            }
            text += "\r\n";
        }
        return text + "END:VCARD\r\n";
    }

private:
    bool chance(unsigned one_in) { return random_() % one_in == 0; }
    template <class Range>
    const std::string& pick(const Range& words)
    {
        return words[random_() % std::size(words)];
    }
    std::string number()
    {
        return "+49 " + std::to_string(100 + random_() % 900) + ' ' + std::to_string(random_() % 10'000'000);
    }

    /// One thing that makes it another contact, as hard to see as can be.
    void change(Contact& contact)
    {
        auto& line = contact[2 + random_() % (contact.size() - 2)];
        auto& part = *std::max_element(line.parts.begin(), line.parts.end(),
                                       [](const auto& one, const auto& other) { return one.size() < other.size(); });
        switch (random_() % 5) {
        case 0: part += '1'; break;
        case 1:
            line.types = line.types == std::vector<std::string>{"HOME"} ? std::vector<std::string>{"WORK"}
                                                                        : std::vector<std::string>{"HOME"};
            break;
        case 2: contact.push_back({"TEL", {}, {"+49 100 1"}}); break;
        case 3: contact.push_back({"NOTE", {}, {"another note"}}); break;
        default:
            contact.erase(contact.begin() + 2 + static_cast<std::ptrdiff_t>(random_() % (contact.size() - 2)));
            break;
        }
    }

    std::mt19937 random_;
};

} // namespace near_duplicates
