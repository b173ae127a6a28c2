#include "evolution/source.hpp"

#include "item/conversion.hpp"
#include "item/item.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <system_error>
#include <utility>

namespace evolution {
namespace {

using storage::FileStamp;

/// The first octets of a hash, and the size.
std::string to_text(const FileStamp& stamp)
{
    return fmt::format("{} {} {}", stamp.inode, stamp.modified, stamp.size);
}

std::optional<FileStamp> find_stamp(std::string_view text)
{
    FileStamp stamp{.changed = 1}; // never in doubt
    for (auto* part : {&stamp.inode, &stamp.modified, &stamp.size}) {
        const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), *part);
        if (error != std::errc())
            return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
        if (!text.empty())
            text.remove_prefix(1);
    }
    return stamp;
}

/// In a form that the server reads.
std::string readable(std::string_view data)
{
    const auto form = item::find_form(data);
    auto converted = item::convert(data, form && item::is_card(*form) ? item::Form::VCard30 : item::Form::ICalendar20);
    return converted ? std::move(converted->data) : std::string(data);
}

} // namespace

Source::Source(base::Descriptor keeper, Setup setup)
    : keeper_(std::move(keeper)), lock_(::open(setup.lock.c_str(), O_RDONLY | O_CLOEXEC)), setup_(std::move(setup)),
      title_("eds:" + setup_.uid)
{
}

void Source::fail(int error, const std::string& what) const
{
    throw std::system_error(error, std::generic_category(), title_ + ": " + what);
}

std::optional<Frame> Source::ask(const Frame& request, std::size_t fields) const
{
    if (!fits(request))
        throw Refused("it is too large");
    std::optional<Frame> answer;
    try {
        send(keeper_.get(), request);
        answer = receive(keeper_.get(), setup_.patience);
    } catch (const std::system_error& error) {
        keeper_ = {}; // an answer that comes late would be taken for that to the next question
        fail(error.code().value(), "Evolution Data Server does not answer");
    }
    if (!answer)
        fail(ECONNRESET, "syncd-eds, which asks Evolution Data Server, has ended");
    const auto word = answer->front();
    answer->erase(answer->begin());
    if (word == "none")
        return std::nullopt;
    if (word == "refused" && !answer->empty())
        throw Refused(answer->front());
    if (word == "failed" && !answer->empty())
        fail(EIO, answer->front());
    if (word != "done" || answer->size() < fields)
        fail(EPROTO, "syncd-eds is of another version");
    return answer;
}

void Source::lock()
{
    while (lock_.get() >= 0 && ::flock(lock_.get(), LOCK_EX) != 0 && errno == EINTR) {
    }
}

void Source::unlock() noexcept
{
    ::flock(lock_.get(), LOCK_UN);
}

void Source::clean_up()
{
    if (auto answer = ask({"open"}, 1))
        mark_ = std::move(answer->front());
}

// ---- looking ---------------------------------------------------------------------------

/// As they were when it was made.
class Source::Names : public Listing {
public:
    explicit Names(std::unordered_map<std::string, FileStamp> stamps) : stamps_(std::move(stamps)) {}
    std::optional<Status> find(const char* name) const override
    {
        const auto found = stamps_.find(name);
        return found == stamps_.end() ? std::nullopt : std::optional(Status{found->second, true});
    }
    void each_name(const std::function<void(const char* name)>& visit) const override
    {
        for (const auto& [name, stamp] : stamps_)
            visit(name.c_str());
    }

private:
    std::unordered_map<std::string, FileStamp> stamps_;
};

std::unique_ptr<datastore::Collection::Listing> Source::list() const
{
    const auto answer = ask({"list"}, 0).value_or(Frame{});
    if (answer.size() / 2 > max_items)
        fail(EFBIG, fmt::format("it holds more than {} items, which is more than is synchronized", max_items));
    std::unordered_map<std::string, FileStamp> stamps;
    for (std::size_t i = 0; i + 1 < answer.size(); i += 2)
        if (const auto stamp = find_stamp(answer[i + 1]))
            stamps.emplace(answer[i], *stamp);
    return std::make_unique<Names>(std::move(stamps));
}

std::optional<datastore::Collection::Status> Source::find(const char* name) const
{
    const auto answer = ask({"find", name}, 1);
    return answer ? std::optional(Status{find_stamp(answer->front()).value_or(FileStamp{}), true}) : std::nullopt;
}

base::Result<datastore::Collection::File> Source::read(const std::string& name, std::size_t most) const
try {
    auto answer = ask({"read", name}, 2);
    if (!answer)
        return base::fail(base::Errc::NotFound, "there is no such item");
    if (answer->back().size() > most)
        return base::fail(base::Errc::InvalidValue, "it is too large");
    return File{find_stamp(answer->front()).value_or(FileStamp{}), std::move(answer->back())};
} catch (const Refused& refused) {
    return base::fail(base::Errc::InvalidValue, refused.what());
}

// ---- writing -----------------------------------------------------------------------------

datastore::Collection::Written Source::add(const std::string&, std::string_view data)
{
    auto answer = ask({"add", readable(data)}, 3);
    if (!answer)
        fail(EIO, "what was added is not there");
    return {std::move((*answer)[0]), find_stamp((*answer)[1]).value_or(FileStamp{}), std::move((*answer)[2])};
}

std::optional<datastore::Collection::Written> Source::replace(const std::string& name, const FileStamp& known,
                                                              std::string_view data)
{
    auto answer = ask({"replace", name, to_text(known), readable(data)}, 2);
    if (!answer)
        return std::nullopt;
    return Written{name, find_stamp((*answer)[0]).value_or(FileStamp{}), std::move((*answer)[1])};
}

bool Source::remove(const std::string& name, const FileStamp& known)
{
    return ask({"remove", name, to_text(known)}, 0) || !find(name.c_str());
}

} // namespace evolution
