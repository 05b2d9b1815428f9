// Tries what the sandbox forbids, each thing in a child process of its own, and says what became of it.

#define _GNU_SOURCE
#include "csandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// What the attempts are made at: all of it is there and permitted before the sandbox closes, so that an error is the
// sandbox's and not that of a thing that does not exist.
static struct {
    char file[64];
    int pipe_input;
} scene;

// Each answers 0 or more where the call went through.
static long read_a_file(void) { return open(scene.file, O_RDONLY); }
static long write_a_file(void) { return open(scene.file, O_WRONLY); }
static long remove_a_file(void) { return unlink(scene.file); }
static long list_a_folder(void) { return open("/", O_RDONLY | O_DIRECTORY); }
static long ask_about_a_file(void) {
    struct stat status;
    return stat(scene.file, &status);
}
static long use_the_network(void) { return socket(AF_INET, SOCK_STREAM, 0); }
static long use_a_local_socket(void) { return socket(AF_UNIX, SOCK_STREAM, 0); }
static long start_a_program(void) {
    char *const nothing[] = {NULL};
    return execve("/bin/true", nothing, nothing);
}
static long start_a_process(void) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    return child;
}
static long signal_another_process(void) { return kill(getppid(), 0); }
static long read_standard_input(void) {
    char byte;
    return read(0, &byte, 1);
}
static long write_to_another_descriptor(void) { return write(scene.pipe_input, "x", 1); }
static long map_code(void) {
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}
static long make_memory_code(void) {
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : mprotect(p, 4096, PROT_READ | PROT_EXEC);
}
static long take_more_memory(void) {
    void *p = mmap(NULL, (size_t)1 << 40, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}

static const struct {
    const char *name;
    long (*make)(void);
} attempts[] = {
    {"read a file", read_a_file},
    {"write a file", write_a_file},
    {"remove a file", remove_a_file},
    {"list a folder", list_a_folder},
    {"ask about a file", ask_about_a_file},
    {"use the network", use_the_network},
    {"use a local socket", use_a_local_socket},
    {"start a program", start_a_program},
    {"start a process", start_a_process},
    {"signal another process", signal_another_process},
    {"read standard input", read_standard_input},
    {"write to another descriptor", write_to_another_descriptor},
    {"map memory as code", map_code},
    {"turn memory into code", make_memory_code},
    {"take more memory than the limit", take_more_memory},
};

const char *csandbox_attempt_name(int number) {
    const int count = (int)(sizeof attempts / sizeof *attempts);
    return number >= 0 && number < count ? attempts[number].name : NULL;
}

// A file of our own that can be read, written and removed.
static int make_file(void) {
    strcpy(scene.file, "/tmp/adze-h5worker-XXXXXX");
    const int descriptor = mkstemp(scene.file);
    if (descriptor < 0) return -1;
    const ssize_t wrote = write(descriptor, "x", 1);
    if (close(descriptor) == 0 && wrote == 1) return 0;
    unlink(scene.file);
    return -1;
}

// Standard input is a pipe with a byte in it; the pipe's other end is open for more.
static int make_pipe(void) {
    int ends[2];
    if (pipe(ends) || dup2(ends[0], 0) < 0) return -1;
    scene.pipe_input = ends[1];
    return write(ends[1], "x", 1) == 1 ? 0 : -1;
}

static void try_in_the_sandbox(int number) {
    if (make_pipe() || csandbox_enter((uint64_t)1 << 30, 5) == CSANDBOX_FAILED) _exit(CSANDBOX_NOT_TRIED);
    _exit(attempts[number].make() < 0 ? CSANDBOX_REFUSED : CSANDBOX_WENT_THROUGH);
}

enum csandbox_attempt_outcome csandbox_attempt(int number) {
    if (!csandbox_attempt_name(number) || make_file()) return CSANDBOX_NOT_TRIED;
    const pid_t child = fork();
    if (child == 0) try_in_the_sandbox(number);
    int status = 0;
    pid_t ended = child;
    while (child > 0 && (ended = waitpid(child, &status, 0)) < 0 && errno == EINTR) {
    }
    unlink(scene.file);
    if (ended < 0) return CSANDBOX_NOT_TRIED;
    if (WIFSIGNALED(status)) return WTERMSIG(status) == SIGSYS ? CSANDBOX_KILLED : CSANDBOX_NOT_TRIED;
    // A program that was started ends with 0, which is no outcome of ours: it went through.
    const int code = WEXITSTATUS(status);
    return code == CSANDBOX_REFUSED || code == CSANDBOX_NOT_TRIED ? (enum csandbox_attempt_outcome)code
                                                                  : CSANDBOX_WENT_THROUGH;
}
