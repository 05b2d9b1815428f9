// Kernels of training: the products that make weight gradients, and the backward passes of what walks over rows. The
// forward ones are in f32_gemm.inc.h and f32_rows.inc.h. Not here: threads, or which rows and columns.

// MARK: outer products
//
// c[m, n] += sum over t of a[t, m] * b[t, n]: both operands lie row after row, and are copied into panels, a slice at a
// time, where there is scratch memory for it: it pays for all but small products. A tile is CK_ROWS values of a row
// of a by CK_TILE_PANELS panels of one of b. The depth is cut so that a slice of b stays in the first cache while the
// tiles pass over it; each element stays one chain of fmas over t in order, begun at what c holds.

#define CK_OUTER_SLICE 256

CK_INLINE void CK_NAME(outer_tile)(float *c, ptrdiff_t c_stride, const float *a, ptrdiff_t a_stride, const float *b,
                                   ptrdiff_t b_stride, const int rows, const int panels, ptrdiff_t depth) {
    v16f sums[CK_ROWS][CK_TILE_PANELS];
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++)
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) sums[m][p] = v16_load(c + m * c_stride + p * CK_PANEL);
    for (ptrdiff_t t = 0; t < depth; t++) {
        v16f right[CK_TILE_PANELS];
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) right[p] = v16_load(b + t * b_stride + p * CK_PANEL);
#pragma clang loop unroll(full)
        for (int m = 0; m < rows; m++) {
            v16f left = (v16f)(a[t * a_stride + m]);
#pragma clang loop unroll(full)
            for (int p = 0; p < panels; p++) sums[m][p] = v16_fma(left, right[p], sums[m][p]);
        }
    }
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++)
#pragma clang loop unroll(full)
        for (int p = 0; p < panels; p++) v16_store(c + m * c_stride + p * CK_PANEL, sums[m][p]);
}

static void CK_NAME(outer_tile_whole)(float *c, ptrdiff_t c_stride, const float *a, ptrdiff_t a_stride, const float *b,
                                      ptrdiff_t b_stride, ptrdiff_t depth) {
    CK_NAME(outer_tile)(c, c_stride, a, a_stride, b, b_stride, CK_ROWS, CK_TILE_PANELS, depth);
}

static void CK_NAME(outer_tile_row)(float *c, ptrdiff_t c_stride, const float *a, ptrdiff_t a_stride, const float *b,
                                    ptrdiff_t b_stride, ptrdiff_t depth) {
    CK_NAME(outer_tile)(c, c_stride, a, a_stride, b, b_stride, 1, 1, depth);
}

// The columns beyond whole panels.
static void CK_NAME(outer_edge)(float *c, const float *a, ptrdiff_t a_stride, const float *b, ptrdiff_t b_stride,
                                ptrdiff_t columns, ptrdiff_t depth) {
    v16f sums = v16_load_part(c, columns, 0.0f);
    for (ptrdiff_t t = 0; t < depth; t++)
        sums = v16_fma((v16f)(a[t * a_stride]), v16_load_part(b + t * b_stride, columns, 0.0f), sums);
    v16_store_part(c, sums, columns);
}

// Copies the `count * width` first columns of a slice into panels of `width`, a cache line apart so that they do not meet
// in one set of the cache. Narrow rows are copied in whole registers, with what follows them, which the panel's next row,
// or the line between panels, takes up again; but for the last panels, where that would end beyond those columns: there
// may be nothing behind them.
CK_INLINE void CK_NAME(outer_pack)(float *panels, const float *x, ptrdiff_t stride, ptrdiff_t count, const int width,
                                   ptrdiff_t depth) {
    const ptrdiff_t panel_stride = CK_OUTER_SLICE * width + 16;
    const ptrdiff_t copied = (width + 15) / 16 * 16, columns = count * width;
    const ptrdiff_t whole = columns < copied ? 0 : (columns - copied) / width + 1;
    for (ptrdiff_t t = 0; t < depth; t++) {
        const float *row = x + t * stride;
        float *target = panels + t * width;
        for (ptrdiff_t p = 0; p < whole; p++)
#pragma clang loop unroll(full)
            for (int i = 0; i < width; i += 16) v16_store(target + p * panel_stride + i, v16_load(row + p * width + i));
        for (ptrdiff_t p = whole; p < count; p++)
            __builtin_memcpy(target + p * panel_stride, row + p * width, (size_t)width * 4);
    }
}

// The rows and columns that fill no whole tile.
static void CK_NAME(outer_edges)(float *c, ptrdiff_t c_stride, const float *a, ptrdiff_t a_stride, const float *b,
                                 ptrdiff_t b_stride, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth) {
    for (ptrdiff_t n = 0; n < columns; n += CK_PANEL) {
        const ptrdiff_t width = columns - n;
        for (ptrdiff_t m = 0; m < rows; m++)
            if (width >= CK_PANEL)
                CK_NAME(outer_tile_row)(c + m * c_stride + n, c_stride, a + m, a_stride, b + n, b_stride, depth);
            else
                CK_NAME(outer_edge)(c + m * c_stride + n, a + m, a_stride, b + n, b_stride, width, depth);
    }
}

static void CK_NAME(ck_f32_outer)(float *c, ptrdiff_t c_stride, const float *a, ptrdiff_t a_stride, const float *b,
                                  ptrdiff_t b_stride, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth,
                                  float *scratch) {
    const int wide = CK_TILE_PANELS * CK_PANEL;
    const ptrdiff_t down = rows / CK_ROWS, across = columns / wide;
    float *left_panels = scratch, *right_panels = scratch + down * (CK_OUTER_SLICE * CK_ROWS + 16);
    for (ptrdiff_t t = 0; t < depth; t += CK_OUTER_SLICE) {
        const ptrdiff_t slice = depth - t < CK_OUTER_SLICE ? depth - t : CK_OUTER_SLICE;
        const float *left = a + t * a_stride, *right = b + t * b_stride;
        if (scratch) {
            CK_NAME(outer_pack)(left_panels, left, a_stride, down, CK_ROWS, slice);
            CK_NAME(outer_pack)(right_panels, right, b_stride, across, wide, slice);
        }
        for (ptrdiff_t n = 0; n < across; n++)
            for (ptrdiff_t m = 0; m < down; m++) {
                float *tile = c + m * CK_ROWS * c_stride + n * wide;
                if (scratch)
                    CK_NAME(outer_tile_whole)(tile, c_stride, left_panels + m * (CK_OUTER_SLICE * CK_ROWS + 16), CK_ROWS,
                                              right_panels + n * (CK_OUTER_SLICE * wide + 16), wide, slice);
                else
                    CK_NAME(outer_tile_whole)(tile, c_stride, left + m * CK_ROWS, a_stride, right + n * wide, b_stride,
                                              slice);
            }
        const ptrdiff_t m = down * CK_ROWS, n = across * wide;
        CK_NAME(outer_edges)(c + m * c_stride, c_stride, left + m, a_stride, right, b_stride, rows - m, n, slice);
        CK_NAME(outer_edges)(c + n, c_stride, left, a_stride, right + n, b_stride, rows, columns - n, slice);
    }
}

// MARK: rows

// sums[n] += x[m, n], row after row.
static void CK_NAME(ck_f32_add_rows)(float *sums, const float *x, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns) {
    ptrdiff_t n = 0;
    for (; n + 64 <= columns; n += 64) {
        v16f s[4];
        for (int p = 0; p < 4; p++) s[p] = v16_load(sums + n + p * 16);
        for (ptrdiff_t m = 0; m < rows; m++)
            for (int p = 0; p < 4; p++) s[p] += v16_load(x + m * stride + n + p * 16);
        for (int p = 0; p < 4; p++) v16_store(sums + n + p * 16, s[p]);
    }
    for (; n < columns; n += 16) {
        const ptrdiff_t width = columns - n < 16 ? columns - n : 16;
        v16f s = v16_load_part(sums + n, width, 0.0f);
        for (ptrdiff_t m = 0; m < rows; m++) s += v16_load_part(x + m * stride + n, width, 0.0f);
        v16_store_part(sums + n, s, width);
    }
}

CK_INLINE v16f CK_NAME(any_load)(const float *p, ptrdiff_t width, float filler) {
    return width >= 16 ? v16_load(p) : v16_load_part(p, width, filler);
}

CK_INLINE void CK_NAME(any_store)(float *p, v16f v, ptrdiff_t width) {
    if (width >= 16) v16_store(p, v);
    else v16_store_part(p, v, width);
}

static void CK_NAME(ck_f32_layer_norm_backward)(float *dx, const float *dy, const float *x, const float *gamma,
                                                float epsilon, float *dgamma, float *dbeta, ptrdiff_t rows,
                                                ptrdiff_t columns) {
    const float count = (float)columns;
    for (ptrdiff_t m = 0; m < rows; m++, x += columns, dx += columns, dy += columns) {
        // Mean and factor to the bit as the forward pass had them.
        v16f sums = (v16f)(0.0f), squares = (v16f)(0.0f);
        for (ptrdiff_t n = 0; n < columns; n += 16) sums += CK_NAME(any_load)(x + n, columns - n, 0.0f);
        const v16f mean = (v16f)(v16_sum(sums) / count);
        for (ptrdiff_t n = 0; n < columns; n += 16) {
            v16f d = CK_NAME(any_load)(x + n, columns - n, mean[0]) - mean;
            squares = v16_fma(d, d, squares);
        }
        const v16f factor = (v16f)(1.0f / __builtin_sqrtf(v16_sum(squares) / count + epsilon));
        v16f plain = (v16f)(0.0f), weighted = (v16f)(0.0f);
        for (ptrdiff_t n = 0; n < columns; n += 16) {
            const ptrdiff_t width = columns - n;
            v16f g = CK_NAME(any_load)(dy + n, width, 0.0f) * CK_NAME(any_load)(gamma + n, width, 0.0f);
            plain += g;
            weighted = v16_fma(g, (CK_NAME(any_load)(x + n, width, mean[0]) - mean) * factor, weighted);
        }
        const v16f shift = (v16f)(v16_sum(plain) / count), slope = (v16f)(v16_sum(weighted) / count);
        for (ptrdiff_t n = 0; n < columns; n += 16) {
            const ptrdiff_t width = columns - n;
            v16f normal = (CK_NAME(any_load)(x + n, width, mean[0]) - mean) * factor;
            v16f d = CK_NAME(any_load)(dy + n, width, 0.0f);
            if (dgamma) {
                v16f left = CK_NAME(any_load)(dgamma + n, width, 0.0f), below = CK_NAME(any_load)(dbeta + n, width, 0.0f);
                CK_NAME(any_store)(dgamma + n, v16_fma(d, normal, left), width);
                CK_NAME(any_store)(dbeta + n, below + d, width);
            }
            v16f g = d * CK_NAME(any_load)(gamma + n, width, 0.0f);
            CK_NAME(any_store)(dx + n, v16_fma(-normal, slope, g - shift) * factor, width);
        }
    }
}

// The derivative of an activation at x, and its value.
CK_INLINE v16f CK_NAME(slope)(v16f x, ck_activation activation, v16f *value) {
    const v16f one = (v16f)(1.0f), half = (v16f)(0.5f);
    switch (activation) {
    case CK_GELU: {
        const v16f cumulative = v16_fma(half, v16_erf_over_sqrt2(x), half);
        *value = v16_gelu(x);
        // The density: exp(-x^2 / 2) / sqrt(2 pi). Beyond 14 it is 0; the square must not overflow.
        const v16f c = v16_abs(x) > 14.0f ? (v16f)(14.0f) : v16_abs(x);
        const v16f density = v16_exp_nonpositive(c * c * (v16f)(-0.5f)) * (v16f)(0.398942280f);
        return v16_fma(v16_abs(x) > 14.0f ? (v16f)(0.0f) : x, density, cumulative);
    }
    case CK_GELU_TANH: {
        const v16f square = x * x;
        const v16f t = v16_tanh(v16_fma(square * x, (v16f)(0.044715f), x) * (v16f)(0.797884561f));
        const v16f inner = v16_fma(square, (v16f)(3.0f * 0.044715f), one) * (v16f)(0.797884561f);
        const v16f half_x = x * half;
        *value = v16_fma(half_x, t, half_x);
        // Where tanh has reached 1 its slope is 0, and the polynomial may be infinite.
        const v16f flat = v16_fma(-t, t, one), bend = flat == 0.0f ? (v16f)(0.0f) : half_x * flat * inner;
        return v16_fma(half, t, half) + bend;
    }
    case CK_RELU: *value = x < 0.0f ? (v16f)(0.0f) : x; return x > 0.0f ? one : (v16f)(0.0f);
    case CK_TANH: *value = v16_tanh(x); return v16_fma(-*value, *value, one);
    default: *value = x; return one;
    }
}

static void CK_NAME(ck_f32_activate_backward)(float *gradient, float *x, ptrdiff_t count, ck_activation activation) {
    for (ptrdiff_t n = 0; n < count; n += 16) {
        const ptrdiff_t width = count - n;
        v16f value;
        v16f d = CK_NAME(slope)(CK_NAME(any_load)(x + n, width, 0.0f), activation, &value);
        CK_NAME(any_store)(gradient + n, CK_NAME(any_load)(gradient + n, width, 0.0f) * d, width);
        CK_NAME(any_store)(x + n, value, width);
    }
}

static void CK_NAME(ck_f32_softmax_backward)(float *gradient, const float *p, ptrdiff_t stride, float scale,
                                             ptrdiff_t rows, ptrdiff_t columns) {
    for (ptrdiff_t m = 0; m < rows; m++, gradient += stride, p += stride) {
        v16f sums = (v16f)(0.0f);
        for (ptrdiff_t n = 0; n < columns; n += 16)
            sums = v16_fma(CK_NAME(any_load)(gradient + n, columns - n, 0.0f), CK_NAME(any_load)(p + n, columns - n, 0.0f),
                           sums);
        const v16f mean = (v16f)(v16_sum(sums)), scales = (v16f)(scale);
        for (ptrdiff_t n = 0; n < columns; n += 16) {
            v16f d = CK_NAME(any_load)(gradient + n, columns - n, 0.0f) - mean;
            CK_NAME(any_store)(gradient + n, CK_NAME(any_load)(p + n, columns - n, 0.0f) * d * scales, columns - n);
        }
        for (ptrdiff_t n = columns; n < stride; n++) gradient[n] = 0.0f;
    }
}

// MARK: dropout

typedef uint32_t v16u __attribute__((ext_vector_type(16)));
typedef uint64_t v8u64 __attribute__((ext_vector_type(8)));

CK_INLINE void CK_NAME(multiply_full)(v16u x, uint32_t factor, v16u *high, v16u *low) {
    const v8u64 pairs = (v8u64)x, lower = (v8u64)(0xFFFFFFFFull);
    const v8u64 even = (pairs & lower) * (v8u64)((uint64_t)factor), odd = (pairs >> 32) * (v8u64)((uint64_t)factor);
    *high = (v16u)((even >> 32) | (odd & ~lower));
    *low = (v16u)((even & lower) | (odd << 32));
}

// The 64 words of elements 4 * block ..< 4 * block + 64 by Philox4x32-10, in order.
CK_INLINE void CK_NAME(random_words)(v16u words[4], const ck_dropout *draw, uint32_t block) {
    v16u lanes;
    for (int i = 0; i < 16; i++) lanes[i] = (uint32_t)i;
    v16u c0 = lanes + block, c1 = (v16u)(draw->place), c2 = (v16u)(uint32_t)draw->step,
         c3 = (v16u)(uint32_t)(draw->step >> 32);
    uint32_t k0 = (uint32_t)draw->seed, k1 = (uint32_t)(draw->seed >> 32);
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
        v16u high0, low0, high2, low2;
        CK_NAME(multiply_full)(c0, 0xD2511F53u, &high0, &low0);
        CK_NAME(multiply_full)(c2, 0xCD9E8D57u, &high2, &low2);
        c0 = high2 ^ c1 ^ k0;
        c1 = low2;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
    }
#define CK_LOW_HALVES 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define CK_HIGH_HALVES 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
    const v16u even_low = __builtin_shufflevector(c0, c2, CK_LOW_HALVES);
    const v16u even_high = __builtin_shufflevector(c0, c2, CK_HIGH_HALVES);
    const v16u odd_low = __builtin_shufflevector(c1, c3, CK_LOW_HALVES);
    const v16u odd_high = __builtin_shufflevector(c1, c3, CK_HIGH_HALVES);
    words[0] = __builtin_shufflevector(even_low, odd_low, CK_LOW_HALVES);
    words[1] = __builtin_shufflevector(even_low, odd_low, CK_HIGH_HALVES);
    words[2] = __builtin_shufflevector(even_high, odd_high, CK_LOW_HALVES);
    words[3] = __builtin_shufflevector(even_high, odd_high, CK_HIGH_HALVES);
}

static void CK_NAME(ck_f32_dropout)(const ck_dropout *draw, float *y, ptrdiff_t y_stride, const float *x,
                                    ptrdiff_t x_stride, const float *added, ptrdiff_t added_stride, float *second,
                                    ptrdiff_t second_stride, ptrdiff_t rows, ptrdiff_t columns) {
    const v16u threshold = (v16u)(draw->threshold);
    const v16f scale = (v16f)(draw->scale);
    for (ptrdiff_t m = 0; m < rows; m++) {
        const uint64_t first = draw->first + (uint64_t)m * draw->pitch;
        ptrdiff_t n = 0;
        while (n < columns) {
            const uint64_t element = first + (uint64_t)n;
            v16u words[5];
            CK_NAME(random_words)(words, draw, (uint32_t)(element >> 2));
            const ptrdiff_t skipped = (ptrdiff_t)(element & 3);
            ptrdiff_t end = n + 64 - skipped;
            if (end > columns) end = columns;
            const char *place = (const char *)words + skipped * 4;
            for (; n < end; n += 16, place += 64) {
                const ptrdiff_t width = end - n < 16 ? end - n : 16;
                v16u word;
                // The fifth vector is there to be read past the end; its lanes are not used.
                __builtin_memcpy(&word, place, sizeof word);
                const v16i keeps = word >= threshold;
                v16f v = CK_NAME(any_load)(x + m * x_stride + n, width, 0.0f) * scale;
                v = keeps ? v : (v16f)(0.0f);
                if (added) v += CK_NAME(any_load)(added + m * added_stride + n, width, 0.0f);
                CK_NAME(any_store)(y + m * y_stride + n, v, width);
                if (second) {
                    v16f w = CK_NAME(any_load)(second + m * second_stride + n, width, 0.0f) * scale;
                    CK_NAME(any_store)(second + m * second_stride + n, keeps ? w : (v16f)(0.0f), width);
                }
            }
            n = end;
        }
    }
}
