// Memory for the operands of one kernel after another, each between two pages that may not be touched and flush with one
// of them. A kernel that touches more than its operands ends the program with a line that names kernel and operand. The
// same as GuardedPages in AdzeBytes, for programs that run where Swift does not.
#pragma once

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct {
    const char *name;
    unsigned char *mapping, *first;
    size_t size, room, page;
} operand;

static operand operands[32];
static size_t operand_count;
// Whether operands end at the page behind them; else they begin at the page before them.
static int flush_end;
// What runs now, for the line that tells of a fault.
static const char *kernel_name = "none";
static char kernel_shape[64];

#define SLACK_MARK 0xFF

// Async-signal-safe enough for a program that ends here: nothing else prints meanwhile.
static void tell(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    const unsigned char *place = info->si_addr;
    char line[256];
    int length = snprintf(line, sizeof line, "%s (%s) touched %p, near no operand\n", kernel_name, kernel_shape, info->si_addr);
    for (size_t i = 0; i < operand_count; i++) {
        const operand *o = operands + i;
        if (place < o->mapping || place >= o->mapping + o->room + 2 * o->page) continue;
        const int before = place < o->first;
        length = snprintf(line, sizeof line, "%s (%s) touched byte %td %s %s of %zu bytes\n", kernel_name, kernel_shape,
                          before ? o->first - place : place - (o->first + o->size) + 1, before ? "before" : "behind",
                          o->name, o->size);
    }
    if (write(2, line, (size_t)length) < 0) _exit(3);
    _exit(2);
}

static void watch_faults(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = tell;
    action.sa_flags = SA_SIGINFO;
    sigaction(SIGSEGV, &action, 0);
    sigaction(SIGBUS, &action, 0);
}

// `size` bytes, aligned as their elements have to be if their number is a multiple of an element's.
static void *guarded(const char *name, size_t size) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (size + page - 1) / page * page;
    unsigned char *mapping = mmap(0, room + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (operand_count == sizeof operands / sizeof *operands || mapping == MAP_FAILED ||
        (room && mprotect(mapping + page, room, PROT_READ | PROT_WRITE))) {
        fprintf(stderr, "no memory for %s\n", name);
        exit(3);
    }
    unsigned char *first = mapping + page + (flush_end ? room - size : 0);
    memset(mapping + page, SLACK_MARK, room);
    operands[operand_count++] = (operand){name, mapping, first, size, room, page};
    return first;
}

// Gives all operands back, and ends the program where the slack at the other end of one was written to.
static void release_operands(void) {
    for (size_t i = 0; i < operand_count; i++) {
        const operand *o = operands + i;
        for (unsigned char *p = o->mapping + o->page; p < o->mapping + o->page + o->room; p++)
            if ((p < o->first || p >= o->first + o->size) && *p != SLACK_MARK) {
                fprintf(stderr, "%s (%s) wrote beyond %s of %zu bytes\n", kernel_name, kernel_shape, o->name, o->size);
                exit(2);
            }
        munmap(o->mapping, o->room + 2 * o->page);
    }
    operand_count = 0;
}
