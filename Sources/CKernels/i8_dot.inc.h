// The one step that the int8 product is made of, for each instruction set: four products of 8-bit codes a lane, added
// up in int32. Exact everywhere: no step of it saturates or wraps. Not here: loops over a matrix.
//
// Right codes (weights) are signed, -127 ... 127. Left codes (activations) are too, but for instructions that take them
// unsigned: there CK_CODE_FLIP is 0x80, which adds 128 to each, and a row's zero point is 128 higher as well.

typedef int8_t v64c __attribute__((ext_vector_type(64)));
typedef int32_t v8i __attribute__((ext_vector_type(8)));

// The codes of 16 columns at four steps of k.
#if defined(CK_DOT_VNNI512)
typedef __m512i ck_codes;
#else
typedef v64c ck_codes;
#endif

CK_INLINE ck_codes ck_codes_load(const int8_t *p) {
    ck_codes v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

CK_INLINE v16i v16i_load(const int32_t *p) {
    v16i v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

#if defined(CK_DOT_VNNI512)

#define CK_CODE_FLIP 0x80

CK_INLINE v16i ck_dot(v16i sum, int32_t left, ck_codes right) {
    return (v16i)_mm512_dpbusd_epi32((__m512i)sum, _mm512_set1_epi32(left), right);
}

#elif defined(CK_DOT_VNNI256)

#define CK_CODE_FLIP 0x80

CK_INLINE v16i ck_dot(v16i sum, int32_t left, ck_codes right) {
    const __m256i a = _mm256_set1_epi32(left);
    const v8i lo = (v8i)_mm256_dpbusd_avx_epi32((__m256i)sum.lo, a, (__m256i)right.lo);
    const v8i hi = (v8i)_mm256_dpbusd_avx_epi32((__m256i)sum.hi, a, (__m256i)right.hi);
    return __builtin_shufflevector(lo, hi, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

#elif defined(CK_DOT_AVX2)

// vpmaddubsw saturates where two neighbouring weights of a column have one sign and magnitudes that sum to more than 128:
// 255 * 128 is below 2^15. Such pairs are split when a matrix is packed (i8_rests.inc.h), so this step never meets one.
#define CK_CODE_FLIP 0x80

CK_INLINE v8i ck_dot_half(v8i sum, __m256i a, __m256i right) {
    return sum + (v8i)_mm256_madd_epi16(_mm256_maddubs_epi16(a, right), _mm256_set1_epi16(1));
}

CK_INLINE v16i ck_dot(v16i sum, int32_t left, ck_codes right) {
    const __m256i a = _mm256_set1_epi32(left);
    const v8i lo = ck_dot_half(sum.lo, a, (__m256i)right.lo), hi = ck_dot_half(sum.hi, a, (__m256i)right.hi);
    return __builtin_shufflevector(lo, hi, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

// The step for a panel that was not split: |a - 128| * (sign of a - 128) w. Both factors are at most 127, so a pair sums to
// at most 32,258. What it sums up is 128 times the column's sum less.
CK_INLINE v8i ck_dot_signed_half(v8i sum, __m256i a, __m256i magnitude, __m256i right) {
    const __m256i pairs = _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(right, a));
    return sum + (v8i)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

CK_INLINE v16i ck_dot_signed(v16i sum, int32_t left, ck_codes right) {
    __m256i a = _mm256_set1_epi32(left);
    // Else the compiler turns the sign bits of the four codes before it copies them, by way of another register.
    __asm__("" : "+x"(a));
    a = _mm256_xor_si256(a, _mm256_set1_epi8(-128));
    const __m256i magnitude = _mm256_abs_epi8(a);
    const v8i lo = ck_dot_signed_half(sum.lo, a, magnitude, (__m256i)right.lo);
    const v8i hi = ck_dot_signed_half(sum.hi, a, magnitude, (__m256i)right.hi);
    return __builtin_shufflevector(lo, hi, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

#else

#define CK_CODE_FLIP 0

#if defined(CK_DOT_NEON)

// A pair of products is at most 32,258, so two long multiplies meet in 16 bits before they are widened.
CK_INLINE int32x4_t ck_dot_quarter(int32x4_t sum, int8x16_t a, int8x16_t b) {
#if defined(CK_DOT_SDOT)
    return vdotq_s32(sum, a, b);
#else
    const int16x8_t even = vmull_s8(vget_low_s8(a), vget_low_s8(b)), odd = vmull_high_s8(a, b);
    return vaddq_s32(sum, vpaddq_s32(vpaddlq_s16(even), vpaddlq_s16(odd)));
#endif
}

CK_INLINE v16i ck_dot(v16i sum, int32_t left, ck_codes right) {
    const int8x16_t a = vreinterpretq_s8_s32(vdupq_n_s32(left));
    int32_t lanes[16];
    __builtin_memcpy(lanes, &sum, sizeof lanes);
    for (int q = 0; q < 4; q++) {
        int8x16_t b;
        __builtin_memcpy(&b, (const char *)&right + 16 * q, 16);
        vst1q_s32(lanes + 4 * q, ck_dot_quarter(vld1q_s32(lanes + 4 * q), a, b));
    }
    return v16i_load(lanes);
}

#else

CK_INLINE v16i ck_dot(v16i sum, int32_t left, ck_codes right) {
    int8_t a[4], b[64];
    int32_t lanes[16];
    __builtin_memcpy(a, &left, sizeof a);
    __builtin_memcpy(b, &right, sizeof b);
    __builtin_memcpy(lanes, &sum, sizeof lanes);
    for (int n = 0; n < 16; n++)
        for (int k = 0; k < 4; k++) lanes[n] += (int32_t)a[k] * b[4 * n + k];
    return v16i_load(lanes);
}

#endif
#endif
