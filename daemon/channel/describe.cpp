#include "channel/members.hpp"
#include "channel/messages.hpp"

#include <fmt/format.h>

namespace channel {
namespace {

class Describer {
public:
    void operator()(const char* name, const std::string&, const char* meaning) { add(name, "text", meaning); }
    void operator()(const char* name, const std::optional<std::string>&, const char* meaning)
    {
        add(name, "text, optional", meaning);
    }
    void operator()(const char* name, bool, const char* meaning) { add(name, "boolean", meaning); }
    void operator()(const char* name, std::uint32_t, const char* meaning) { add(name, "number", meaning); }
    void operator()(const char* name, std::uint64_t, const char* meaning) { add(name, "number", meaning); }
    void operator()(const char* name, const base::Secret&, const char*)
    {
        add(name, "number", "size of the secret; its bytes follow the line");
    }
    void operator()(const char* name, Result::Outcome, const char* meaning) { add(name, "text", meaning); }
    void operator()(const char* name, const std::vector<std::string>&, const char* meaning)
    {
        add(name, "list of texts", meaning);
    }
    template <Part P>
    void operator()(const char* name, const P& part, const char* meaning)
    {
        add(name, "object", meaning);
        indent_ += 2;
        members(*this, part);
        indent_ -= 2;
    }
    template <Part P>
    void operator()(const char* name, const std::vector<P>&, const char* meaning)
    {
        add(name, "list", meaning);
        indent_ += 2;
        const P part{};
        members(*this, part);
        indent_ -= 2;
    }
    template <class Message>
    void message(const Message& message, std::string_view what)
    {
        text_ += fmt::format("{}: {}\n", title(message), what);
        members(*this, message);
    }
    const std::string& text() const { return text_; }

private:
    void add(const char* name, const char* type, const char* meaning)
    {
        text_ += fmt::format("{:{}}{:<{}}{:<16}{}\n", "", indent_, name, 28 - indent_, type, meaning);
    }
    int indent_ = 2;
    std::string text_;
};

} // namespace

std::string describe()
{
    Describer describer;
    describer.message(Plan{},
                      "broker to worker, once, followed by the bytes of its secrets in the order of their sizes");
    describer.message(Reading{}, "broker to worker, instead: a server's notification to be read");
    describer.message(Started{}, "worker to broker: the sandbox is closed, the session begins");
    describer.message(Progress{}, "worker to broker, any number");
    describer.message(Verdict{}, "worker to broker, of a reading, once");
    describer.message(Result{}, "worker to broker, once, the last");
    return "One JSON object per line, named by its member \"kind\".\n\n" + describer.text() +
           "\nThe end of the stream asks the worker to stop.\n";
}

} // namespace channel
