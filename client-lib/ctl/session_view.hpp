#pragma once

#include "progress.hpp"

#include <string>

namespace ctl {

/// Shows a running sync on standard output: bars on a terminal, lines elsewhere, nothing
/// where a document is wanted.
class SessionView {
public:
    enum class Kind { Bars, Lines, Silent };

    explicit SessionView(Kind kind) : kind_(kind) {}
    /// What fits where standard output goes.
    static Kind choose(bool json);

    void show(const Progress& progress);
    /// A word to the person who waits; on standard error unless bars are shown.
    void note(const std::string& text);
    /// The terminal has another size.
    void resize();

private:
    void draw();

    Kind kind_;
    ProgressBoard board_;
    std::string note_;
    LiveLines live_;
    ProgressLog log_;
};

} // namespace ctl
