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

// `base` is the zero point in the form that the codes are stored in.
CK_INLINE v16u8 CK_NAME(i8_codes)(v16f v, float inverse, int32_t base) {
    // One rounding to an integer, halves to even: |v * inverse| is at most 254. Rounding is monotonic and the least
    // value gets -127, so only the greatest can fall outside, by one.
    const v16f shifted = v16_fma(v, (v16f)(inverse), (v16f)(12582912.0f));
    const v16i code = (v16i)shifted + (base - 0x4B400000), most = (v16i)(127 + CK_CODE_FLIP);
    return __builtin_convertvector(code > most ? most : code, v16u8);
}

static void CK_NAME(ck_i8_quantize)(uint8_t *codes, ptrdiff_t code_stride, float *scales, int32_t *zeros,
                                    const float *x, ptrdiff_t x_stride, const float *factors, ptrdiff_t rows,
                                    ptrdiff_t columns) {
    const ptrdiff_t whole = columns & ~(ptrdiff_t)15, rest = columns - whole;
    for (ptrdiff_t m = 0; m < rows; m++, x += x_stride, codes += code_stride) {
        // A product with 0 is NaN where the value is not finite, and stays so in the sum.
        v16f most = (v16f)(0.0f), least = (v16f)(0.0f), nothing = (v16f)(0.0f);
        for (ptrdiff_t k = 0; k < whole; k += 16) {
            const v16f v = CK_NAME(i8_value)(x, factors, k);
            most = v > most ? v : most;
            least = v < least ? v : least;
            nothing = v16_fma(v, (v16f)(0.0f), nothing);
        }
        if (rest) {
            const v16f v = CK_NAME(i8_value_part)(x, factors, whole, rest);
            most = v > most ? v : most;
            least = v < least ? v : least;
            nothing = v16_fma(v, (v16f)(0.0f), nothing);
        }
        const float low = -v16_max_lane(-least), range = v16_max_lane(most) - low;
        const int finite = v16_sum(nothing) == 0.0f && range <= 0x1.fffffep127f, flat = range < CK_SMALLEST_RANGE;
        if (!finite || flat) {
            scales[m] = finite ? 0.0f : __builtin_nanf("");
            zeros[m] = CK_CODE_FLIP;
            for (ptrdiff_t k = 0; k < (columns + 3) / 4 * 4; k++) codes[k] = CK_CODE_FLIP;
            continue;
        }
        const float inverse = 254.0f / range;
        // The least value gets the code -127, by the same rounding as in i8_codes.
        const v16f shifted = v16_fma((v16f)(low), (v16f)(inverse), (v16f)(12582912.0f));
        const int32_t base = CK_CODE_FLIP - 127 - (((v16i)shifted)[0] - 0x4B400000);
        scales[m] = range / 254.0f;
        zeros[m] = base;
        for (ptrdiff_t k = 0; k < whole; k += 16) {
            const v16u8 c = CK_NAME(i8_codes)(CK_NAME(i8_value)(x, factors, k), inverse, base);
            __builtin_memcpy(codes + k, &c, 16);
        }
        if (rest) {
            // What fills the last group of four is multiplied with weights of zero.
            const v16u8 c = CK_NAME(i8_codes)(CK_NAME(i8_value_part)(x, factors, whole, rest), inverse, base);
            __builtin_memcpy(codes + whole, &c, (size_t)((rest + 3) / 4 * 4));
        }
    }
}
