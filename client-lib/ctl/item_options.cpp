#include "item_options.hpp"

#include "option_checks.hpp"

namespace ctl {

void ItemOptions::declare(Command& command)
{
    command.required_option("--service", "SERVICE", service, "Which items: " + all_words<syncd::SyncServiceType>(),
                            check_word<syncd::SyncServiceType>);
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
