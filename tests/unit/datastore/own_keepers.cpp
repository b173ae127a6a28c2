// The stores that need nobody else, for the contract of all.
#include "files.hpp"
#include "store_contract.hpp"

#include <catch2/catch.hpp>

#include <optional>

namespace {

class EmbeddedKeeper : public Keeper {
public:
    explicit EmbeddedKeeper(const kinds::ServiceKind& content) : Keeper(content) { open(); }
    std::string add(const std::string& data) override { return items_db->add(kind, data); }
    void edit(const std::string& handle, const std::string& data) override { items_db->replace(kind, handle, data); }
    void remove(const std::string& handle) override { items_db->remove(kind, handle); }
    std::map<std::string, std::string> items() override
    {
        std::map<std::string, std::string> items;
        items_db->each(kind, [&](const storage::StoredItem& item) { items[item.luid] = item.data; });
        return items;
    }

private:
    std::unique_ptr<datastore::Datastore> make(datastore::Embedded::Setup setup) override
    {
        return std::make_unique<datastore::Embedded>(*items_db, *state, std::move(setup));
    }
};

class FilesKeeper : public Keeper {
public:
    explicit FilesKeeper(const kinds::ServiceKind& content) : Keeper(content) { open(); }
    std::string add(const std::string& data) override
    {
        const auto name = "file" + std::to_string(++added_) + suffix();
        files_.write(name, data);
        return name;
    }
    void edit(const std::string& handle, const std::string& data) override { files_.write(handle, data); }
    void remove(const std::string& handle) override { files_.remove(handle); }
    std::map<std::string, std::string> items() override { return files_.all(); }

private:
    void on_open() override { kind = storage::Directories(*items_db).kind_of(content_.items, files_.path().native()); }
    std::unique_ptr<datastore::Datastore> make(datastore::Embedded::Setup setup) override
    {
        mirror_.emplace(*items_db, kind, files_.open(suffix()), setup.profile, setup.policy);
        return std::make_unique<datastore::Mirrored>(*mirror_, *items_db, *state, std::move(setup));
    }

    std::string suffix() const { return std::string(content_.file_suffix); }

    Files files_{directory / "files"};
    std::optional<datastore::Mirror> mirror_;
    int added_ = 0;
};

} // namespace

std::unique_ptr<Keeper> any_keeper()
{
    const auto& content = kinds::all()[GENERATE(range(std::size_t{0}, std::size_t{4}))];
    if (GENERATE(false, true))
        return std::make_unique<FilesKeeper>(content);
    return std::make_unique<EmbeddedKeeper>(content);
}
