// The int8 matrix product on packed panels, and what turns its exact sums into fp32. Not here: threads, or which rows
// and columns, or how codes come about, which is i8_rows.inc.h.
//
// A panel is 16 columns: for each four steps of k, 16 x 4 codes side by side, so that one load feeds 16 lanes. The sums
// of a tile stay in registers for the whole depth. They begin with what the rests make, where a matrix has any.

// `rests` are a row's 16 sums after another's, those of a second panel CK_REST_ROWS rows behind; null for zeros.
CK_INLINE void CK_NAME(i8_tile)(float *c, ptrdiff_t c_stride, const ck_i8_rows *a, ptrdiff_t m0, const ck_i8_matrix *b,
                                ptrdiff_t n, const int32_t *rests, ptrdiff_t columns, const int rows, const int panels,
                                const int unsplit) {
    const ptrdiff_t steps = (b->depth + 3) / 4, panel_stride = steps * 4 * CK_PANEL;
    const int8_t *right = b->codes + n * steps * 4;
    const uint8_t *left = a->codes + m0 * a->stride;
    v16i sums[CK_I8_ROWS][CK_I8_PANELS];
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++)
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++)
            sums[m][p] = rests ? v16i_load(rests + (p * CK_REST_ROWS + m) * CK_PANEL) : (v16i)(0);
    for (ptrdiff_t k = 0; k < steps; k++) {
        ck_codes codes[CK_I8_PANELS];
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) {
            codes[p] = ck_codes_load(right + p * panel_stride + k * 4 * CK_PANEL);
            // The next panels, while these are computed on: few rows wait for memory otherwise. Behind the last panel
            // this asks for what is not ours, which a prefetch may.
            __builtin_prefetch(right + (p + panels) * panel_stride + k * 4 * CK_PANEL, 0, 2);
        }
#pragma clang loop unroll(full)
        for (int m = 0; m < rows; m++) {
            int32_t four;
            __builtin_memcpy(&four, left + m * a->stride + 4 * k, sizeof four);
#pragma clang loop unroll(full)
            for (int p = 0; p < panels; p++)
                sums[m][p] = unsplit ? ck_dot_signed(sums[m][p], four, codes[p]) : ck_dot(sums[m][p], four, codes[p]);
        }
    }
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) {
        const ptrdiff_t first = n + p * CK_PANEL, width = columns - p * CK_PANEL;
        const v16i column_sums = v16i_load(b->column_sums + first);
        const v16f scales = v16_load(b->scales + first), bias = v16_load(b->bias + first);
#pragma clang loop unroll(full)
        for (int m = 0; m < rows; m++) {
            const v16i exact = sums[m][p] - column_sums * (a->zeros[m0 + m] - (unsplit ? CK_CODE_FLIP : 0));
            const v16f v = v16_fma(__builtin_convertvector(exact, v16f), scales * a->scales[m0 + m], bias);
            float *target = c + m * c_stride + p * CK_PANEL;
            if (width >= CK_PANEL) v16_store(target, v);
            else v16_store_part(target, v, width);
        }
    }
}

#define CK_I8_TILE(ROWS, PANELS, UNSPLIT)                                                                              \
    static void CK_NAME(i8_tile_##ROWS##_##PANELS##_##UNSPLIT)(                                                        \
        float *c, ptrdiff_t c_stride, const ck_i8_rows *a, ptrdiff_t m0, const ck_i8_matrix *b, ptrdiff_t n,           \
        const int32_t *rests, ptrdiff_t columns) {                                                                     \
        CK_NAME(i8_tile)(c, c_stride, a, m0, b, n, rests, columns, ROWS, PANELS, UNSPLIT);                             \
    }

typedef void (*CK_NAME(i8_tile_function))(float *, ptrdiff_t, const ck_i8_rows *, ptrdiff_t, const ck_i8_matrix *,
                                          ptrdiff_t, const int32_t *, ptrdiff_t);

#define CK_I8_ENTRY(ROWS, P, U) [ROWS] = CK_NAME(i8_tile_##ROWS##_##P##_##U)
#define CK_I8_TILES_4(P, U) CK_I8_TILE(1, P, U) CK_I8_TILE(2, P, U) CK_I8_TILE(3, P, U) CK_I8_TILE(4, P, U)
#define CK_I8_ENTRIES_4(P, U) CK_I8_ENTRY(1, P, U), CK_I8_ENTRY(2, P, U), CK_I8_ENTRY(3, P, U), CK_I8_ENTRY(4, P, U)
#define CK_I8_TILES_6(P, U) CK_I8_TILES_4(P, U) CK_I8_TILE(5, P, U) CK_I8_TILE(6, P, U)
#define CK_I8_ENTRIES_6(P, U) CK_I8_ENTRIES_4(P, U), CK_I8_ENTRY(5, P, U), CK_I8_ENTRY(6, P, U)
#define CK_I8_TILES_12(P, U)                                                                                           \
    CK_I8_TILES_6(P, U)                                                                                                \
    CK_I8_TILE(7, P, U) CK_I8_TILE(8, P, U) CK_I8_TILE(9, P, U) CK_I8_TILE(10, P, U) CK_I8_TILE(11, P, U)              \
    CK_I8_TILE(12, P, U)
#define CK_I8_ENTRIES_12(P, U)                                                                                         \
    CK_I8_ENTRIES_6(P, U), CK_I8_ENTRY(7, P, U), CK_I8_ENTRY(8, P, U), CK_I8_ENTRY(9, P, U), CK_I8_ENTRY(10, P, U),    \
        CK_I8_ENTRY(11, P, U), CK_I8_ENTRY(12, P, U)

// The tiles by panels, 0 for one that was not split, and rows.
#if CK_I8_ROWS == 12
CK_I8_TILES_12(1, 0) CK_I8_TILES_12(2, 0)
static const CK_NAME(i8_tile_function) CK_NAME(i8_tiles)[3][CK_I8_ROWS + 1] = {
    [1] = {CK_I8_ENTRIES_12(1, 0)}, [2] = {CK_I8_ENTRIES_12(2, 0)}};
#elif CK_I8_ROWS == 6
CK_I8_TILES_6(1, 0)
static const CK_NAME(i8_tile_function) CK_NAME(i8_tiles)[2][CK_I8_ROWS + 1] = {[1] = {CK_I8_ENTRIES_6(1, 0)}};
#elif CK_HAS_UNSPLIT
CK_I8_TILES_4(1, 0) CK_I8_TILES_4(1, 1)
static const CK_NAME(i8_tile_function) CK_NAME(i8_tiles)[2][CK_I8_ROWS + 1] = {
    [0] = {CK_I8_ENTRIES_4(1, 1)}, [1] = {CK_I8_ENTRIES_4(1, 0)}};
#else
CK_I8_TILES_4(1, 0)
static const CK_NAME(i8_tile_function) CK_NAME(i8_tiles)[2][CK_I8_ROWS + 1] = {[1] = {CK_I8_ENTRIES_4(1, 0)}};
#endif

// Some rows, at most CK_REST_ROWS where there are rests, of one panel or two from column n.
CK_INLINE void CK_NAME(i8_rows)(float *c, ptrdiff_t c_stride, const ck_i8_rows *a, ptrdiff_t m0, ptrdiff_t rows,
                                const ck_i8_matrix *b, ptrdiff_t n, int panels, ptrdiff_t width, const int32_t *rests,
                                const float *residual, ptrdiff_t residual_stride, ck_activation activation) {
    const int kind = CK_HAS_UNSPLIT && b->unsplit && b->unsplit[n / CK_PANEL] ? 0 : panels;
    for (ptrdiff_t m = 0; m < rows; m += CK_I8_ROWS) {
        const ptrdiff_t height = rows - m < CK_I8_ROWS ? rows - m : CK_I8_ROWS;
        CK_NAME(i8_tiles)[kind][height](c + m * c_stride, c_stride, a, m0 + m, b, n,
                                        rests ? rests + m * CK_PANEL : 0, width);
        if (residual || activation != CK_IDENTITY)
            CK_NAME(gemm_finish)(c + m * c_stride, c_stride, height, width, 0,
                                 residual ? residual + m * residual_stride : 0, residual_stride, activation);
    }
}

static void CK_NAME(ck_i8_gemm)(float *c, ptrdiff_t c_stride, const ck_i8_rows *a, ptrdiff_t rows,
                                const ck_i8_matrix *b, ptrdiff_t first, ptrdiff_t columns,
                                const ck_epilogue *epilogue) {
    int32_t sums[CK_I8_PANELS * CK_REST_ROWS * CK_PANEL];
    for (ptrdiff_t n = 0; n < columns; n += CK_I8_PANELS * CK_PANEL) {
        const ptrdiff_t left = columns - n;
        const int panels = left > CK_PANEL && CK_I8_PANELS == 2 ? 2 : 1;
        const ptrdiff_t width = left < panels * CK_PANEL ? left : panels * CK_PANEL, at = first + n;
        const float *residual = epilogue->residual ? epilogue->residual + n : 0;
        const int has_rests = b->rest_starts && b->rest_starts[at] < b->rest_starts[at + panels * CK_PANEL];
        const ptrdiff_t block = has_rests ? CK_REST_ROWS : rows;
        for (ptrdiff_t m = 0; m < rows; m += block) {
            const ptrdiff_t height = rows - m < block ? rows - m : block;
            for (int p = 0; p < panels && has_rests; p++)
                CK_NAME(i8_add_rests)(sums + p * CK_REST_ROWS * CK_PANEL, a, m, height, b, at + p * CK_PANEL);
            CK_NAME(i8_rows)(c + m * c_stride + n, c_stride, a, m, height, b, at, panels, width,
                             has_rests ? sums : 0, residual ? residual + m * epilogue->residual_stride : 0,
                             epilogue->residual_stride, epilogue->activation);
        }
    }
}

// Packs one panel: groups of four codes are turned like the elements of a 16 x 16 matrix, 16 steps at a time.
CK_INLINE void CK_NAME(i8_pack_panel)(int8_t *panel, int32_t *column_sums, const int8_t *source, ptrdiff_t columns,
                                      ptrdiff_t depth) {
    const ptrdiff_t steps = (depth + 3) / 4;
    v16i sums = (v16i)(0);
    for (ptrdiff_t k = 0; k < steps; k += 16) {
        const ptrdiff_t bytes = depth - 4 * k < 64 ? depth - 4 * k : 64, groups = (bytes + 3) / 4;
        v16i rows[16];
        for (int n = 0; n < 16; n++) {
            rows[n] = (v16i)(0);
            if (n < columns) __builtin_memcpy(&rows[n], source + n * depth + 4 * k, (size_t)bytes);
        }
        CK_NAME(i8_turn_lanes)(rows);
        for (ptrdiff_t g = 0; g < groups; g++) {
            int8_t *target = panel + (k + g) * 4 * CK_PANEL;
            __builtin_memcpy(target, &rows[g], sizeof rows[g]);
            sums = ck_dot(sums, 0x01010101, ck_codes_load(target));
        }
    }
    __builtin_memcpy(column_sums, &sums, sizeof sums);
}

static void CK_NAME(ck_i8_pack)(int8_t *packed, int32_t *column_sums, const int8_t *source, ptrdiff_t columns,
                                ptrdiff_t depth) {
    const ptrdiff_t panel_size = (depth + 3) / 4 * 4 * CK_PANEL;
    for (ptrdiff_t n = 0; n < columns; n += CK_PANEL) {
        const ptrdiff_t width = columns - n < CK_PANEL ? columns - n : CK_PANEL;
        CK_NAME(i8_pack_panel)(packed + n / CK_PANEL * panel_size, column_sums + n, source + n * depth, width, depth);
    }
}
