// Which instruction sets this processor has, and the row of the table for each. No kernel stands here.

#include "ckernels.h"
#include "tables.h"

int ck_supports(ck_isa isa) {
    switch (isa) {
    case CK_SCALAR: return 1;
#if defined(__x86_64__)
    case CK_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case CK_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#elif defined(__aarch64__)
    case CK_NEON: return 1;
#endif
    default: return 0;
    }
}

ck_isa ck_best_isa(void) {
    if (ck_supports(CK_NEON)) return CK_NEON;
    if (ck_supports(CK_AVX512)) return CK_AVX512;
    return ck_supports(CK_AVX2) ? CK_AVX2 : CK_SCALAR;
}

const ck_kernels *ck_table(ck_isa isa) {
    switch (isa) {
    case CK_SCALAR: return ck_table_scalar();
    case CK_AVX2: return ck_table_avx2();
    case CK_AVX512: return ck_table_avx512();
    case CK_NEON: return ck_table_neon();
    }
    return 0;
}
