#include "commands.hpp"
#include "item_name.hpp"
#include "item_options.hpp"
#include "table.hpp"
#include "words.hpp"

#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

#include <poll.h>

namespace ctl {
namespace {

struct Options {
    ItemOptions items;
    bool ids_only = false;
};

/// Reads the names of all items, several calls at once: what costs is the way there and back.
class NameReader {
public:
    NameReader(syncd::Client& client, syncd::Store& store, const std::vector<syncd::StoreItem>& items)
        : client_(client), store_(store), items_(items), names_(items.size())
    {
    }

    /// One per item; nothing for an item that was deleted meanwhile.
    std::vector<std::optional<std::string>> read()
    {
        // The bus lets a connection wait for some hundred answers, not for thousands.
        constexpr std::size_t at_once = 32;
        while (answered_ < items_.size()) {
            while (asked_ < items_.size() && asked_ - answered_ < at_once)
                ask();
            // Here at least one answer is due; after process() perhaps none.
            pollfd ready{client_.fd(), POLLIN, 0};
            if (poll(&ready, 1, -1) < 0 && errno != EINTR)
                throw std::system_error(errno, std::generic_category(), "poll");
            client_.process();
            if (error_)
                throw *error_;
        }
        return std::move(names_);
    }

private:
    void ask()
    {
        store_.get(items_[asked_].id,
                   [this, place = asked_](std::optional<syncd::Error> error, const std::string& data) {
                       ++answered_;
                       if (!error)
                           names_[place] = item_name(data);
                       else if (error->name() == is_too_large_for_a_message)
                           names_[place] = "(larger than 8 MiB)";
                       else if (error->kind() != syncd::ErrorKind::NotFound)
                           error_ = std::move(error);
                   });
        ++asked_;
    }

    syncd::Client& client_;
    syncd::Store& store_;
    const std::vector<syncd::StoreItem>& items_;
    std::vector<std::optional<std::string>> names_;
    std::optional<syncd::Error> error_;
    std::size_t asked_ = 0;
    std::size_t answered_ = 0;
};

ExitStatus list_ids(Context& context, const std::vector<syncd::StoreItem>& items)
{
    Json list = Json::array();
    std::string text;
    for (const syncd::StoreItem& item : items) {
        list.push_back({{"id", item.id}, {"revision", item.revision}});
        text += item.id + "\n";
    }
    context.print(list, text);
    return ExitStatus::Ok;
}

ExitStatus run(Context& context, const Options& options)
{
    syncd::Store store = options.items.open(context);
    const auto items = store.list();
    if (options.ids_only)
        return list_ids(context, items);
    const auto names = NameReader(context.client, store, items).read();
    Json list = Json::array();
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < items.size(); ++i) {
        if (!names[i])
            continue;
        list.push_back({{"id", items[i].id}, {"revision", items[i].revision}, {"name", *names[i]}});
        rows.push_back({items[i].id, std::to_string(items[i].revision), *names[i]});
    }
    context.print(list, rows.empty() ? "There are no " + word(options.items.type()) + "s.\n"
                                     : join(table({{"ID"}, {"REVISION", Align::Right}, {"NAME"}}, rows)));
    return ExitStatus::Ok;
}

} // namespace

void declare_item_list(Command parent)
{
    auto options = std::make_shared<Options>();
    Command command = parent.subcommand("list", "List items");
    options->items.declare(command);
    command.flag("--ids", options->ids_only, "Only their ids, which is much faster for many");
    command.does([options](Context& context) { return run(context, *options); });
}

} // namespace ctl
