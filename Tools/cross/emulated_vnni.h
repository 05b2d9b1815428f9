// Runs vpdpbusd and vpdpwssd of AVX-VNNI where the processor has AVX2 but not these, and no emulator of Debian's knows
// them: the system reports each as illegal, and it is computed from the saved registers by its definition in Intel's manual,
// volume 2. That adds four products of an unsigned with a signed byte to 32 bits, this two of 16 bits, which compilers make
// of vpmaddwd and vpaddd. A thousand times slower. Not here: any other instruction; one ends the program.
#pragma once

#if defined(__x86_64__) && defined(__linux__)

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

// The general register with a number of the encoding.
static uint64_t vnni_general(const ucontext_t *context, int number) {
    static const int places[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
                                   REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};
    return (uint64_t)context->uc_mcontext.gregs[places[number]];
}

// The halves of a vector register: the lower in the legacy area, the upper where XSAVE's standard format has AVX's.
static void vnni_halves(const ucontext_t *context, int number, void **low, void **high) {
    char *area = (char *)context->uc_mcontext.fpregs;
    *low = area + 160 + 16 * number;
    *high = area + 576 + 16 * number;
}

static int32_t vnni_signed(const uint8_t *bytes, int count) {
    int32_t value = 0;
    memcpy(&value, bytes, (size_t)count);
    return count == 1 ? (int8_t)value : value;
}

// The address that ModRM and what follows it name; `end` becomes the place behind them.
static const void *vnni_address(const ucontext_t *context, const uint8_t *modrm, int high_index, int high_base,
                                const uint8_t **end) {
    const int mode = *modrm >> 6, rm = *modrm & 7;
    const uint8_t *next = modrm + 1;
    uint64_t address = 0;
    int base = rm + 8 * high_base, has_base = 1;
    if (rm == 4) {
        const int scale = *next >> 6, index = (*next >> 3 & 7) + 8 * high_index;
        base = (*next & 7) + 8 * high_base;
        has_base = mode != 0 || (*next & 7) != 5;
        next++;
        if (index != 4) address += vnni_general(context, index) << scale;
    } else if (mode == 0 && rm == 5) {
        // Relative to the next instruction.
        *end = next + 4;
        return (const char *)*end + vnni_signed(next, 4);
    }
    if (has_base) address += vnni_general(context, base);
    const int size = mode == 1 ? 1 : mode == 2 || !has_base ? 4 : 0;
    if (size) address += (uint64_t)(int64_t)vnni_signed(next, size);
    *end = next + size;
    return (const void *)(uintptr_t)address;
}

// 16 bytes of a step; `words` tells vpdpwssd.
static void vnni_dot(void *sums, const void *left, const void *right, int words) {
    int32_t lanes[4];
    memcpy(lanes, sums, 16);
    for (int i = 0; i < 16; i++)
        if (!words) lanes[i / 4] += (int32_t)((const uint8_t *)left)[i] * (int32_t)((const int8_t *)right)[i];
        else if (i < 8) lanes[i / 2] += (int32_t)((const int16_t *)left)[i] * (int32_t)((const int16_t *)right)[i];
    memcpy(sums, lanes, 16);
}

static void vnni_step(int signal_number, siginfo_t *info, void *frame) {
    (void)info;
    ucontext_t *context = frame;
    const uint8_t *code = (const uint8_t *)(uintptr_t)context->uc_mcontext.gregs[REG_RIP];
    // Three bytes of VEX: map 0F38, W 0, prefix 66, 256 bits; then the opcode.
    if (code[0] != 0xC4 || (code[1] & 31) != 2 || (code[2] & 0x87) != 5 || (code[3] != 0x50 && code[3] != 0x52)) {
        static const char message[] = "an illegal instruction that is not AVX-VNNI's\n";
        if (write(2, message, sizeof message - 1) < 0) _exit(1);
        signal(signal_number, SIG_DFL);
        return;
    }
    const uint8_t *modrm = code + 4, *end = modrm + 1;
    void *sums[2], *left[2], *right[2];
    vnni_halves(context, (*modrm >> 3 & 7) + (code[1] & 0x80 ? 0 : 8), &sums[0], &sums[1]);
    vnni_halves(context, ~code[2] >> 3 & 15, &left[0], &left[1]);
    const int high_index = !(code[1] & 0x40), high_base = !(code[1] & 0x20);
    _Alignas(32) uint8_t operand[32];
    if (*modrm >> 6 == 3) {
        vnni_halves(context, (*modrm & 7) + 8 * high_base, &right[0], &right[1]);
        memcpy(operand, right[0], 16), memcpy(operand + 16, right[1], 16);
    } else {
        memcpy(operand, vnni_address(context, modrm, high_index, high_base, &end), 32);
    }
    for (int half = 0; half < 2; half++) vnni_dot(sums[half], left[half], operand + 16 * half, code[3] == 0x52);
    // The upper halves count from now on, if they did not yet.
    uint64_t *state = (uint64_t *)(void *)((char *)context->uc_mcontext.fpregs + 512);
    *state |= 4;
    context->uc_mcontext.gregs[REG_RIP] = (long long)(uintptr_t)end;
}

// Returns 0 where this system has no such emulation.
static int emulate_vnni(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = vnni_step;
    action.sa_flags = SA_SIGINFO;
    return sigaction(SIGILL, &action, 0) == 0;
}

#else

static int emulate_vnni(void) { return 0; }

#endif
