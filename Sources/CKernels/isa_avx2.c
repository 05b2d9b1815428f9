// The kernels compiled for AVX2 with FMA. Nothing but the choice of registers stands here.

#include "ckernels.h"
#include "tables.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define CK_NAME(name) name##__avx2
#define CK_ISA CK_AVX2
// Six rows by sixteen columns: 12 sums, 2 columns and 1 row value in 16 registers.
#define CK_ROWS 6
#define CK_TILE_PANELS 1
// Four rows by sixteen columns: 8 sums, 2 of codes or 4 with their magnitudes, a row, and what a step needs.
#define CK_I8_ROWS 4
#define CK_I8_PANELS 1
#define CK_DOT_AVX2

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

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

const ck_kernels *ck_table_avx2(void) { return &ck_row__avx2; }

#else

const ck_kernels *ck_table_avx2(void) { return 0; }

#endif
