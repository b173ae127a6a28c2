#include "client_impl.hpp"
#include "message.hpp"

#include "org.syncd1.Store.proxy.hpp"

#include <syncd/store.hpp>

#include <utility>

namespace syncd {
namespace {

const std::string store_interface = org::syncd1::Store_proxy::INTERFACE_NAME;

std::string path_of(SyncServiceType type)
{
    switch (type) {
    case SyncServiceType::Contact: return manager_path + "/store/contact";
    case SyncServiceType::Event: return manager_path + "/store/event";
    case SyncServiceType::Task: return manager_path + "/store/task";
    case SyncServiceType::Note: return manager_path + "/store/note";
    case SyncServiceType::Unknown: break;
    }
    throw Error("org.syncd1.Error.InvalidValue", "there is no store for this service type");
}

void append_nothing(sdbus::MethodCall& /*message*/) {}

Reply<std::uint32_t> without_value(Done done)
{
    return [done = std::move(done)](std::optional<Error> error, std::uint32_t) { done(std::move(error)); };
}

} // namespace

/// One object of org.syncd1.Store, its calls and its signal.
class Store::Impl final : public sdbus::ProxyInterfaces<org::syncd1::Store_proxy> {
public:
    Impl(std::shared_ptr<Client::Impl> client, std::string path)
        : ProxyInterfaces(client->connection.bus(), service_name, path), client_(std::move(client)),
          path_(std::move(path))
    {
        registerProxy();
    }
    ~Impl() { unregisterProxy(); }

    Connection& connection() noexcept { return client_->connection; }

    template <class T, class Write>
    Call<T> create(const std::string& method, Write write, std::function<T(sdbus::MethodReply&)> parse,
                   Wait wait = Wait::Briefly)
    {
        return connection().create<T>(path_, store_interface, method, std::move(write), std::move(parse), wait);
    }

    Call<std::vector<StoreItem>> list()
    {
        return create<std::vector<StoreItem>>("List", append_nothing, [](sdbus::MethodReply& reply) {
            std::vector<StoreItem> items;
            for (auto& item : parse_value<std::vector<sdbus::Struct<std::string, std::uint64_t>>>(reply))
                items.push_back({.id = std::move(std::get<0>(item)), .revision = std::get<1>(item)});
            return items;
        });
    }

    Call<std::string> get(const std::string& id)
    {
        return create<std::string>(
            "Get", [&](sdbus::MethodCall& message) { append_text(message, id, "an item's id"); },
            parse_value<std::string>);
    }

    Call<std::string> put(const std::string& id, const std::string& data)
    {
        return create<std::string>(
            "Put",
            [&](sdbus::MethodCall& message) {
                append_text(message, id, "an item's id");
                append_text(message, data, "an item");
            },
            parse_value<std::string>);
    }

    Call<void> remove(const std::string& id)
    {
        return create<void>(
            "Delete", [&](sdbus::MethodCall& message) { append_text(message, id, "an item's id"); }, parse_nothing);
    }

    /// Import and Export; `id`: of the one item that it is about.
    Call<std::uint32_t> stream(const std::string& method, int fd, const std::string* id = nullptr)
    {
        return create<std::uint32_t>(
            method,
            [&](sdbus::MethodCall& message) {
                message << sdbus::UnixFd(fd);
                append_dictionary(message, [&](Dictionary& options) {
                    if (id != nullptr)
                        options.add("Id", *id);
                });
            },
            parse_value<std::uint32_t>, Wait::UntilAnswer);
    }

    Call<std::uint32_t> count()
    {
        return create<std::uint32_t>("GetCount", append_nothing, parse_value<std::uint32_t>);
    }

    void on_changed(std::function<void(const StoreChanges&)> changed)
    {
        connection().subscribe();
        changed_ = std::move(changed);
    }

private:
    void onChanged(const std::vector<std::string>& added, const std::vector<std::string>& updated,
                   const std::vector<std::string>& removed) override
    {
        connection().handle_signal(getProxy(), [&] {
            if (const auto changed = changed_) // a copy: it may replace itself
                changed({.added = added, .updated = updated, .removed = removed});
        });
    }

    std::shared_ptr<Client::Impl> client_;
    std::string path_;
    std::function<void(const StoreChanges&)> changed_;
};

Store::Store(Client& client, SyncServiceType type)
    : impl_(Connection::translate([&] { return std::make_unique<Impl>(client.impl_, path_of(type)); }))
{
}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

std::vector<StoreItem> Store::list()
{
    return impl_->connection().run(impl_->list());
}

void Store::list(Reply<std::vector<StoreItem>> done)
{
    impl_->connection().send(impl_->list(), std::move(done));
}

std::string Store::get(const std::string& id)
{
    return impl_->connection().run(impl_->get(id));
}

void Store::get(const std::string& id, Reply<std::string> done)
{
    impl_->connection().send(impl_->get(id), std::move(done));
}

std::string Store::put(const std::string& id, const std::string& data)
{
    return impl_->connection().run(impl_->put(id, data));
}

void Store::put(const std::string& id, const std::string& data, Reply<std::string> done)
{
    impl_->connection().send(impl_->put(id, data), std::move(done));
}

void Store::remove(const std::string& id)
{
    impl_->connection().run(impl_->remove(id));
}

void Store::remove(const std::string& id, Done done)
{
    impl_->connection().send(impl_->remove(id), std::move(done));
}

std::uint32_t Store::import_from(int fd)
{
    return impl_->connection().run(impl_->stream("Import", fd));
}

void Store::import_from(int fd, Reply<std::uint32_t> done)
{
    impl_->connection().send(impl_->stream("Import", fd), std::move(done));
}

std::uint32_t Store::export_to(int fd)
{
    return impl_->connection().run(impl_->stream("Export", fd));
}

void Store::export_to(int fd, Reply<std::uint32_t> done)
{
    impl_->connection().send(impl_->stream("Export", fd), std::move(done));
}

void Store::import_item(const std::string& id, int fd)
{
    impl_->connection().run(impl_->stream("Import", fd, &id));
}

void Store::import_item(const std::string& id, int fd, Done done)
{
    impl_->connection().send(impl_->stream("Import", fd, &id), without_value(std::move(done)));
}

void Store::export_item(const std::string& id, int fd)
{
    impl_->connection().run(impl_->stream("Export", fd, &id));
}

void Store::export_item(const std::string& id, int fd, Done done)
{
    impl_->connection().send(impl_->stream("Export", fd, &id), without_value(std::move(done)));
}

std::uint32_t Store::count()
{
    return impl_->connection().run(impl_->count());
}

void Store::count(Reply<std::uint32_t> done)
{
    impl_->connection().send(impl_->count(), std::move(done));
}

void Store::on_changed(std::function<void(const StoreChanges& changes)> changed)
{
    impl_->on_changed(std::move(changed));
}

} // namespace syncd
