#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace evolution {

/// What a worker and its keeper say to each other about the one source for which the keeper was started: texts in a
/// row, the first of them a word that says what they are.
///
/// | a worker says | and hears |
/// |---|---|
/// | open | done MARK |
/// | list | done, and of each item UID and stamp |
/// | find UID | done STAMP |
/// | read UID | done STAMP TEXT |
/// | add TEXT | done UID STAMP TEXT |
/// | replace UID STAMP TEXT | done STAMP TEXT |
/// | remove UID STAMP | done |
///
/// Instead of `done`: `none`, there is no such item, or it has another stamp; `refused` WHY, for this item alone;
/// `failed` WHY.
using Frame = std::vector<std::string>;

/// Whether it is of a size that is sent.
bool fits(const Frame& frame);
/// Throws std::system_error when the other one is gone, or does not take it.
void send(int socket, const Frame& frame);
/// Nothing when the other one has closed its end. Throws std::system_error when nothing comes for so long, or no frame.
std::optional<Frame> receive(int socket, std::chrono::milliseconds patience);

} // namespace evolution
