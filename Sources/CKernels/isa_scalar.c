// The kernels compiled for any processor, with what the compiler may use there. Nothing but the choice of registers stands here.

#include "ckernels.h"
#include "tables.h"

#define CK_NAME(name) name##__scalar
#define CK_ISA CK_SCALAR
// Six rows: the tile that needs the fewest spills where nothing is known of the registers.
#define CK_ROWS 6
#define CK_TILE_PANELS 1
#define CK_I8_ROWS 4
#define CK_I8_PANELS 1

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

const ck_kernels *ck_table_scalar(void) { return &ck_row__scalar; }
