// The table of kernels: one row for each instruction set, chosen once. What each kernel computes is said here; how, in
// the .inc.h files, which are compiled once for each instruction set. Not here: any choice of threads or blocks.
//
// Shapes: M rows, N columns, K the summed dimension; T tokens, D head size. Matrices are row-major unless they are
// "packed": panels of 16 columns, each K x 16 with the column fastest, the last panel filled up with zeros. Panels are
// always read and written whole.
//
// Every kernel gives the same bits on every instruction set: sums run over K in order with one fma a step, or in 16
// virtual lanes joined by one tree; division, square root and fma are the correctly rounded ones; no rcp, no rsqrt.
//
// How far a kernel reads and writes: the elements that its shapes name, and not one byte beyond, before or between them.
// An operand of M rows, N columns and a stride ends with the last column of its last row, after (M - 1) * stride + N
// elements; what lies between the columns and the stride is left alone. An array of `count`, `rows` or `columns` has as
// many. Addresses are multiples of an element's size and need be no more. Operands are the same or lie apart. A kernel
// that touches more says so; prefetches are no reads. GuardedKernelTests holds every kernel to this.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CK_PANEL 16

typedef enum ck_isa {
    CK_SCALAR = 0,
    CK_AVX2 = 1,
    CK_AVX512 = 2,
    CK_NEON = 3,
    CK_AVX2VNNI = 4,
    CK_AVX512VNNI = 5,
    CK_NEONDOT = 6,
    CK_NEONI8MM = 7
} ck_isa;

typedef enum ck_activation { CK_IDENTITY = 0, CK_GELU = 1, CK_GELU_TANH = 2, CK_RELU = 3, CK_TANH = 4 } ck_activation;

// What a matrix product does to a finished element: + bias[n], + residual[m * residual_stride + n], activation. It has as
// many rows and columns as the product's result.
typedef struct ck_epilogue {
    const float *_Nullable bias;
    const float *_Nullable residual;
    ptrdiff_t residual_stride;
    ck_activation activation;
} ck_epilogue;

// Which values dropout keeps. The word of element e is word e % 4 of Philox4x32-10 with the key `seed` and the counter
// (e / 4, place, step); it is kept iff the word is at least `threshold`, and then multiplied with `scale`. Row m of a
// matrix has the elements first + m * pitch and on; they are below 2^34.
typedef struct ck_dropout {
    uint64_t seed;
    uint64_t step;
    uint32_t place;
    uint32_t threshold;
    float scale;
    uint64_t first;
    uint64_t pitch;
} ck_dropout;

// M quantized rows: value = scale * (code - zero). The codes of a row are followed by as many as fill up a group of four,
// the last row's too: they are read.
typedef struct ck_i8_rows {
    const uint8_t *_Nonnull codes;
    ptrdiff_t stride;
    const float *_Nonnull scales;
    const int32_t *_Nonnull zeros;
} ck_i8_rows;

// Where the groups of a panel lie in a table that orders them (`has_order`): first the plain ones, last the mixed ones, the
// signed ones between them; i8_paired.inc.h says what they are. Its mixed groups have the masks from the first on, and its
// sums start with these.
typedef struct ck_i8_panel {
    int32_t plain, mixed, first_mask;
    int32_t start[CK_PANEL];
} ck_i8_panel;

// A packed int8 matrix: N columns of K codes, -127 ... 127, a panel's columns side by side in groups of four codes, which
// lie as the table's own i8_gemm takes them. All arrays are filled up with zeros to whole panels, and codes to whole
// groups: all of that is read.
//
// Where some codes need 16 bits, a panel has wide steps too: panel p those from wide_ranges[2 * p] up to
// wide_ranges[2 * p + 1]. Step w holds what is added to the 16 columns' codes at k = wide_depths[w], which is even, and
// k + 1: a column's two side by side.
typedef struct ck_i8_matrix {
    const int8_t *_Nonnull codes;
    // The sum of each column's codes, the wide ones among them, for the rows' zero points.
    const int32_t *_Nonnull column_sums;
    const float *_Nonnull scales;
    const float *_Nonnull bias;
    ptrdiff_t depth;
    // Null where the table does not order groups. Of each group in a panel's order, the first k of its codes, or of the
    // block that they are from, divided by four; of each mixed one, the places of its codes in the block.
    const ck_i8_panel *_Nullable panels;
    const uint16_t *_Nullable places;
    const uint32_t *_Nullable masks;
    // All three or none.
    const int32_t *_Nullable wide_ranges;
    const int32_t *_Nullable wide_depths;
    const int16_t *_Nullable wide_codes;
} ck_i8_matrix;

// One step of AdamW for one group of parameters; a variant of AdamW is a choice of these numbers.
//
// g = gradient_scale * gradient;  m = beta1 * m + rest1 * g;  v = beta2 * v + rest2 * g * g; moments below 2^-120 become 0;
// u = m / (root_correction * sqrt v + epsilon) + decay_inside * w;  w = w * decay_before - rate * u;
// w = w - decay_after * w.
typedef struct ck_adamw {
    float beta1, rest1, beta2, rest2;
    float root_correction, epsilon;
    float rate;
    float decay_before, decay_inside, decay_after;
    float gradient_scale;
} ck_adamw;

// Where terms of distances lie: the term of distance d in column columns[d] - first of its row. `columns` points at distance
// 0, and holds those of all distances asked for; they never fall as distances grow, and columns[d] is columns[0] + d as far
// as `near` on both sides. Row m of the scores is of the query at `position` + m, column n of the key at n.
typedef struct ck_distances {
    const int32_t *_Nonnull columns;
    ptrdiff_t near;
    ptrdiff_t position;
    ptrdiff_t first;
} ck_distances;

// A step of matrix products, to measure what it reaches at most.
typedef struct ck_limit {
    // The instructions that it is made of, by their names.
    const char *_Nonnull instructions;
    // Whether factors are 8-bit codes and sums int32; else both are fp32.
    int32_t is_int8;
    // Whether the table's products take this step: all of them for some weights, or a part of them.
    int32_t is_used;
    // Does the step `steps` times with everything in registers, on as many sums as the product's tile has. The number of
    // products computed is returned, and found as the sum of the 16 lanes of `sink`, int32 or fp32, which are written.
    ptrdiff_t (*_Nonnull run)(void *_Nonnull sink, ptrdiff_t steps);
} ck_limit;

typedef struct ck_kernels {
    ck_isa isa;
    // Whether i8_pack gives a panel's groups an order, and i8_gemm needs it.
    int32_t has_order;

    // c[m, n] = epilogue(sum over k of a[m, k] * b[k, n]) for `columns` columns from the first of the packed panels, the
    // last of which is read whole. c is written only.
    void (*_Nonnull f32_gemm)(float *_Nonnull c, ptrdiff_t c_stride, const float *_Nonnull a, ptrdiff_t a_stride,
                              const float *_Nonnull packed_b, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth,
                              const ck_epilogue *_Nonnull epilogue);

    // Packs source[k * k_stride + n * n_stride], k < depth, n < columns, into panels, which are written whole.
    void (*_Nonnull f32_pack)(float *_Nonnull packed, const float *_Nonnull source, ptrdiff_t k_stride,
                              ptrdiff_t n_stride, ptrdiff_t depth, ptrdiff_t columns);

    // y = (x - mean) / sqrt(variance + epsilon) * gamma + beta for each row; y may be x. Rows lie side by side.
    void (*_Nonnull f32_layer_norm)(float *_Nonnull y, const float *_Nonnull x, const float *_Nonnull gamma,
                                    const float *_Nonnull beta, float epsilon, ptrdiff_t rows, ptrdiff_t columns);

    // y = softmax(scale * x) for each row, in place; y[columns ..< stride] becomes 0, in the last row too: x has
    // rows * stride values.
    void (*_Nonnull f32_softmax)(float *_Nonnull x, ptrdiff_t stride, float scale, ptrdiff_t rows, ptrdiff_t columns);

    // x[m, n] = x[m, n] * scale + bias[m * bias_step + n], rounded once. `bias` is the first row's; the step may be 0 or
    // negative, and is -1 where the bias depends on n - m alone.
    void (*_Nonnull f32_scale_add)(float *_Nonnull x, ptrdiff_t stride, float scale, const float *_Nonnull bias,
                                   ptrdiff_t bias_step, ptrdiff_t rows, ptrdiff_t columns);

    // x[m, n] += terms[m, c], or with `by_key` terms[n, c], c being the column of distance position + m - n. Terms have
    // `rows` rows, or with `by_key` `columns`.
    void (*_Nonnull f32_add_distances)(float *_Nonnull x, ptrdiff_t stride, const float *_Nonnull terms,
                                       ptrdiff_t terms_stride, const ck_distances *_Nonnull distances, int by_key,
                                       ptrdiff_t rows, ptrdiff_t columns);

    // The gradient of that: terms[m, c], or with `by_key` terms[n, c], += x[m, n], row after row and along a row.
    void (*_Nonnull f32_sum_distances)(float *_Nonnull terms, ptrdiff_t terms_stride, const float *_Nonnull x,
                                       ptrdiff_t stride, const ck_distances *_Nonnull distances, int by_key,
                                       ptrdiff_t rows, ptrdiff_t columns);

    // A step of AdamW, elementwise; the gradients become 0. One `step` is read.
    void (*_Nonnull f32_adamw)(float *_Nonnull weights, float *_Nonnull moments1, float *_Nonnull moments2,
                               float *_Nonnull gradients, ptrdiff_t count, const ck_adamw *_Nonnull step);

    // The bits that `step_count` steps of f32_adamw with gradients of 0 would give.
    void (*_Nonnull f32_adamw_replay)(float *_Nonnull weights, float *_Nonnull moments1, float *_Nonnull moments2,
                                      ptrdiff_t count, const ck_adamw *_Nonnull steps, ptrdiff_t step_count);

    // The sum of x[n] * x[n] in double precision, in 16 virtual lanes; not finite iff some x is not.
    double (*_Nonnull f32_sum_of_squares)(const float *_Nonnull x, ptrdiff_t count);

    // y = activation(x), elementwise; y may be x.
    void (*_Nonnull f32_activate)(float *_Nonnull y, const float *_Nonnull x, ptrdiff_t count, ck_activation activation);

    // y = a + b + c, elementwise, left to right.
    void (*_Nonnull f32_add3)(float *_Nonnull y, const float *_Nonnull a, const float *_Nonnull b,
                              const float *_Nonnull c, ptrdiff_t count);

    // c[m, n] += sum over t of a[t, m] * b[t, n]: M rows, N columns, T the depth; chains over t in order. Scratch memory
    // of 256 * (M + N) + 32 * (M + N) values, whatever is in it, makes large products faster.
    void (*_Nonnull f32_outer)(float *_Nonnull c, ptrdiff_t c_stride, const float *_Nonnull a, ptrdiff_t a_stride,
                               const float *_Nonnull b, ptrdiff_t b_stride, ptrdiff_t rows, ptrdiff_t columns,
                               ptrdiff_t depth, float *_Nullable scratch);

    // sums[n] += x[m, n], row after row.
    void (*_Nonnull f32_add_rows)(float *_Nonnull sums, const float *_Nonnull x, ptrdiff_t stride, ptrdiff_t rows,
                                  ptrdiff_t columns);

    // What f32_layer_norm does to gradients: dx of x from dy of y, dgamma and dbeta (both or neither) are added to, row
    // after row; dx may be x or dy. Rows lie side by side.
    void (*_Nonnull f32_layer_norm_backward)(float *_Nonnull dx, const float *_Nonnull dy, const float *_Nonnull x,
                                             const float *_Nonnull gamma, float epsilon, float *_Nullable dgamma,
                                             float *_Nullable dbeta, ptrdiff_t rows, ptrdiff_t columns);

    // gradient *= activation'(x), then x = activation(x), elementwise.
    void (*_Nonnull f32_activate_backward)(float *_Nonnull gradient, float *_Nonnull x, ptrdiff_t count,
                                           ck_activation activation);

    // gradient = scale * p * (gradient - sum of gradient * p) for each row: from the gradient of p = softmax(scale * x)
    // to that of x; gradient[columns ..< stride] becomes 0, in the last row too: it has rows * stride values, p does not.
    void (*_Nonnull f32_softmax_backward)(float *_Nonnull gradient, const float *_Nonnull p, ptrdiff_t stride,
                                          float scale, ptrdiff_t rows, ptrdiff_t columns);

    // y = dropout(x) + added (nothing where null), and second = dropout(second) by the same draws; y may be x.
    void (*_Nonnull f32_dropout)(const ck_dropout *_Nonnull draw, float *_Nonnull y, ptrdiff_t y_stride,
                                 const float *_Nonnull x, ptrdiff_t x_stride, const float *_Nullable added,
                                 ptrdiff_t added_stride, float *_Nullable second, ptrdiff_t second_stride,
                                 ptrdiff_t rows, ptrdiff_t columns);

    // c[m, n] = activation(s * (row scale * column scale) + bias[n] + residual), where s is the exact sum over k of
    // (a code - a zero) * b code, for `columns` columns from `first`, which starts a panel; c and the epilogue's residual
    // begin with that column. The epilogue's bias is unused.
    void (*_Nonnull i8_gemm)(float *_Nonnull c, ptrdiff_t c_stride, const ck_i8_rows *_Nonnull a, ptrdiff_t rows,
                             const ck_i8_matrix *_Nonnull b, ptrdiff_t first, ptrdiff_t columns,
                             const ck_epilogue *_Nonnull epilogue);

    // Packs N rows of K codes, which lie side by side, into panels, and sums each up: whole panels of both are written. A
    // table that orders groups writes, too, the panels, a place for each group, and at the masks' beginning as many as the
    // panels have mixed groups, at most as many as groups; their first masks count from there. Else all three may be null.
    void (*_Nonnull i8_pack)(int8_t *_Nonnull packed, int32_t *_Nonnull column_sums, ck_i8_panel *_Nullable panels,
                             uint16_t *_Nullable places, uint32_t *_Nullable masks, const int8_t *_Nonnull source,
                             ptrdiff_t columns, ptrdiff_t depth);

    // Quantizes rows of x * factors (ones where null) in the form that i8_gemm of the same table takes: of each row whole
    // groups of four codes are written.
    void (*_Nonnull i8_quantize)(uint8_t *_Nonnull codes, ptrdiff_t code_stride, float *_Nonnull scales,
                                 int32_t *_Nonnull zeros, const float *_Nonnull x, ptrdiff_t x_stride,
                                 const float *_Nullable factors, ptrdiff_t rows, ptrdiff_t columns);

    // The values that codes of i8_quantize of the same table stand for, divided by the factors (ones where null); of what
    // fills up a group nothing is read.
    void (*_Nonnull i8_restore)(float *_Nonnull x, ptrdiff_t x_stride, const uint8_t *_Nonnull codes,
                                ptrdiff_t code_stride, const float *_Nonnull scales, const int32_t *_Nonnull zeros,
                                const float *_Nullable factors, ptrdiff_t rows, ptrdiff_t columns);

    // The steps that a product could be made of here, by their places: first that of i8_gemm, then others in 8 bits, and
    // last f32_gemm's. Null behind that one.
    const ck_limit *_Nullable (*_Nonnull limit)(ptrdiff_t place);
} ck_kernels;

// The best instruction set that this processor has and this program was tested with.
ck_isa ck_best_isa(void);

// Whether this processor can run the kernels of an instruction set.
int ck_supports(ck_isa isa);

// The kernels of an instruction set; null where this program has none for it.
const ck_kernels *_Nullable ck_table(ck_isa isa);

#ifdef __cplusplus
}
#endif
