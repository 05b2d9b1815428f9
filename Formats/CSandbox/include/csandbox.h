// Gives up what a process will not need: resource limits, no new privileges, and a filter of system calls. For a
// program that has read its input and will only compute and write to standard output. One way: nothing is given back.

#pragma once

#include <stdint.h>

/// How `csandbox_enter` ended.
enum csandbox_outcome {
    /// Limits and filter hold.
    CSANDBOX_FULL = 0,
    /// Limits hold; the kernel refuses the filter, or is none that we have one for. `errno` says why.
    CSANDBOX_LIMITS_ONLY = 1,
    /// Not even the limits hold: the caller must end. `errno` says why.
    CSANDBOX_FAILED = 2,
};

/// Enters the sandbox: at most so much address space and processor time, no files, no core, no new descriptors; then
/// only memory, clocks, and writes to descriptors 1 and 2.
enum csandbox_outcome csandbox_enter(uint64_t address_space, uint64_t cpu_seconds);

/// Lets go of what was inherited: the environment, handlers of crashes, every descriptor from 3 up, and life beyond the
/// parent's.
void csandbox_detach(void);

/// What became of an attempt at something forbidden.
enum csandbox_attempt_outcome {
    /// The filter ended the process that tried.
    CSANDBOX_KILLED = 0,
    /// The call returned an error.
    CSANDBOX_REFUSED = 1,
    /// The call went through: the sandbox does not hold.
    CSANDBOX_WENT_THROUGH = 2,
    /// The attempt could not be made.
    CSANDBOX_NOT_TRIED = 3,
};

/// What attempt `number` tries, from 0; null past the last.
const char *csandbox_attempt_name(int number);

/// Makes an attempt in a child process that has entered the sandbox.
enum csandbox_attempt_outcome csandbox_attempt(int number);
