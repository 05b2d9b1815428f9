// What 8-bit codes stand for, in fp32: training rounds activations as inference will. Not here: how codes come about, which
// is i8_rows.inc.h.

static void CK_NAME(ck_i8_restore)(float *x, ptrdiff_t x_stride, const uint8_t *codes, ptrdiff_t code_stride,
                                   const float *scales, const int32_t *zeros, const float *factors, ptrdiff_t rows,
                                   ptrdiff_t columns) {
    for (ptrdiff_t m = 0; m < rows; m++, codes += code_stride, x += x_stride) {
        for (ptrdiff_t k = 0; k < columns; k++) {
            const int32_t code = CK_CODE_FLIP ? (int32_t)codes[k] : (int32_t)(int8_t)codes[k];
            x[k] = scales[m] * (float)(code - zeros[m]);
        }
        // A loop of its own, so that no compiler makes a load under a mask of an array that may be null.
        if (!factors) continue;
        for (ptrdiff_t k = 0; k < columns; k++) x[k] /= factors[k];
    }
}
