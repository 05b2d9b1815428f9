// Runs every kernel of one instruction set on fixed pseudo-random inputs and prints a hash of all result bits. Equal
// hashes mean equal bits. Not a test of correctness: that is KernelTests, against the plain definitions.
//
// usage: kernel_bits ISA, where ISA is a value of ck_isa

#include "ckernels.h"

#include <stdio.h>
#include <stdlib.h>

static uint64_t state = 88172645463325252u;
static uint64_t hash = 1469598103934665603u;

// Xorshift: uniform in -1 ... 1, the same everywhere.
static float next_value(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (float)((double)(state >> 40) / 16777216.0 * 2 - 1);
}

static float *values(size_t count) {
    float *v = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
    for (size_t i = 0; i < count; i++) v[i] = next_value();
    return v;
}

// FNV-1a over the bits.
static void add(const float *v, size_t count) {
    const unsigned char *bytes = (const unsigned char *)v;
    for (size_t i = 0; i < count * sizeof(float); i++) hash = (hash ^ bytes[i]) * 1099511628211u;
}

static void run(const ck_kernels *kernels, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, ck_activation activation) {
    const size_t count = (size_t)(rows * columns), panels = (size_t)((columns + CK_PANEL - 1) / CK_PANEL * CK_PANEL * depth);
    float *a = values((size_t)(rows * depth)), *b = values((size_t)(columns * depth)), *c = values(count);
    float *bias = values((size_t)columns), *gamma = values((size_t)columns), *residual = values(count);
    float *packed = values(panels), *x = values(1001);
    const ck_epilogue epilogue = {bias, residual, columns, activation};
    kernels->f32_pack(packed, b, 1, depth, depth, columns);
    add(packed, panels);
    kernels->f32_gemm(c, columns, a, depth, packed, rows, columns, depth, &epilogue);
    add(c, count);
    kernels->f32_layer_norm(c, c, gamma, bias, 1e-12f, rows, columns);
    add(c, count);
    kernels->f32_softmax(c, columns, 0.7f, rows, columns);
    add(c, count);
    kernels->f32_add3(c, c, residual, residual, (ptrdiff_t)count);
    add(c, count);
    for (int i = 0; i < 1001; i++) x[i] *= 9;
    kernels->f32_activate(x, x, 1001, activation);
    add(x, 1001);
    free(a), free(b), free(c), free(bias), free(gamma), free(residual), free(packed), free(x);
}

static void run_int8(const ck_kernels *kernels, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, ck_activation activation) {
    const ptrdiff_t panels = (columns + CK_PANEL - 1) / CK_PANEL, stride = (depth + 3) / 4 * 4;
    const size_t count = (size_t)(rows * columns), padded = (size_t)(panels * CK_PANEL);
    float *x = values((size_t)(rows * depth)), *factors = values((size_t)depth), *c = values(count);
    float *scales = values(padded), *bias = values(padded), *residual = values(count), *row_scales = values((size_t)rows);
    int32_t *zeros = aligned_alloc(64, ((size_t)rows * 4 + 63) / 64 * 64), *sums = aligned_alloc(64, padded * 4);
    uint8_t *codes = aligned_alloc(64, ((size_t)(rows * stride) + 63) / 64 * 64);
    int8_t *weights = malloc((size_t)(columns * depth)), *packed = aligned_alloc(64, padded * (size_t)stride);
    for (ptrdiff_t i = 0; i < columns * depth; i++) weights[i] = (int8_t)(next_value() * 127);
    const ck_epilogue epilogue = {0, residual, columns, activation};
    const ck_i8_rows left = {codes, stride, row_scales, zeros};
    const ck_i8_matrix right = {packed, sums, scales, bias, depth};
    kernels->i8_pack(packed, sums, weights, columns, depth);
    kernels->i8_quantize(codes, stride, row_scales, zeros, x, depth, factors, rows, depth);
    add(row_scales, (size_t)rows);
    kernels->i8_gemm(c, columns, &left, rows, &right, 0, columns, &epilogue);
    add(c, count);
    free(x), free(factors), free(c), free(scales), free(bias), free(residual), free(row_scales), free(zeros), free(sums);
    free(codes), free(weights), free(packed);
}

int main(int count, char **arguments) {
    const ck_kernels *kernels = count == 2 ? ck_table((ck_isa)atoi(arguments[1])) : 0;
    if (!kernels || !ck_supports(kernels->isa)) return 1;
    static const ptrdiff_t shapes[][3] = {{1, 1, 1}, {2, 17, 5}, {6, 32, 16}, {7, 33, 31}, {13, 31, 385}, {49, 64, 770}};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int activation = CK_IDENTITY; activation <= CK_TANH; activation++)
            run(kernels, shapes[s][0], shapes[s][1], shapes[s][2], (ck_activation)activation),
                run_int8(kernels, shapes[s][0], shapes[s][1], shapes[s][2], (ck_activation)activation);
    printf("%016llx\n", (unsigned long long)hash);
    return 0;
}
