#include "bus/transfer.hpp"

#include "base/log.hpp"

#include <fmt/format.h>
#include <systemd/sd-event.h>

#include <array>
#include <system_error>
#include <utility>

namespace bus {
namespace {

using base::Errc;

void check(int result, const char* what)
{
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), what);
}

std::uint64_t microseconds(std::chrono::microseconds time)
{
    return static_cast<std::uint64_t>(time.count());
}

} // namespace

void Transfer::Unref::operator()(sd_event_source* source) const noexcept
{
    sd_event_source_disable_unref(source);
}

Transfer::Transfer(sd_event* loop, ForeignFd fd, std::chrono::milliseconds patience, Done done)
    : fd_(std::move(fd)), patience_(patience), done_(std::move(done))
{
    sd_event_source* source = nullptr;
    check(sd_event_add_time_relative(loop, &source, CLOCK_MONOTONIC, microseconds(patience), 0, &Transfer::on_silence,
                                     this),
          "sd_event_add_time_relative");
    silence_.reset(source);
}

Transfer::~Transfer() = default;

std::unique_ptr<Transfer> Transfer::read(sd_event* loop, ForeignFd fd, std::chrono::milliseconds patience,
                                         std::size_t limit, Take take, Done done)
{
    std::unique_ptr<Transfer> transfer(new Transfer(loop, std::move(fd), patience, std::move(done)));
    transfer->take_ = std::move(take);
    transfer->left_ = limit;
    transfer->listen(loop);
    return transfer;
}

std::unique_ptr<Transfer> Transfer::write(sd_event* loop, ForeignFd fd, std::chrono::milliseconds patience, Give give,
                                          Done done)
{
    std::unique_ptr<Transfer> transfer(new Transfer(loop, std::move(fd), patience, std::move(done)));
    transfer->give_ = std::move(give);
    transfer->listen(loop);
    return transfer;
}

void Transfer::listen(sd_event* loop)
{
    sd_event_source* source = nullptr;
    check(sd_event_add_io(loop, &source, fd_.watched(), fd_.wanted_events(), &Transfer::on_ready, this),
          "sd_event_add_io");
    ready_.reset(source);
    // After calls and signals: a large file is in no hurry.
    check(sd_event_source_set_priority(source, SD_EVENT_PRIORITY_IDLE), "sd_event_source_set_priority");
}

int Transfer::on_ready(sd_event_source*, int, unsigned, void* self) noexcept
{
    static_cast<Transfer*>(self)->turn();
    return 0;
}

int Transfer::on_silence(sd_event_source*, std::uint64_t, void* self_) noexcept
{
    auto& self = *static_cast<Transfer*>(self_);
    self.end(
        base::fail(Errc::Failed, fmt::format("the file descriptor did not move for {} ms", self.patience_.count())));
    return 0;
}

void Transfer::turn() noexcept
{
    try {
        check(sd_event_source_set_time_relative(silence_.get(), microseconds(patience_)),
              "sd_event_source_set_time_relative");
        const auto over = move();
        if (!over)
            end(tl::unexpected(over.error()));
        else if (*over)
            end({});
        else
            check(sd_event_source_set_io_events(ready_.get(), fd_.wanted_events()), "sd_event_source_set_io_events");
    } catch (const std::exception& error) {
        end(base::fail(Errc::Failed, error.what()));
    }
}

base::Result<bool> Transfer::move()
{
    return take_ ? move_in() : move_out();
}

base::Result<bool> Transfer::move_in()
{
    std::array<char, 64 * 1024> buffer;
    const auto count = fd_.read_some(buffer);
    if (!count)
        return tl::unexpected(count.error());
    if (!*count)
        return false;
    if (**count > left_)
        return base::fail(Errc::InvalidValue, "the stream is too long");
    left_ -= **count;
    if (**count == 0)
        return true;
    if (const auto taken = take_({buffer.data(), **count}); !taken)
        return tl::unexpected(taken.error());
    return false;
}

base::Result<bool> Transfer::move_out()
{
    if (out_.empty() && !given_all_) {
        const auto given = give_();
        if (!given)
            return tl::unexpected(given.error());
        out_ = *given;
        given_all_ = out_.empty();
    }
    if (given_all_)
        return fd_.finish();
    const auto count = fd_.write_some(out_);
    if (!count)
        return tl::unexpected(count.error());
    out_.remove_prefix(count->value_or(0));
    return false;
}

void Transfer::end(base::Result<void> result) noexcept
{
    ready_.reset();
    silence_.reset();
    try {
        const auto done = std::move(done_); // `done` may destroy this
        done(std::move(result));
    } catch (const std::exception& error) {
        spdlog::error("the end of a transfer was not told: {}", error.what());
    }
}

} // namespace bus
