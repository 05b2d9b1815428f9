// The limits and the filter of system calls. Not here: trying whether they hold, which is attempts.c.

#define _GNU_SOURCE
#include "csandbox.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

// The hard limit too: what is given up cannot be taken back.
static int limit(int resource, rlim_t value) {
    const struct rlimit both = {value, value};
    return setrlimit(resource, &both);
}

// SIGXCPU, which says what happened, comes at the soft limit; the hard one is SIGKILL's.
static int limit_cpu(rlim_t seconds) {
    const struct rlimit both = {seconds, seconds + 1};
    return setrlimit(RLIMIT_CPU, &both);
}

static int enter_limits(uint64_t address_space, uint64_t cpu_seconds) {
    return limit(RLIMIT_CORE, 0) || limit(RLIMIT_FSIZE, 0) || limit_cpu((rlim_t)cpu_seconds) ||
           limit(RLIMIT_NOFILE, 0) || limit(RLIMIT_AS, (rlim_t)address_space);
}

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#define FIELD(name) (uint32_t) offsetof(struct seccomp_data, name)
// The low half of an argument; both architectures are little-endian.
#define ARGUMENT(n) (uint32_t)(offsetof(struct seccomp_data, args) + 8 * (n))
#define LOAD(offset) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (offset))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))
#define ALLOW RETURN(SECCOMP_RET_ALLOW)
#define KILL RETURN(SECCOMP_RET_KILL_PROCESS)
// Skips `n` instructions unless the accumulator equals `value`.
#define UNLESS_EQUAL_SKIP(value, n) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, (n))
#define UNLESS_BITS_SKIP(bits, n) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (uint32_t)(bits), 0, (n))
// A call that is always harmless. The accumulator holds the call's number before and after.
#define CALL(name) UNLESS_EQUAL_SKIP(__NR_##name, 1), ALLOW
// A call that always fails, and may be tried.
#define FAIL(name, error) UNLESS_EQUAL_SKIP(__NR_##name, 1), RETURN(SECCOMP_RET_ERRNO | (error))

static int enter_filter(void) {
    struct sock_filter program[] = {
        LOAD(FIELD(arch)), UNLESS_EQUAL_SKIP(ARCHITECTURE, 1), BPF_STMT(BPF_JMP | BPF_JA, 1), KILL,
        // The x32 numbers of x86-64 have a bit of their own and equal none of these.
        LOAD(FIELD(nr)),
        CALL(munmap), CALL(mremap), CALL(brk), CALL(madvise), CALL(futex), CALL(sched_yield), CALL(getrandom),
        CALL(sysinfo), CALL(clock_gettime), CALL(clock_getres), CALL(gettimeofday), CALL(restart_syscall),
#ifdef __NR_time
        CALL(time),
#endif
        // libhdf5 makes sure that no file has the name it was given for a file in memory: none ever has.
        FAIL(openat, ENOENT),
#ifdef __NR_open
        FAIL(open, ENOENT),
#endif
        // What abort() needs, so that the signal of a library's abort is the one that is reported.
        CALL(rt_sigreturn), CALL(rt_sigprocmask), CALL(rt_sigaction), CALL(getpid), CALL(gettid),
        CALL(exit), CALL(exit_group),
        // A signal to this very process.
        UNLESS_EQUAL_SKIP(__NR_tgkill, 4), LOAD(ARGUMENT(0)), UNLESS_EQUAL_SKIP(getpid(), 1), ALLOW, KILL,
        // Standard output and error.
        UNLESS_EQUAL_SKIP(__NR_write, 5), LOAD(ARGUMENT(0)), UNLESS_EQUAL_SKIP(1, 1), ALLOW,
        UNLESS_EQUAL_SKIP(2, 1), ALLOW,
        LOAD(FIELD(nr)),
        UNLESS_EQUAL_SKIP(__NR_writev, 3), LOAD(ARGUMENT(0)), UNLESS_EQUAL_SKIP(2, 1), ALLOW,
        LOAD(FIELD(nr)),
        // Memory of no file, never to be executed.
        UNLESS_EQUAL_SKIP(__NR_mmap, 6), LOAD(ARGUMENT(2)), UNLESS_BITS_SKIP(PROT_EXEC, 1), KILL,
        LOAD(ARGUMENT(3)), UNLESS_BITS_SKIP(MAP_ANONYMOUS, 1), ALLOW,
        LOAD(FIELD(nr)),
        UNLESS_EQUAL_SKIP(__NR_mprotect, 4), LOAD(ARGUMENT(2)), UNLESS_BITS_SKIP(PROT_EXEC, 1), KILL, ALLOW,
        KILL,
    };
    const struct sock_fprog filter = {sizeof program / sizeof *program, program};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

#else

static int enter_filter(void) {
    errno = ENOSYS;
    return -1;
}

#endif

enum csandbox_outcome csandbox_enter(uint64_t address_space, uint64_t cpu_seconds) {
    if (enter_limits(address_space, cpu_seconds)) return CSANDBOX_FAILED;
#if defined(__linux__)
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return CSANDBOX_FAILED;
#endif
    return enter_filter() ? CSANDBOX_LIMITS_ONLY : CSANDBOX_FULL;
}

extern char **environ;

void csandbox_detach(void) {
    static char *nothing[] = {NULL};
    environ = nothing;
    // A crash shall be the signal that it is: Swift's runtime may have been told to explain it first.
    const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT, SIGXCPU};
    for (unsigned i = 0; i < sizeof crashes / sizeof *crashes; i++) signal(crashes[i], SIG_DFL);
    // A message to a file must fail, not end the process before its exit code.
    signal(SIGXFSZ, SIG_IGN);
#if defined(__linux__)
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#if defined(__NR_close_range)
    if (syscall(__NR_close_range, 3u, ~0u, 0u) == 0) return;
#endif
#endif
    for (int descriptor = 3; descriptor < 1024; descriptor++) close(descriptor);
}
