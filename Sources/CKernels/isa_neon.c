// The kernels compiled for AArch64, whose base set has fma. Nothing but the choice of registers stands here.

#include "ckernels.h"
#include "tables.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#define CK_NAME(name) name##__neon
#define CK_ISA CK_NEON
// Six rows by sixteen columns: 24 sums, 4 columns and 1 row value in 32 registers.
#define CK_ROWS 6
#define CK_TILE_PANELS 1
// Four rows by sixteen columns: 16 sums, 4 of codes and 8 of rows in 32 registers.
#define CK_I8_ROWS 4
#define CK_I8_PANELS 1
#define CK_DOT_NEON

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

const ck_kernels *ck_table_neon(void) { return &ck_row__neon; }

#else

const ck_kernels *ck_table_neon(void) { return 0; }

#endif
