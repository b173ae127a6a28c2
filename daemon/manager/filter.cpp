#include "manager/filter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace manager {
namespace {

constexpr int max_depth = 16;

bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_hexadecimal(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    base::Result<void> check()
    {
        if (expression(0) && at_ < text_.size())
            complain("\"&AND;\", \"&OR;\" or the end is missing");
        if (complaint_.empty())
            return {};
        return base::fail(base::Errc::InvalidValue, complaint_);
    }

private:
    bool expression(int depth)
    {
        if (depth > max_depth)
            return complain("there are too many parentheses in each other");
        do {
            if (!term(depth))
                return false;
        } while (skip("&AND;") || skip("&OR;"));
        return true;
    }

    bool term(int depth)
    {
        if (!skip("("))
            return name() && comparison() && value();
        return expression(depth + 1) && (skip(")") || complain("\")\" is missing"));
    }

    bool name()
    {
        if (skip("&LUID;"))
            return true;
        const auto begin = at_;
        while (at_ < text_.size() &&
               (is_letter_or_digit(text_[at_]) || text_[at_] == '-' || text_[at_] == '_' || text_[at_] == '.'))
            ++at_;
        return at_ > begin || complain("the name of a property is missing");
    }

    bool comparison()
    {
        constexpr std::array<std::string_view, 8> operators{"EQ;", "NE;", "GT;", "GE;", "LT;", "LE;", "CON;", "NCON;"};
        if (skip("&")) {
            skip("i");
            for (const auto one : operators)
                if (skip(one))
                    return true;
        }
        return complain("an operator is missing: &EQ; &NE; &GT; &GE; &LT; &LE; &CON; or &NCON;");
    }

    bool value()
    {
        if (skip("&NULL;"))
            return true;
        const auto begin = at_;
        for (; at_ < text_.size() && text_[at_] != '&' && text_[at_] != ')' && text_[at_] != '('; ++at_) {
            if (text_[at_] != '%')
                continue;
            const auto digits = text_.substr(at_ + 1, 2);
            if (digits.size() != 2 || !std::all_of(digits.begin(), digits.end(), is_hexadecimal))
                return complain("two hexadecimal digits must follow \"%\"");
        }
        return at_ > begin || complain("a value is missing; \"&NULL;\" stands for none");
    }

    bool skip(std::string_view what)
    {
        if (text_.substr(at_, what.size()) != what)
            return false;
        at_ += what.size();
        return true;
    }

    bool complain(std::string_view what)
    {
        complaint_ = fmt::format("no filter: at character {}, {}", at_ + 1, what);
        return false;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::string complaint_;
};

} // namespace

base::Result<void> check_filter(std::string_view text)
{
    return text.empty() ? base::Result<void>() : Parser(text).check();
}

} // namespace manager
