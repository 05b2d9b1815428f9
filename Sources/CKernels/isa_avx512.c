// The kernels compiled for AVX-512. Nothing but the choice of registers stands here.

#include "ckernels.h"
#include "tables.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define CK_NAME(name) name##__avx512
#define CK_ISA CK_AVX512
// Twelve rows by 32 columns: 24 sums, 2 columns and 1 row value in 32 registers.
#define CK_ROWS 12
#define CK_TILE_PANELS 2
#define CK_I8_ROWS 4
#define CK_I8_PANELS 1
// The step of AVX2, in 256 bits.
#define CK_DOT_AVX2

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,fma"))), apply_to = function)

#include "vector16.inc.h"
#include "elementary.inc.h"
#include "f32_adamw.inc.h"
#include "f32_gemm.inc.h"
#include "f32_rows.inc.h"
#include "f32_distances.inc.h"
#include "f32_train.inc.h"
#include "i8_dot.inc.h"
#include "i8_gemm.inc.h"
#include "i8_rows.inc.h"
#include "i8_train.inc.h"
#include "limit.inc.h"
#include "table.inc.h"

#pragma clang attribute pop

const ck_kernels *ck_table_avx512(void) { return &ck_row__avx512; }

#else

const ck_kernels *ck_table_avx512(void) { return 0; }

#endif
