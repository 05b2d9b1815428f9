// The one step that the int8 product is made of, for each instruction set: four products of 8-bit codes a lane, added
// up in int32; and the wide step, two products with 16-bit codes a lane. Exact everywhere: no step of it saturates or
// wraps. Not here: loops over a matrix.
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

#define CK_CODE_FLIP 0x80

CK_INLINE v8i ck_paired_half(v8i sum, __m256i a, __m256i right) {
    return sum + (v8i)_mm256_madd_epi16(_mm256_maddubs_epi16(a, right), _mm256_set1_epi16(1));
}

// For codes of which no two neighbours of a column add up to more than 128: see i8_paired.inc.h.
CK_INLINE v16i ck_paired_dot(v16i sum, __m256i a, ck_codes right) {
    const v8i lo = ck_paired_half(sum.lo, a, (__m256i)right.lo), hi = ck_paired_half(sum.hi, a, (__m256i)right.hi);
    return __builtin_shufflevector(lo, hi, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

CK_INLINE v16i ck_dot(v16i sum, int32_t left, ck_codes right) {
    return ck_paired_dot(sum, _mm256_set1_epi32(left), right);
}

CK_INLINE ck_codes ck_magnitudes(ck_codes right) {
    ck_codes v;
    v.lo = (__typeof__(v.lo))_mm256_abs_epi8((__m256i)right.lo);
    v.hi = (__typeof__(v.hi))_mm256_abs_epi8((__m256i)right.hi);
    return v;
}

CK_INLINE __m256i ck_signed_left(int32_t left) {
    __m256i a = _mm256_set1_epi32(left);
    // Else the compiler turns the sign bits of the four codes before it copies them, by way of another register.
    __asm__("" : "+x"(a));
    return _mm256_xor_si256(a, _mm256_set1_epi8((char)0x80));
}

CK_INLINE v16i ck_add_magnitudes(v16i sum, __m256i magnitudes_lo, __m256i signed_lo, __m256i magnitudes_hi,
                                 __m256i signed_hi) {
    // Both factors are at most 127, so that a pair sums to at most 32,258.
    const __m256i ones = _mm256_set1_epi16(1);
    const v8i lo = (v8i)_mm256_madd_epi16(_mm256_maddubs_epi16(magnitudes_lo, signed_lo), ones);
    const v8i hi = (v8i)_mm256_madd_epi16(_mm256_maddubs_epi16(magnitudes_hi, signed_hi), ones);
    return sum + __builtin_shufflevector(lo, hi, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

// For any codes: the sum of (a - 128) * w as (sign of w) (a - 128) * |w|, where rows share |w|.
CK_INLINE v16i ck_signed_dot(v16i sum, int32_t left, ck_codes right, ck_codes magnitudes) {
    const __m256i a = ck_signed_left(left);
    return ck_add_magnitudes(sum, (__m256i)magnitudes.lo, _mm256_sign_epi8(a, (__m256i)right.lo),
                             (__m256i)magnitudes.hi, _mm256_sign_epi8(a, (__m256i)right.hi));
}

// The same as |a - 128| * (sign of a - 128) w, an instruction less for a row alone.
CK_INLINE v16i ck_signed_row_dot(v16i sum, int32_t left, ck_codes right) {
    const __m256i a = ck_signed_left(left), magnitudes = _mm256_abs_epi8(a);
    return ck_add_magnitudes(sum, magnitudes, _mm256_sign_epi8((__m256i)right.lo, a), magnitudes,
                             _mm256_sign_epi8((__m256i)right.hi, a));
}

#else

#define CK_CODE_FLIP 0

#if defined(CK_DOT_NEON)

// Products of natural groups, for what no other order is packed: i8_arm.inc.h has the product's own steps.
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

// The number that the byte of a left code stands for.
CK_INLINE int32_t ck_left_code(uint8_t byte) { return CK_CODE_FLIP ? (int32_t)byte : (int32_t)(int8_t)byte; }

// The wide step: two left codes with the two right codes of each of 16 columns, -32,767 ... 32,767.
#if defined(CK_DOT_VNNI512)

CK_INLINE v16i ck_wide_dot(v16i sum, const uint8_t *left, const int16_t *right) {
    int16_t two;
    __builtin_memcpy(&two, left, sizeof two);
    const __m512i a = _mm512_cvtepu8_epi16(_mm256_set1_epi16(two));
    return sum + (v16i)_mm512_madd_epi16(a, _mm512_loadu_si512(right));
}

#elif defined(CK_DOT_VNNI256) || defined(CK_DOT_AVX2)

CK_INLINE v16i ck_wide_dot(v16i sum, const uint8_t *left, const int16_t *right) {
    int16_t two;
    __builtin_memcpy(&two, left, sizeof two);
    const __m128i bytes = _mm_set1_epi16(two);
    const __m256i a = CK_CODE_FLIP ? _mm256_cvtepu8_epi16(bytes) : _mm256_cvtepi8_epi16(bytes);
    const __m256i *columns = (const __m256i *)right;
    const v8i lo = sum.lo + (v8i)_mm256_madd_epi16(a, _mm256_loadu_si256(columns));
    const v8i hi = sum.hi + (v8i)_mm256_madd_epi16(a, _mm256_loadu_si256(columns + 1));
    return __builtin_shufflevector(lo, hi, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

#else

CK_INLINE v16i ck_wide_dot(v16i sum, const uint8_t *left, const int16_t *right) {
    // Both codes of a column as one lane: the even one is its low half.
    const v16i both = v16i_load((const int32_t *)(const void *)right), high = both >> 16, low = (both << 16) >> 16;
    return sum + low * ck_left_code(left[0]) + high * ck_left_code(left[1]);
}

#endif
