#include "base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <cstdlib>
#include <memory>
#include <string>

namespace base {
namespace {

/// `%*` in the pattern: the sd-daemon(3) priority of the entry's level.
class PriorityFlag : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& entry, const std::tm&, spdlog::memory_buf_t& out) override
    {
        // trace, debug, info, warn, err, critical, off
        static constexpr std::string_view priorities[] = {"<7>", "<7>", "<6>", "<4>", "<3>", "<2>", "<2>"};
        const auto text = priorities[static_cast<std::size_t>(entry.level)];
        out.append(text.data(), text.data() + text.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<PriorityFlag>(); }
};

} // namespace

void start_log(std::string_view program, std::string_view level)
{
    auto logger =
        std::make_shared<spdlog::logger>(std::string(program), std::make_shared<spdlog::sinks::stderr_sink_st>());
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
    formatter->add_flag<PriorityFlag>('*').set_pattern(journal ? "%*%v" : "%H:%M:%S.%e %n[%P] %l: %v");
    logger->set_formatter(std::move(formatter));
    const auto parsed = spdlog::level::from_str(std::string(level));
    logger->set_level(parsed == spdlog::level::off && level != "off" ? spdlog::level::info : parsed);
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));
}

} // namespace base
