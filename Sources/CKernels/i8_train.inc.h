// What 8-bit codes stand for, in fp32: training rounds activations as inference will. Not here: how codes come about, which
// is i8_rows.inc.h.

static void CK_NAME(ck_i8_restore)(float *x, ptrdiff_t x_stride, const uint8_t *codes, ptrdiff_t code_stride,
                                   const float *scales, const int32_t *zeros, const float *factors, ptrdiff_t rows,
                                   ptrdiff_t columns) {
    for (ptrdiff_t m = 0; m < rows; m++)
        for (ptrdiff_t k = 0; k < columns; k++) {
            const uint8_t byte = codes[m * code_stride + k];
            const int32_t code = CK_CODE_FLIP ? (int32_t)byte : (int32_t)(int8_t)byte;
            const float value = scales[m] * (float)(code - zeros[m]);
            x[m * x_stride + k] = factors ? value / factors[k] : value;
        }
}
