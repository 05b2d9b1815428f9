// The fp32 matrix product on packed panels. Each element is one chain of fmas over k in order, so its bits depend on
// neither the tile it falls in, nor the rows beside it, nor the thread. Not here: threads, or which rows and columns.
//
// A tile is CK_ROWS rows by CK_TILE_PANELS panels: as many accumulators as the registers hold. The depth is cut so that
// a slice of the panels stays in the first cache, with room for a tile's rows, while all rows pass over it; between
// slices the sums wait in c.

#define CK_DEPTH_SLICE 256
// Steps of the depth between two moves of the pointers: what is no fma costs where two threads share a core.
#define CK_GEMM_STEPS 4

// Keeps a pointer in a register: without this the compiler computes twelve addresses anew at each step.
#define CK_HOLD(pointer) __asm__ volatile("" : "+r"(pointer))

// Weights come from beyond the second cache, and what fetches them by itself stops at each slice, while the tiles of one are
// computed. So tiles ask for the next: without that a matrix of 3,072 by 768 ran at four fifths of one of 768 by 768. Not
// measured for two panels, whose slices lie apart.
#if CK_TILE_PANELS == 1
#define CK_ASK(line) __builtin_prefetch(line, 0, 2)
#else
#define CK_ASK(line) ((void)(line))
#endif

// One step of the depth, u values after where the pointers are; a pointer serves three rows, which is what an address
// can say of a stride.
CK_INLINE void CK_NAME(gemm_step)(v16f sums[CK_ROWS][CK_TILE_PANELS], const float *const a[(CK_ROWS + 2) / 3],
                                  ptrdiff_t a_stride, const float *b, ptrdiff_t panel_stride, const int rows,
                                  const int panels, const int u) {
    v16f right[CK_TILE_PANELS];
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) right[p] = v16_load(b + p * panel_stride + u * CK_PANEL);
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++) {
        v16f left = (v16f)(a[m / 3][m % 3 * a_stride + u]);
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) sums[m][p] = v16_fma(left, right[p], sums[m][p]);
    }
}

// Asks for a line of `ahead` every CK_GEMM_STEPS steps, which the tile does not read.
CK_INLINE void CK_NAME(gemm_tile)(float *c, ptrdiff_t c_stride, const float *a, ptrdiff_t a_stride, const float *b,
                                  ptrdiff_t panel_stride, const int rows, const int panels, ptrdiff_t depth,
                                  int resume, const float *ahead) {
    v16f sums[CK_ROWS][CK_TILE_PANELS];
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++)
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++)
            sums[m][p] = resume ? v16_load(c + m * c_stride + p * CK_PANEL) : (v16f)(0.0f);
    const float *left[(CK_ROWS + 2) / 3];
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m += 3) left[m / 3] = a + m * a_stride;
    ptrdiff_t k = 0;
    for (; k + CK_GEMM_STEPS <= depth; k += CK_GEMM_STEPS) {
#pragma clang loop unroll(full)
        for (int u = 0; u < CK_GEMM_STEPS; u++) CK_NAME(gemm_step)(sums, left, a_stride, b, panel_stride, rows, panels, u);
        b += CK_GEMM_STEPS * CK_PANEL;
        CK_HOLD(b);
        CK_ASK(ahead);
        ahead += CK_PANEL;
#pragma clang loop unroll(full)
        for (int m = 0; m < rows; m += 3) {
            left[m / 3] += CK_GEMM_STEPS;
            CK_HOLD(left[m / 3]);
        }
    }
    for (; k < depth; k++) {
        CK_NAME(gemm_step)(sums, left, a_stride, b, panel_stride, rows, panels, 0);
        b += CK_PANEL;
#pragma clang loop unroll(full)
        for (int m = 0; m < rows; m += 3) left[m / 3]++;
    }
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++)
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) v16_store(c + m * c_stride + p * CK_PANEL, sums[m][p]);
}

// One function for each row count, so that the accumulators stay in registers.
#define CK_TILE(ROWS, PANELS)                                                                                          \
    static void CK_NAME(gemm_tile_##ROWS##_##PANELS)(float *c, ptrdiff_t c_stride, const float *a, ptrdiff_t a_stride, \
                                                     const float *b, ptrdiff_t panel_stride, ptrdiff_t depth,          \
                                                     int resume, const float *ahead) {                                 \
        CK_NAME(gemm_tile)(c, c_stride, a, a_stride, b, panel_stride, ROWS, PANELS, depth, resume, ahead);             \
    }

typedef void (*CK_NAME(tile_function))(float *, ptrdiff_t, const float *, ptrdiff_t, const float *, ptrdiff_t,
                                       ptrdiff_t, int, const float *);

#define CK_TILES_UP_TO_6(PANELS)                                                                                       \
    CK_TILE(1, PANELS) CK_TILE(2, PANELS) CK_TILE(3, PANELS) CK_TILE(4, PANELS) CK_TILE(5, PANELS) CK_TILE(6, PANELS)
#define CK_TILES_UP_TO_12(PANELS)                                                                                      \
    CK_TILES_UP_TO_6(PANELS)                                                                                           \
    CK_TILE(7, PANELS) CK_TILE(8, PANELS) CK_TILE(9, PANELS) CK_TILE(10, PANELS) CK_TILE(11, PANELS) CK_TILE(12, PANELS)
#define CK_ENTRY(ROWS, PANELS) [ROWS] = CK_NAME(gemm_tile_##ROWS##_##PANELS)
#define CK_ENTRIES_UP_TO_6(PANELS)                                                                                     \
    CK_ENTRY(1, PANELS), CK_ENTRY(2, PANELS), CK_ENTRY(3, PANELS), CK_ENTRY(4, PANELS), CK_ENTRY(5, PANELS),           \
        CK_ENTRY(6, PANELS)
#define CK_ENTRIES_UP_TO_12(PANELS)                                                                                    \
    CK_ENTRIES_UP_TO_6(PANELS), CK_ENTRY(7, PANELS), CK_ENTRY(8, PANELS), CK_ENTRY(9, PANELS), CK_ENTRY(10, PANELS),   \
        CK_ENTRY(11, PANELS), CK_ENTRY(12, PANELS)

#if CK_ROWS == 12
CK_TILES_UP_TO_12(1)
CK_TILES_UP_TO_12(2)
static const CK_NAME(tile_function) CK_NAME(tiles)[3][CK_ROWS + 1] = {
    [1] = {CK_ENTRIES_UP_TO_12(1)}, [2] = {CK_ENTRIES_UP_TO_12(2)}};
#else
CK_TILES_UP_TO_6(1)
static const CK_NAME(tile_function) CK_NAME(tiles)[2][CK_ROWS + 1] = {[1] = {CK_ENTRIES_UP_TO_6(1)}};
#endif

// Bias, residual and activation of a finished tile, while it is in the first cache.
CK_INLINE void CK_NAME(gemm_finish)(float *c, ptrdiff_t c_stride, ptrdiff_t rows, ptrdiff_t columns,
                                    const float *bias, const float *residual, ptrdiff_t residual_stride,
                                    ck_activation activation) {
    for (ptrdiff_t n = 0; n < columns; n += CK_PANEL) {
        ptrdiff_t width = columns - n;
        if (width >= CK_PANEL) {
            v16f added = bias ? v16_load(bias + n) : (v16f)(0.0f);
            for (ptrdiff_t m = 0; m < rows; m++) {
                v16f v = v16_load(c + m * c_stride + n) + added;
                if (residual) v = v + v16_load(residual + m * residual_stride + n);
                v16_store(c + m * c_stride + n, v16_activate(v, activation));
            }
        } else {
            v16f added = bias ? v16_load_part(bias + n, width, 0.0f) : (v16f)(0.0f);
            for (ptrdiff_t m = 0; m < rows; m++) {
                v16f v = v16_load_part(c + m * c_stride + n, width, 0.0f) + added;
                if (residual) v = v + v16_load_part(residual + m * residual_stride + n, width, 0.0f);
                v16_store_part(c + m * c_stride + n, v16_activate(v, activation), width);
            }
        }
    }
}

// A tile whose last panel is not full: computed beside c, since a tile stores whole panels.
static void CK_NAME(gemm_edge)(float *c, ptrdiff_t c_stride, const float *a, ptrdiff_t a_stride, const float *b,
                               ptrdiff_t panel_stride, ptrdiff_t rows, int panels, ptrdiff_t depth, int resume,
                               const float *ahead, ptrdiff_t columns) {
    float whole[CK_ROWS * CK_TILE_PANELS * CK_PANEL];
    const ptrdiff_t stride = panels * CK_PANEL;
    for (ptrdiff_t m = 0; m < rows; m++)
        for (ptrdiff_t n = 0; n < stride; n++) whole[m * stride + n] = resume && n < columns ? c[m * c_stride + n] : 0.0f;
    CK_NAME(tiles)[panels][rows](whole, stride, a, a_stride, b, panel_stride, depth, resume, ahead);
    for (ptrdiff_t m = 0; m < rows; m++)
        __builtin_memcpy(c + m * c_stride, whole + m * stride, (size_t)columns * sizeof(float));
}

static void CK_NAME(ck_f32_gemm)(float *c, ptrdiff_t c_stride, const float *a, ptrdiff_t a_stride,
                                 const float *packed_b, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth,
                                 const ck_epilogue *epilogue) {
    const ptrdiff_t panel_stride = depth * CK_PANEL;
    const int finishes = epilogue->bias || epilogue->residual || epilogue->activation != CK_IDENTITY;
    for (ptrdiff_t n = 0; n < columns; n += CK_TILE_PANELS * CK_PANEL) {
        const ptrdiff_t left = columns - n;
        const int panels = left > CK_PANEL && CK_TILE_PANELS == 2 ? 2 : 1;
        const ptrdiff_t width = left < panels * CK_PANEL ? left : panels * CK_PANEL;
        const float *panel = packed_b + n * depth;
        ptrdiff_t k = 0;
        do {
            const ptrdiff_t slice = depth - k < CK_DEPTH_SLICE ? depth - k : CK_DEPTH_SLICE;
            for (ptrdiff_t m = 0; m < rows; m += CK_ROWS) {
                const ptrdiff_t height = rows - m < CK_ROWS ? rows - m : CK_ROWS;
                float *tile = c + m * c_stride + n;
                const float *left_rows = a + m * a_stride + k, *right = panel + k * CK_PANEL;
                // The first CK_GEMM_STEPS tiles of a slice ask for the next one, a part each.
                const ptrdiff_t part = m / CK_ROWS * (slice / CK_GEMM_STEPS);
                const float *ahead = part < slice ? right + (slice + part) * CK_PANEL : right;
                if (width == panels * CK_PANEL)
                    CK_NAME(tiles)[panels][height](tile, c_stride, left_rows, a_stride, right, panel_stride, slice, k > 0,
                                                   ahead);
                else
                    CK_NAME(gemm_edge)(tile, c_stride, left_rows, a_stride, right, panel_stride, height, panels, slice,
                                       k > 0, ahead, width);
                if (finishes && k + slice == depth)
                    CK_NAME(gemm_finish)(c + m * c_stride + n, c_stride, height, width,
                                         epilogue->bias ? epilogue->bias + n : 0,
                                         epilogue->residual ? epilogue->residual + m * epilogue->residual_stride + n : 0,
                                         epilogue->residual_stride, epilogue->activation);
            }
            k += slice;
        } while (k < depth);
    }
}

// target[16 k + i] = source[i * stride + k] for i, k < 16: four rounds that exchange ever nearer halves.
CK_INLINE void CK_NAME(transpose)(float *target, const float *source, ptrdiff_t stride) {
    v16f a[16], b[16];
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) a[i] = v16_load(source + i * stride);
#define CK_ROUND(TO, FROM)                                                                                             \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 8; i++) {                                                   \
        TO[2 * i] = __builtin_shufflevector(FROM[i], FROM[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7,  \
                                            23);                                                                       \
        TO[2 * i + 1] = __builtin_shufflevector(FROM[i], FROM[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29,    \
                                                14, 30, 15, 31);                                                       \
    }
    CK_ROUND(b, a)
    CK_ROUND(a, b)
    CK_ROUND(b, a)
    CK_ROUND(a, b)
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) v16_store(target + i * 16, a[i]);
}

static void CK_NAME(ck_f32_pack)(float *packed, const float *source, ptrdiff_t k_stride, ptrdiff_t n_stride,
                                 ptrdiff_t depth, ptrdiff_t columns) {
    for (ptrdiff_t n = 0; n < columns; n += CK_PANEL) {
        const ptrdiff_t width = columns - n < CK_PANEL ? columns - n : CK_PANEL;
        float *panel = packed + n * depth;
        const float *column = source + n * n_stride;
        if (n_stride == 1) {
            for (ptrdiff_t k = 0; k < depth; k++) {
                const float *row = column + k * k_stride;
                v16_store(panel + k * CK_PANEL, width == CK_PANEL ? v16_load(row) : v16_load_part(row, width, 0.0f));
            }
        } else {
            ptrdiff_t k = 0;
            if (k_stride == 1 && width == CK_PANEL)
                for (; k + CK_PANEL <= depth; k += CK_PANEL)
                    CK_NAME(transpose)(panel + k * CK_PANEL, column + k, n_stride);
            for (; k < depth; k++)
                for (ptrdiff_t i = 0; i < CK_PANEL; i++)
                    panel[k * CK_PANEL + i] = i < width ? column[i * n_stride + k * k_stride] : 0.0f;
        }
    }
}
