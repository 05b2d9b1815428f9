// Which instruction sets this processor has, and the row of the table for each. No kernel stands here.

#include "ckernels.h"
#include "tables.h"

#if defined(__x86_64__)

#include <cpuid.h>

// __builtin_cpu_supports knows this set in some compilers only. The state it needs is AVX2's.
static int has_avx_vnni(void) {
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & 1u << 4);
}

#elif defined(__aarch64__) && defined(__linux__)

#include <sys/auxv.h>

static int has_dot_product(void) { return (getauxval(AT_HWCAP) & 1ul << 20) != 0; }

static int has_matrix_product(void) { return (getauxval(AT_HWCAP2) & 1ul << 13) != 0; }

#elif defined(__APPLE__) && defined(__aarch64__)

#include <sys/sysctl.h>

// Every Apple processor since the A11 has it.
static int has_dot_product(void) { return 1; }

// Those since the A15 and the M2 do.
static int has_matrix_product(void) {
    int value = 0;
    size_t size = sizeof value;
    return !sysctlbyname("hw.optional.arm.FEAT_I8MM", &value, &size, 0, 0) && value;
}

#elif defined(__aarch64__)

static int has_dot_product(void) { return 0; }

static int has_matrix_product(void) { return 0; }

#endif

int ck_supports(ck_isa isa) {
    switch (isa) {
    case CK_SCALAR: return 1;
#if defined(__x86_64__)
    case CK_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CK_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    case CK_AVX2VNNI: return ck_supports(CK_AVX2) && has_avx_vnni();
    case CK_AVX512VNNI: return ck_supports(CK_AVX512) && __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__)
    case CK_NEON: return 1;
    case CK_NEONDOT: return has_dot_product();
    case CK_NEONI8MM: return has_dot_product() && has_matrix_product();
#endif
    default: return 0;
    }
}

ck_isa ck_best_isa(void) {
    static const ck_isa best_first[] = {CK_NEONI8MM, CK_NEONDOT,  CK_NEON,    CK_AVX512VNNI,
                                        CK_AVX512,   CK_AVX2VNNI, CK_AVX2};
    for (unsigned i = 0; i < sizeof best_first / sizeof *best_first; i++)
        if (ck_supports(best_first[i])) return best_first[i];
    return CK_SCALAR;
}

const ck_kernels *ck_table(ck_isa isa) {
    switch (isa) {
    case CK_SCALAR: return ck_table_scalar();
    case CK_AVX2: return ck_table_avx2();
    case CK_AVX512: return ck_table_avx512();
    case CK_NEON: return ck_table_neon();
    case CK_AVX2VNNI: return ck_table_avx2vnni();
    case CK_AVX512VNNI: return ck_table_avx512vnni();
    case CK_NEONDOT: return ck_table_neondot();
    case CK_NEONI8MM: return ck_table_neoni8mm();
    }
    return 0;
}
