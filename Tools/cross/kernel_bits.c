// Runs every kernel of one instruction set on fixed pseudo-random inputs and prints a hash of all result bits: equal hashes
// mean equal bits. Operands have exactly the size that ckernels.h names and lie between pages that may not be touched, so
// a kernel that reads or writes beyond them is told and ends the program. Not a test of correctness: that is KernelTests,
// against the plain definitions.
//
// usage: kernel_bits ISA end|start, where ISA is a value of ck_isa, and operands lie against the page behind or before

#include "ckernels.h"
#include "emulated_vnni.h"
#include "guarded_memory.h"

#include <stdlib.h>

static uint64_t state = 88172645463325252u;
static uint64_t hash = 1469598103934665603u;
static const ck_kernels *kernels;

// Xorshift: uniform in -1 ... 1, the same everywhere.
static float next_value(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (float)((double)(state >> 40) / 16777216.0 * 2 - 1);
}

#define VALUES(name, count)                                                                                            \
    float *name = guarded(#name, (size_t)(count) * sizeof(float));                                                     \
    for (ptrdiff_t i = 0; i < (count); i++) name[i] = next_value()
#define BYTES(name, type, count)                                                                                       \
    type *name = guarded(#name, (size_t)(count) * sizeof(type));                                                       \
    for (ptrdiff_t i = 0; i < (count); i++) name[i] = (type)(next_value() * 127)

// FNV-1a over the bits.
static void add(const void *v, size_t size) {
    const unsigned char *bytes = v;
    for (size_t i = 0; i < size; i++) hash = (hash ^ bytes[i]) * 1099511628211u;
}

#define ADD(v, count) add(v, (size_t)(count) * sizeof *(v))

// Values from the first of a matrix to its last.
static ptrdiff_t extent(ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t columns) { return (rows - 1) * stride + columns; }

static ptrdiff_t padded(ptrdiff_t columns) { return (columns + CK_PANEL - 1) / CK_PANEL * CK_PANEL; }

static void begin(const char *name, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth) {
    kernel_name = name;
    snprintf(kernel_shape, sizeof kernel_shape, "isa %d: %td, %td, %td", kernels->isa, rows, columns, depth);
}

static void products(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth) {
    const ptrdiff_t panels = padded(columns) * depth;
    const ptrdiff_t strides[][2] = {{1, depth + 2}, {columns + 3, 1}, {2, 2 * depth + 1}};
    for (int way = 0; way < 3; way++) {
        const ptrdiff_t k_stride = strides[way][0], n_stride = strides[way][1];
        begin("f32_pack", rows, columns, depth);
        VALUES(source, (depth - 1) * k_stride + (columns - 1) * n_stride + 1);
        VALUES(packed, panels);
        kernels->f32_pack(packed, source, k_stride, n_stride, depth, columns);
        ADD(packed, panels);
        release_operands();
    }
    for (int activation = CK_IDENTITY; activation <= CK_TANH; activation++) {
        begin("f32_gemm", rows, columns, depth);
        const ptrdiff_t c_stride = columns + 3, a_stride = depth + 2;
        VALUES(c, extent(rows, c_stride, columns));
        VALUES(a, extent(rows, a_stride, depth));
        VALUES(packed, panels);
        VALUES(bias, columns);
        VALUES(residual, extent(rows, columns + 1, columns));
        const int plain = activation == CK_IDENTITY;
        const ck_epilogue epilogue = {plain ? 0 : bias, plain ? 0 : residual, columns + 1, (ck_activation)activation};
        kernels->f32_gemm(c, c_stride, a, a_stride, packed, rows, columns, depth, &epilogue);
        ADD(c, extent(rows, c_stride, columns));
        release_operands();
    }
    for (int with_scratch = 0; with_scratch < 2; with_scratch++) {
        begin(with_scratch ? "f32_outer with scratch" : "f32_outer", rows, columns, depth);
        VALUES(c, extent(rows, columns + 3, columns));
        VALUES(a, extent(depth, rows + 1, rows));
        VALUES(b, extent(depth, columns + 2, columns));
        VALUES(scratch, 288 * (rows + columns));
        kernels->f32_outer(c, columns + 3, a, rows + 1, b, columns + 2, rows, columns, depth, with_scratch ? scratch : 0);
        ADD(c, extent(rows, columns + 3, columns));
        release_operands();
    }
}

static void norms(ptrdiff_t rows, ptrdiff_t columns) {
    const ptrdiff_t count = rows * columns;
    begin("f32_layer_norm", rows, columns, 0);
    VALUES(x, count);
    VALUES(y, count);
    VALUES(gamma, columns);
    VALUES(beta, columns);
    kernels->f32_layer_norm(y, x, gamma, beta, 1e-12f, rows, columns);
    ADD(y, count);
    kernels->f32_layer_norm(x, x, gamma, beta, 1e-5f, rows, columns);
    ADD(x, count);
    release_operands();
    for (int with_sums = 0; with_sums < 2; with_sums++) {
        begin("f32_layer_norm_backward", rows, columns, with_sums);
        VALUES(dx, count);
        VALUES(dy, count);
        VALUES(input, count);
        VALUES(scale, columns);
        VALUES(dgamma, columns);
        VALUES(dbeta, columns);
        kernels->f32_layer_norm_backward(dx, dy, input, scale, 1e-5f, with_sums ? dgamma : 0, with_sums ? dbeta : 0, rows,
                                         columns);
        ADD(dx, count), ADD(dgamma, columns), ADD(dbeta, columns);
        release_operands();
    }
}

static void softmaxes(ptrdiff_t rows, ptrdiff_t columns) {
    const ptrdiff_t stride = columns + 5;
    begin("f32_softmax", rows, columns, 0);
    VALUES(x, rows * stride);
    kernels->f32_softmax(x, stride, 0.7f, rows, columns);
    ADD(x, rows * stride);
    release_operands();
    const ptrdiff_t steps[] = {-1, 0, columns + 2};
    for (int way = 0; way < 3; way++) {
        const ptrdiff_t step = steps[way];
        begin("f32_scale_add", rows, columns, step);
        VALUES(scores, extent(rows, stride, columns));
        VALUES(bias, extent(rows, step < 0 ? -step : step, columns));
        // Where the step is negative, the first row's bias is the last.
        kernels->f32_scale_add(scores, stride, 0.7f, step < 0 ? bias - step * (rows - 1) : bias, step, rows, columns);
        ADD(scores, extent(rows, stride, columns));
        release_operands();
    }
    for (int by_key = 0; by_key < 2; by_key++) {
        begin("f32_add_distances", rows, columns, by_key);
        const ptrdiff_t span = rows + columns - 1, terms_stride = span + 3, count = by_key ? columns : rows;
        VALUES(sums, extent(rows, stride, columns));
        VALUES(terms, extent(count, terms_stride, span));
        int32_t *places = malloc((size_t)span * sizeof(int32_t));
        // From distance 1 - columns on, a column each, but for those beyond 20 on either side.
        for (ptrdiff_t n = 0; n < span; n++) {
            const ptrdiff_t distance = n + 1 - columns, beyond = distance > 20 ? distance - 20 : 0;
            const ptrdiff_t before = distance < -20 ? -20 - distance : 0;
            places[n] = (int32_t)(distance - beyond / 2 + before / 2 + columns - 1);
        }
        const ck_distances distances = {places + columns - 1, 20, 0, 0};
        kernels->f32_add_distances(sums, stride, terms, terms_stride, &distances, by_key, rows, columns);
        ADD(sums, extent(rows, stride, columns));
        kernels->f32_sum_distances(terms, terms_stride, sums, stride, &distances, by_key, rows, columns);
        ADD(terms, extent(count, terms_stride, span));
        free(places);
        release_operands();
    }
    begin("f32_softmax_backward", rows, columns, 0);
    VALUES(gradient, rows * stride);
    VALUES(p, extent(rows, stride, columns));
    kernels->f32_softmax_backward(gradient, p, stride, 0.7f, rows, columns);
    ADD(gradient, rows * stride);
    release_operands();
}

static void elements(ptrdiff_t rows, ptrdiff_t columns) {
    const ptrdiff_t count = rows * columns;
    for (int activation = CK_IDENTITY; activation <= CK_TANH; activation++) {
        begin("f32_activate", count, activation, 0);
        VALUES(x, count);
        VALUES(y, count);
        VALUES(gradient, count);
        for (ptrdiff_t i = 0; i < count; i++) x[i] *= 9;
        kernels->f32_activate(y, x, count, (ck_activation)activation);
        ADD(y, count);
        begin("f32_activate_backward", count, activation, 0);
        kernels->f32_activate_backward(gradient, x, count, (ck_activation)activation);
        ADD(gradient, count), ADD(x, count);
        release_operands();
    }
    begin("f32_add3", count, 0, 0);
    VALUES(y, count);
    VALUES(a, count);
    VALUES(b, count);
    VALUES(c, count);
    kernels->f32_add3(y, a, b, c, count);
    ADD(y, count);
    begin("f32_sum_of_squares", count, 0, 0);
    const double sum = kernels->f32_sum_of_squares(a, count);
    add(&sum, sizeof sum);
    release_operands();
    begin("f32_add_rows", rows, columns, 0);
    VALUES(sums, columns);
    VALUES(x, extent(rows, columns + 3, columns));
    kernels->f32_add_rows(sums, x, columns + 3, rows, columns);
    ADD(sums, columns);
    release_operands();
}

static void optimizer(ptrdiff_t count, ptrdiff_t step_count) {
    begin("f32_adamw", count, step_count, 0);
    VALUES(weights, count);
    VALUES(moments1, count);
    VALUES(moments2, count);
    VALUES(gradients, count);
    for (ptrdiff_t i = 0; i < count; i++) moments2[i] *= moments2[i];
    ck_adamw *steps = guarded("steps", (size_t)step_count * sizeof *steps);
    for (ptrdiff_t i = 0; i < step_count; i++)
        steps[i] = (ck_adamw){0.9f, 0.1f, 0.999f, 0.001f, 1.5f, 1e-8f, 0.01f / (float)(i + 1), 0.99f, 0.01f, 0.001f, 0.5f};
    kernels->f32_adamw(weights, moments1, moments2, gradients, count, steps);
    ADD(weights, count), ADD(moments1, count), ADD(moments2, count), ADD(gradients, count);
    begin("f32_adamw_replay", count, step_count, 0);
    kernels->f32_adamw_replay(weights, moments1, moments2, count, steps, step_count);
    ADD(weights, count), ADD(moments1, count), ADD(moments2, count);
    release_operands();
}

static void dropouts(ptrdiff_t rows, ptrdiff_t columns) {
    for (int all = 0; all < 2; all++) {
        begin("f32_dropout", rows, columns, all);
        VALUES(y, extent(rows, columns + 1, columns));
        VALUES(x, extent(rows, columns + 2, columns));
        VALUES(added, extent(rows, columns + 3, columns));
        VALUES(second, extent(rows, columns + 4, columns));
        const ck_dropout draw = {7, 3, 11, 1u << 30, 4.0f / 3, 5, (uint64_t)columns + 1};
        kernels->f32_dropout(&draw, y, columns + 1, x, columns + 2, all ? added : 0, columns + 3, all ? second : 0,
                             columns + 4, rows, columns);
        ADD(y, extent(rows, columns + 1, columns)), ADD(second, extent(rows, columns + 4, columns));
        release_operands();
    }
}

static void int8(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, ck_activation activation) {
    const ptrdiff_t steps = (depth + 3) / 4, c_stride = columns + 3, stride = 4 * steps + 2;
    begin("i8_pack", rows, columns, depth);
    BYTES(weights, int8_t, columns * depth);
    // Most of them small, as those of trained weights are: kernels tell which may be added up.
    for (ptrdiff_t i = 0; i < columns * depth; i++) weights[i] = (int8_t)(weights[i] * weights[i] * weights[i] / 16129);
    BYTES(packed, int8_t, padded(columns) * 4 * steps);
    BYTES(column_sums, int32_t, padded(columns));
    const ptrdiff_t panels = padded(columns) / CK_PANEL;
    ck_i8_panel *order = guarded("panels", (size_t)panels * sizeof *order);
    uint16_t *places = guarded("places", (size_t)(panels * steps) * sizeof *places);
    uint32_t *masks = guarded("masks", (size_t)(panels * steps) * sizeof *masks);
    memset(order, 0, (size_t)panels * sizeof *order);
    const int ordered = kernels->has_order;
    kernels->i8_pack(packed, column_sums, ordered ? order : 0, ordered ? places : 0, ordered ? masks : 0, weights,
                     columns, depth);
    ADD(column_sums, padded(columns));
    begin("i8_quantize", rows, columns, depth);
    VALUES(x, extent(rows, depth + 1, depth));
    VALUES(factors, depth);
    BYTES(codes, uint8_t, extent(rows, stride, 4 * steps));
    VALUES(row_scales, rows);
    BYTES(zeros, int32_t, rows);
    const float *used = activation == CK_IDENTITY ? 0 : factors;
    // A row without an extent has the code of 0 as its zero point, by which the forms of codes differ.
    const float nothing = 0;
    uint8_t zero_codes[4];
    float zero_scale;
    int32_t flip;
    kernels->i8_quantize(zero_codes, 4, &zero_scale, &flip, &nothing, 1, 0, 1, 1);
    kernels->i8_quantize(codes, stride, row_scales, zeros, x, depth + 1, used, rows, depth);
    ADD(row_scales, rows);
    for (ptrdiff_t m = 0; m < rows; m++) {
        const int32_t zero = zeros[m] - flip;
        add(&zero, sizeof zero);
        for (ptrdiff_t k = 0; k < depth; k++) {
            const uint8_t code = codes[m * stride + k] ^ (uint8_t)flip;
            add(&code, 1);
        }
    }
    begin("i8_restore", rows, columns, depth);
    kernels->i8_restore(x, depth + 1, codes, stride, row_scales, zeros, used, rows, depth);
    ADD(x, extent(rows, depth + 1, depth));
    begin("i8_gemm", rows, columns, depth);
    VALUES(c, extent(rows, c_stride, columns));
    VALUES(scales, padded(columns));
    VALUES(bias, padded(columns));
    VALUES(residual, extent(rows, columns + 1, columns));
    const ck_epilogue epilogue = {0, activation == CK_IDENTITY ? 0 : residual, columns + 1, activation};
    const ck_i8_rows left = {codes, stride, row_scales, zeros};
    BYTES(wide_ranges, int32_t, 2 * panels);
    BYTES(wide_depths, int32_t, panels);
    BYTES(wide_codes, int16_t, 2 * CK_PANEL * panels);
    // A wide step for each panel, at the last pair of the depth, in the columns' sums too; no code stands behind the depth.
    for (ptrdiff_t p = 0; p < panels; p++) {
        wide_ranges[2 * p] = (int32_t)p;
        wide_ranges[2 * p + 1] = (int32_t)p + 1;
        wide_depths[p] = (int32_t)((depth - 1) / 2 * 2);
    }
    const int wide = activation == CK_GELU;
    for (ptrdiff_t i = 0; i < 2 * CK_PANEL * panels; i++) {
        wide_codes[i] = i % 2 && depth % 2 ? 0 : (int16_t)(wide_codes[i] * 258);
        if (wide) column_sums[i / 2] += wide_codes[i];
    }
    const ck_i8_matrix right = {
        .codes = packed,
        .column_sums = column_sums,
        .scales = scales,
        .bias = bias,
        .depth = depth,
        .panels = ordered ? order : 0,
        .places = ordered ? places : 0,
        .masks = ordered ? masks : 0,
        .wide_ranges = wide ? wide_ranges : 0,
        .wide_depths = wide ? wide_depths : 0,
        .wide_codes = wide ? wide_codes : 0,
    };
    kernels->i8_gemm(c, c_stride, &left, rows, &right, 0, columns, &epilogue);
    ADD(c, extent(rows, c_stride, columns));
    // The last panel alone.
    const ptrdiff_t first = (columns - 1) / CK_PANEL * CK_PANEL;
    kernels->i8_gemm(c + first, c_stride, &left, rows, &right, first, columns - first, &epilogue);
    ADD(c, extent(rows, c_stride, columns));
    release_operands();
}

static void limits(void) {
    const ck_limit *limit;
    for (ptrdiff_t i = 0; (limit = kernels->limit(i)); i++) {
        begin(limit->instructions, 0, 0, 0);
        BYTES(sums, int32_t, CK_PANEL);
        const ptrdiff_t products = limit->run(sums, 10);
        double counted = 0;
        for (int lane = 0; lane < CK_PANEL; lane++) {
            float value;
            memcpy(&value, &sums[lane], sizeof value);
            counted += limit->is_int8 ? sums[lane] : value;
        }
        if (products <= 0 || counted != (double)products) {
            fprintf(stderr, "%s: %td products, %.0f counted\n", limit->instructions, products, counted);
            exit(2);
        }
        release_operands();
    }
}

// A kernel that comes to the table comes here too.
_Static_assert(sizeof(ck_kernels) == 24 * sizeof(void *), "22 kernels, their limits, and the name of their instruction set");

int main(int count, char **arguments) {
    if (count != 3 || (strcmp(arguments[2], "end") && strcmp(arguments[2], "start"))) {
        fprintf(stderr, "usage: kernel_bits ISA end|start\n");
        return 64;
    }
    kernels = ck_table((ck_isa)atoi(arguments[1]));
    if (!kernels) return 1;
    if (!ck_supports(kernels->isa) && !(kernels->isa == CK_AVX2VNNI && ck_supports(CK_AVX2) && emulate_vnni())) return 1;
    flush_end = !strcmp(arguments[2], "end");
    watch_faults();
    // Tiles are 6 or 12 rows by 16 or 32 columns, slices of the depth 256 long, and codes come in fours.
    static const ptrdiff_t shapes[][3] = {
        {1, 1, 1},    {1, 16, 3},   {2, 17, 5},   {3, 1, 1000}, {5, 15, 1},   {6, 32, 16},  {6, 6, 64},   {7, 33, 31},
        {11, 31, 17}, {12, 12, 15}, {12, 48, 32}, {13, 31, 385}, {14, 47, 257}, {18, 18, 2}, {24, 32, 258}, {25, 30, 256},
        {25, 100, 64}, {36, 65, 255}, {49, 64, 770}, {1, 144, 12},
    };
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++) {
        const ptrdiff_t rows = shapes[s][0], columns = shapes[s][1], depth = shapes[s][2];
        products(rows, columns, depth);
        norms(rows, columns);
        softmaxes(rows, columns);
        elements(rows, columns);
        dropouts(rows, columns);
        optimizer(rows * columns, 1 + depth % 40);
        for (int activation = CK_IDENTITY; activation <= CK_TANH; activation++)
            int8(rows, columns, depth, (ck_activation)activation);
    }
    limits();
    printf("%016llx\n", (unsigned long long)hash);
    return 0;
}
