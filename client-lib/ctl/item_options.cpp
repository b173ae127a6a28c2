#include "item_options.hpp"

#include "option_checks.hpp"

#include <CLI/CLI.hpp>

namespace ctl {

void ItemOptions::declare(CLI::App& command)
{
    command.add_option("--service", service, "Which items: " + all_words<syncd::SyncServiceType>())
        ->required()
        ->option_text("SERVICE")
        ->check(check_word<syncd::SyncServiceType>);
}

syncd::SyncServiceType ItemOptions::type() const
{
    return *parse_word<syncd::SyncServiceType>(service);
}

syncd::Store ItemOptions::open(Context& context) const
{
    return syncd::Store(context.client, type());
}

std::string ItemOptions::count_text(std::size_t count) const
{
    return std::to_string(count) + " " + word(type()) + (count == 1 ? "" : "s");
}

} // namespace ctl
