// Quantizing activations: a scale, a zero point and a code for each value of a row. Not here: weights, whose codes the
// model file has.
//
// value ~ scale * (code - zero), codes -127 ... 127, and 0 always has a code of its own. A row that holds anything but
// finite numbers gets a scale of NaN, so that nothing computed from it looks like an answer.

typedef uint8_t v16u8 __attribute__((ext_vector_type(16)));

// The smallest width of a row that is not taken for zeros: 254 divided by it is still a normal number.
#define CK_SMALLEST_RANGE 0x1p-100f

CK_INLINE v16f CK_NAME(i8_value)(const float *x, const float *factors, ptrdiff_t k) {
    return factors ? v16_load(x + k) * v16_load(factors + k) : v16_load(x + k);
}

CK_INLINE v16f CK_NAME(i8_value_part)(const float *x, const float *factors, ptrdiff_t k, ptrdiff_t count) {
    const v16f v = v16_load_part(x + k, count, 0.0f);
    return factors ? v * v16_load_part(factors + k, count, 1.0f) : v;
}

CK_INLINE v16u8 CK_NAME(i8_codes)(v16f v, float inverse, int32_t zero) {
    // One rounding to an integer, halves to even: |v * inverse| is at most 254.
    const v16f shifted = v16_fma(v, (v16f)(inverse), (v16f)(12582912.0f));
    v16i code = (v16i)shifted - 0x4B400000 + zero;
    code = code > 127 ? (v16i)(127) : code;
    code = code < -127 ? (v16i)(-127) : code;
    return __builtin_convertvector(code ^ CK_CODE_FLIP, v16u8);
}

static void CK_NAME(ck_i8_quantize)(uint8_t *codes, ptrdiff_t code_stride, float *scales, int32_t *zeros,
                                    const float *x, ptrdiff_t x_stride, const float *factors, ptrdiff_t rows,
                                    ptrdiff_t columns) {
    const ptrdiff_t whole = columns & ~(ptrdiff_t)15, rest = columns - whole;
    for (ptrdiff_t m = 0; m < rows; m++, x += x_stride, codes += code_stride) {
        v16f most = (v16f)(0.0f), least = (v16f)(0.0f);
        v16i wild = (v16i)(0);
        for (ptrdiff_t k = 0; k < columns; k += 16) {
            const v16f v = k < whole ? CK_NAME(i8_value)(x, factors, k) : CK_NAME(i8_value_part)(x, factors, k, rest);
            most = v > most ? v : most;
            least = v < least ? v : least;
            wild |= ((v16i)v & 0x7F800000) == 0x7F800000;
        }
        const float high = v16_max_lane(most), low = -v16_max_lane(-least), range = high - low;
        int32_t lanes[16], anyWild = 0;
        __builtin_memcpy(lanes, &wild, sizeof lanes);
        for (int i = 0; i < 16; i++) anyWild |= lanes[i];
        const int finite = !anyWild && range <= 0x1.fffffep127f, flat = range < CK_SMALLEST_RANGE;
        const float inverse = flat || !finite ? 0.0f : 254.0f / range;
        // The least value gets the code -127, by the same rounding as in i8_codes.
        const v16f shifted = v16_fma((v16f)(finite ? low : 0.0f), (v16f)(inverse), (v16f)(12582912.0f));
        const int32_t zero = flat || !finite ? 0 : -127 - (((v16i)shifted)[0] - 0x4B400000);
        scales[m] = !finite ? __builtin_nanf("") : flat ? 0.0f : range / 254.0f;
        zeros[m] = zero + CK_CODE_FLIP;
        for (ptrdiff_t k = 0; k < whole; k += 16) {
            const v16f v = CK_NAME(i8_value)(x, factors, k);
            const v16u8 c = CK_NAME(i8_codes)(finite ? v : (v16f)(0.0f), inverse, zero);
            __builtin_memcpy(codes + k, &c, 16);
        }
        if (rest) {
            const v16f v = CK_NAME(i8_value_part)(x, factors, whole, rest);
            const v16u8 c = CK_NAME(i8_codes)(finite ? v : (v16f)(0.0f), inverse, zero);
            uint8_t bytes[16];
            __builtin_memcpy(bytes, &c, 16);
            for (ptrdiff_t k = whole; k < columns; k++) codes[k] = bytes[k - whole];
        }
        // The weights beyond the depth are zero, whatever stands here.
        for (ptrdiff_t k = columns; k < (columns + 3) / 4 * 4; k++) codes[k] = CK_CODE_FLIP;
    }
}
