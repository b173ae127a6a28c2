// The usual address book, calendar, task list and memo list of a desktop, for the contract of all stores. They are
// those of a session of its own: scripts/with-syncd --user.
#include "../datastore/store_contract.hpp"

#include "evolution/keeper_process.hpp"
#include "evolution/source.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/wait.h>

#include <optional>

namespace {

using evolution::Frame;

std::string usual_source(const kinds::ServiceKind& content)
{
    switch (content.content) {
    case item::Kind::Contact: return "system-address-book";
    case item::Kind::Event: return "system-calendar";
    case item::Kind::Task: return "system-task-list";
    case item::Kind::Note: return "system-memo-list";
    }
    return {};
}

/// A syncd-eds, which ends well: it also looks for its leaks then.
class Program {
public:
    Program(const std::string& service, const std::string& uid)
        : socket_(evolution::start_keeper(SYNCD_EDS, service, uid).value())
    {
    }
    ~Program()
    {
        socket_ = {};
        int status = -1;
        ::wait(&status);
        CHECK(status == 0);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    int socket() const { return socket_.get(); }

private:
    base::Descriptor socket_;
};

/// Its users have a syncd-eds of their own.
class DesktopKeeper : public Keeper {
public:
    explicit DesktopKeeper(const kinds::ServiceKind& content) : Keeper(content), uid_(usual_source(content))
    {
        open();
        ask({"open"});
        for (const auto& [handle, data] : items())
            remove(handle);
    }
    std::string add(const std::string& data) override { return ask({"add", data}).at(1); }
    void edit(const std::string& handle, const std::string& data) override
    {
        const auto there = ask({"read", handle});
        if (there.front() == "done") {
            CHECK(ask({"replace", handle, there.at(1), data}).front() == "done");
            return;
        }
        auto named = data;
        const std::string component(item::component_name(content_.content));
        named.insert(named.find("END:" + (component.empty() ? "VCARD" : component)), "UID:" + handle + "\r\n");
        CHECK(add(named) == handle);
    }
    void remove(const std::string& handle) override
    {
        CHECK(ask({"remove", handle, ask({"find", handle}).at(1)}).front() == "done");
    }
    std::map<std::string, std::string> items() override
    {
        const auto listed = ask({"list"});
        std::map<std::string, std::string> items;
        for (std::size_t i = 1; i + 1 < listed.size(); i += 2)
            items[listed[i]] = ask({"read", listed[i]}).at(2);
        return items;
    }

private:
    Frame ask(const Frame& request) const
    {
        evolution::send(users_.socket(), request);
        const auto answer = evolution::receive(users_.socket(), std::chrono::minutes(1)).value();
        INFO(request.front() << ": " << answer.back());
        REQUIRE((answer.front() == "done" || answer.front() == "none"));
        return answer;
    }
    void on_open() override { kind = storage::Directories(*items_db).kind_of(content_.items, "eds:" + uid_); }
    std::unique_ptr<datastore::Datastore> make(datastore::Embedded::Setup setup) override
    {
        auto source =
            std::make_unique<evolution::Source>(base::Descriptor(::fcntl(sessions_.socket(), F_DUPFD_CLOEXEC, 0)),
                                                evolution::Source::Setup{.uid = uid_, .lock = directory / ""});
        mirror_.emplace(*items_db, kind, std::move(source), setup.profile, setup.policy);
        return std::make_unique<datastore::Mirrored>(*mirror_, *items_db, *state, std::move(setup));
    }

    std::string uid_;
    Program users_{name(), uid_}, sessions_{name(), uid_};
    std::optional<datastore::Mirror> mirror_;
};

} // namespace

std::unique_ptr<Keeper> any_keeper()
{
    return std::make_unique<DesktopKeeper>(kinds::all()[GENERATE(range(std::size_t{0}, std::size_t{4}))]);
}
