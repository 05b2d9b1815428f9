// The int8 matrix product on packed panels, and what turns its exact sums into fp32. Not here: threads, or which rows
// and columns, or how codes come about, which is i8_rows.inc.h.
//
// A panel is 16 columns: for each four steps of k, 16 x 4 codes side by side, so that one load feeds 16 lanes. The sums
// of a tile stay in registers for the whole depth.

// One exchange of the transposition below: of each pair of rows that are `distance` apart, blocks of as many lanes.
CK_INLINE void CK_NAME(i8_exchange)(v16i *rows, const int distance) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
        if (i & distance) continue;
        const v16i a = rows[i], b = rows[i + distance];
        switch (distance) {
        case 8:
            rows[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
            rows[i + 8] = __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
            break;
        case 4:
            rows[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
            rows[i + 4] = __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
            break;
        case 2:
            rows[i] = __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
            rows[i + 2] = __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
            break;
        default:
            rows[i] = __builtin_shufflevector(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
            rows[i + 1] = __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
        }
    }
}

// Turns the groups from the k-th on, at most 16 of them, of the rows that become a panel's columns; returns how many.
CK_INLINE ptrdiff_t CK_NAME(i8_turn)(v16i *rows, const int8_t *source, ptrdiff_t columns, ptrdiff_t depth,
                                     ptrdiff_t k) {
    const ptrdiff_t bytes = depth - 4 * k < 64 ? depth - 4 * k : 64;
    for (int n = 0; n < 16; n++) {
        rows[n] = (v16i)(0);
        const int8_t *from = source + n * depth + 4 * k;
        if (n < columns && bytes == 64) __builtin_memcpy(&rows[n], from, 64);
        else if (n < columns) __builtin_memcpy(&rows[n], from, (size_t)bytes);
    }
    CK_NAME(i8_exchange)(rows, 8);
    CK_NAME(i8_exchange)(rows, 4);
    CK_NAME(i8_exchange)(rows, 2);
    CK_NAME(i8_exchange)(rows, 1);
    return (bytes + 3) / 4;
}

CK_INLINE v16i CK_NAME(i8_add_group)(v16i sums, v16i group) {
    ck_codes codes;
    __builtin_memcpy(&codes, &group, sizeof codes);
    return ck_dot(sums, 0x01010101, codes);
}

#if defined(CK_DOT_NEON)
#include "i8_arm.inc.h"
#else
CK_INLINE void CK_NAME(i8_place)(int8_t *panel, const v16i *groups, ptrdiff_t count) {
    __builtin_memcpy(panel, groups, (size_t)count * sizeof *groups);
}
#endif

// Packs one panel, in the order in which the rows have their codes.
CK_INLINE void CK_NAME(i8_pack_panel)(int8_t *panel, int32_t *column_sums, const int8_t *source, ptrdiff_t columns,
                                      ptrdiff_t depth) {
    v16i sums = (v16i)(0);
    for (ptrdiff_t k = 0; k < (depth + 3) / 4; k += 16) {
        v16i rows[16];
        const ptrdiff_t groups = CK_NAME(i8_turn)(rows, source, columns, depth, k);
        CK_NAME(i8_place)(panel + k * 4 * CK_PANEL, rows, groups);
        for (ptrdiff_t g = 0; g < groups; g++) sums = CK_NAME(i8_add_group)(sums, rows[g]);
    }
    __builtin_memcpy(column_sums, &sums, sizeof sums);
}

#if defined(CK_DOT_AVX2)
#include "i8_order.inc.h"
#include "i8_paired.inc.h"
#endif

CK_INLINE void CK_NAME(i8_tile)(float *c, ptrdiff_t c_stride, const ck_i8_rows *a, ptrdiff_t m0, const ck_i8_matrix *b,
                                ptrdiff_t n, const int rows, const int panels, ptrdiff_t columns) {
    const uint8_t *left = a->codes + m0 * a->stride;
    v16i sums[CK_I8_ROWS][CK_I8_PANELS];
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++)
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) sums[m][p] = (v16i)(0);
#if defined(CK_DOT_AVX2)
    CK_NAME(i8_paired_depth)(sums, left, a->stride, b, n, rows);
#elif defined(CK_DOT_NEON)
    CK_NAME(i8_depth)(sums, left, a->stride, b, n, rows);
#else
    const ptrdiff_t steps = (b->depth + 3) / 4, panel_stride = steps * 4 * CK_PANEL;
    const int8_t *right = b->codes + n * steps * 4;
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
            for (int p = 0; p < panels; p++) sums[m][p] = ck_dot(sums[m][p], four, codes[p]);
        }
    }
#endif
    if (b->wide_ranges) {
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) {
            const int32_t *range = b->wide_ranges + 2 * (n / CK_PANEL + p);
            for (ptrdiff_t w = range[0]; w < range[1]; w++) {
                const uint8_t *two = left + b->wide_depths[w];
#pragma clang loop unroll(full)
                for (int m = 0; m < rows; m++)
                    sums[m][p] = ck_wide_dot(sums[m][p], two + m * a->stride, b->wide_codes + w * 2 * CK_PANEL);
            }
        }
    }
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) {
        const ptrdiff_t first = n + p * CK_PANEL, width = columns - p * CK_PANEL;
        const v16i column_sums = v16i_load(b->column_sums + first);
        const v16f scales = v16_load(b->scales + first), bias = v16_load(b->bias + first);
#pragma clang loop unroll(full)
        for (int m = 0; m < rows; m++) {
            const v16i exact = sums[m][p] - column_sums * a->zeros[m0 + m];
            const v16f v = v16_fma(__builtin_convertvector(exact, v16f), scales * a->scales[m0 + m], bias);
            float *target = c + m * c_stride + p * CK_PANEL;
            if (width >= CK_PANEL) v16_store(target, v);
            else v16_store_part(target, v, width);
        }
    }
}

#define CK_I8_TILE(ROWS, PANELS)                                                                                       \
    static void CK_NAME(i8_tile_##ROWS##_##PANELS)(float *c, ptrdiff_t c_stride, const ck_i8_rows *a, ptrdiff_t m0,    \
                                                   const ck_i8_matrix *b, ptrdiff_t n, ptrdiff_t columns) {            \
        CK_NAME(i8_tile)(c, c_stride, a, m0, b, n, ROWS, PANELS, columns);                                             \
    }

typedef void (*CK_NAME(i8_tile_function))(float *, ptrdiff_t, const ck_i8_rows *, ptrdiff_t, const ck_i8_matrix *,
                                          ptrdiff_t, ptrdiff_t);

#define CK_I8_ENTRY(ROWS, PANELS) [ROWS] = CK_NAME(i8_tile_##ROWS##_##PANELS)
#if CK_I8_ROWS == 12
CK_I8_TILE(1, 1) CK_I8_TILE(2, 1) CK_I8_TILE(3, 1) CK_I8_TILE(4, 1) CK_I8_TILE(5, 1) CK_I8_TILE(6, 1)
CK_I8_TILE(7, 1) CK_I8_TILE(8, 1) CK_I8_TILE(9, 1) CK_I8_TILE(10, 1) CK_I8_TILE(11, 1) CK_I8_TILE(12, 1)
CK_I8_TILE(1, 2) CK_I8_TILE(2, 2) CK_I8_TILE(3, 2) CK_I8_TILE(4, 2) CK_I8_TILE(5, 2) CK_I8_TILE(6, 2)
CK_I8_TILE(7, 2) CK_I8_TILE(8, 2) CK_I8_TILE(9, 2) CK_I8_TILE(10, 2) CK_I8_TILE(11, 2) CK_I8_TILE(12, 2)
#define CK_I8_ENTRIES(P)                                                                                               \
    {                                                                                                                  \
        CK_I8_ENTRY(1, P), CK_I8_ENTRY(2, P), CK_I8_ENTRY(3, P), CK_I8_ENTRY(4, P), CK_I8_ENTRY(5, P),                 \
            CK_I8_ENTRY(6, P), CK_I8_ENTRY(7, P), CK_I8_ENTRY(8, P), CK_I8_ENTRY(9, P), CK_I8_ENTRY(10, P),            \
            CK_I8_ENTRY(11, P), CK_I8_ENTRY(12, P)                                                                     \
    }
static const CK_NAME(i8_tile_function) CK_NAME(i8_tiles)[3][CK_I8_ROWS + 1] = {
    [1] = CK_I8_ENTRIES(1), [2] = CK_I8_ENTRIES(2)};
#elif CK_I8_ROWS == 6
CK_I8_TILE(1, 1) CK_I8_TILE(2, 1) CK_I8_TILE(3, 1) CK_I8_TILE(4, 1) CK_I8_TILE(5, 1) CK_I8_TILE(6, 1)
static const CK_NAME(i8_tile_function) CK_NAME(i8_tiles)[2][CK_I8_ROWS + 1] = {
    [1] = {CK_I8_ENTRY(1, 1), CK_I8_ENTRY(2, 1), CK_I8_ENTRY(3, 1), CK_I8_ENTRY(4, 1), CK_I8_ENTRY(5, 1),
           CK_I8_ENTRY(6, 1)}};
#else
CK_I8_TILE(1, 1) CK_I8_TILE(2, 1) CK_I8_TILE(3, 1) CK_I8_TILE(4, 1)
static const CK_NAME(i8_tile_function) CK_NAME(i8_tiles)[2][CK_I8_ROWS + 1] = {
    [1] = {CK_I8_ENTRY(1, 1), CK_I8_ENTRY(2, 1), CK_I8_ENTRY(3, 1), CK_I8_ENTRY(4, 1)}};
#endif

// Asks for the lines that a tile will write, and for those of its residual, while the tile is computed: c of many columns
// has left the cache since it was last written.
CK_INLINE void CK_NAME(i8_prefetch)(const float *c, ptrdiff_t c_stride, const float *residual,
                                    ptrdiff_t residual_stride, ptrdiff_t rows) {
#if defined(CK_DOT_AVX2)
    for (ptrdiff_t m = 0; m < rows; m++) {
        __builtin_prefetch(c + m * c_stride, 1, 3);
        if (residual) __builtin_prefetch(residual + m * residual_stride, 0, 3);
    }
#else
    // Not measured there.
    (void)c, (void)c_stride, (void)residual, (void)residual_stride, (void)rows;
#endif
}

static void CK_NAME(ck_i8_gemm)(float *c, ptrdiff_t c_stride, const ck_i8_rows *a, ptrdiff_t rows,
                                const ck_i8_matrix *b, ptrdiff_t first, ptrdiff_t columns,
                                const ck_epilogue *epilogue) {
    for (ptrdiff_t n = 0; n < columns; n += CK_I8_PANELS * CK_PANEL) {
        const ptrdiff_t left = columns - n;
        const int panels = left > CK_PANEL && CK_I8_PANELS == 2 ? 2 : 1;
        const ptrdiff_t width = left < panels * CK_PANEL ? left : panels * CK_PANEL;
        for (ptrdiff_t m = 0; m < rows; m += CK_I8_ROWS) {
            const ptrdiff_t height = rows - m < CK_I8_ROWS ? rows - m : CK_I8_ROWS;
            float *tile = c + m * c_stride + n;
            const float *residual = epilogue->residual ? epilogue->residual + m * epilogue->residual_stride + n : 0;
            CK_NAME(i8_prefetch)(tile, c_stride, residual, epilogue->residual_stride, height);
            CK_NAME(i8_tiles)[panels][height](tile, c_stride, a, m, b, first + n, width);
            if (residual || epilogue->activation != CK_IDENTITY)
                CK_NAME(gemm_finish)(tile, c_stride, height, width, 0, residual, epilogue->residual_stride,
                                     epilogue->activation);
        }
    }
}

static void CK_NAME(ck_i8_pack)(int8_t *packed, int32_t *column_sums, ck_i8_panel *panels, uint16_t *places,
                                uint32_t *masks, const int8_t *source, ptrdiff_t columns, ptrdiff_t depth) {
#if defined(CK_DOT_AVX2)
    CK_NAME(i8_pack_ordered)(packed, column_sums, panels, places, masks, source, columns, depth);
#else
    const ptrdiff_t steps = (depth + 3) / 4;
    (void)panels, (void)places, (void)masks;
    for (ptrdiff_t n = 0; n < columns; n += CK_PANEL) {
        const ptrdiff_t width = columns - n < CK_PANEL ? columns - n : CK_PANEL;
        CK_NAME(i8_pack_panel)(packed + n * 4 * steps, column_sums + n, source + n * depth, width, depth);
    }
#endif
}
