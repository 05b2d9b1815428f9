// The kernels compiled for AArch64 with the matrix products of i8mm, which ARMv8.6 requires. Nothing but the choice of registers stands here.

#include "ckernels.h"
#include "tables.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#define CK_NAME(name) name##__neoni8mm
#define CK_ISA CK_NEONI8MM
// Six rows by sixteen columns: 24 sums, 4 columns and 1 row value in 32 registers.
#define CK_ROWS 6
#define CK_TILE_PANELS 1
// Six rows by sixteen columns: 24 sums of 2 x 2, 3 of rows and 1 of codes in 32 registers.
#define CK_I8_ROWS 6
#define CK_I8_PANELS 1
#define CK_DOT_NEON
#define CK_DOT_SDOT
#define CK_DOT_SMMLA

#pragma clang attribute push(__attribute__((target("dotprod,i8mm"))), apply_to = function)

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

const ck_kernels *ck_table_neoni8mm(void) { return &ck_row__neoni8mm; }

#else

const ck_kernels *ck_table_neoni8mm(void) { return 0; }

#endif
