// What 8-bit codes stand for, in fp32: training rounds activations as inference will. Not here: how codes come about, which
// is i8_rows.inc.h.

CK_INLINE float CK_NAME(i8_restored)(uint8_t byte, float scale, int32_t zero) {
    return scale * (float)(ck_left_code(byte) - zero);
}

static void CK_NAME(ck_i8_restore)(float *x, ptrdiff_t x_stride, const uint8_t *codes, ptrdiff_t code_stride,
                                   const float *scales, const int32_t *zeros, const float *factors, ptrdiff_t rows,
                                   ptrdiff_t columns) {
    for (ptrdiff_t m = 0; m < rows; m++, codes += code_stride, x += x_stride)
        // Two loops: of one, compilers make a load under a mask from null, which is very slow and no emulator's strength.
        if (factors)
            for (ptrdiff_t k = 0; k < columns; k++)
                x[k] = CK_NAME(i8_restored)(codes[k], scales[m], zeros[m]) / factors[k];
        else
            for (ptrdiff_t k = 0; k < columns; k++) x[k] = CK_NAME(i8_restored)(codes[k], scales[m], zeros[m]);
}
