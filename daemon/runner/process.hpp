#pragma once

namespace runner {

/// How `syncd-session` ends. The broker goes by the Result; these are for whoever looks at the process.
enum class ExitStatus : int {
    Completed = 0, ///< every service ended well
    Failed = 1,
    Stopped = 2,
    BadPlan = 3,  ///< no plan came, or none that this program understands
    BadUsage = 4, ///< options that it does not know
};

/// The whole life of a worker: reads its order from `channel`, shuts itself in, carries
/// it out, and writes Started, Progress … or the Verdict, and the Result to `channel`. A session that is to be written
/// down goes to the descriptor behind that.
ExitStatus run_process(int channel) noexcept;

} // namespace runner
