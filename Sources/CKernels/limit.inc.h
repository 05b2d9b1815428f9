// The fastest that a matrix product could be here: a step of its own, or one that it could have, on as many sums as its
// tile has, with everything in registers. Only for measuring: what it computes is the count of what it did.
//
// All factors are 1, so the lanes of `sink` add up to the products computed, as long as they are few enough: below
// 2^31 in int32, and below 2^24 a sum in fp32. A compiler that skipped or shared any would be found out.

#define CK_I8_SUMS (CK_I8_ROWS * CK_I8_PANELS)
#define CK_F32_SUMS (CK_ROWS * CK_TILE_PANELS)

// Keeps the compiler from knowing that a value is the one it was: without this, equal products would be computed once.
#if defined(CK_DOT_VNNI512)
CK_INLINE ck_codes ck_limit_hide(ck_codes v) {
    __asm__ volatile("" : "+v"(v));
    return v;
}
#elif defined(CK_DOT_AVX2) || defined(CK_DOT_VNNI256)
CK_INLINE ck_codes ck_limit_hide(ck_codes v) {
    __m256i lo = (__m256i)v.lo, hi = (__m256i)v.hi;
    __asm__ volatile("" : "+x"(lo), "+x"(hi));
    v.lo = (__typeof__(v.lo))lo;
    v.hi = (__typeof__(v.hi))hi;
    return v;
}
#elif defined(CK_DOT_NEON)
CK_INLINE ck_codes ck_limit_hide(ck_codes v) {
    int8x16_t a = (int8x16_t)v.lo.lo, b = (int8x16_t)v.lo.hi, c = (int8x16_t)v.hi.lo, d = (int8x16_t)v.hi.hi;
    __asm__ volatile("" : "+w"(a), "+w"(b), "+w"(c), "+w"(d));
    v.lo.lo = (__typeof__(v.lo.lo))a;
    v.lo.hi = (__typeof__(v.lo.hi))b;
    v.hi.lo = (__typeof__(v.hi.lo))c;
    v.hi.hi = (__typeof__(v.hi.hi))d;
    return v;
}
#else
CK_INLINE ck_codes ck_limit_hide(ck_codes v) {
    __asm__ volatile("" : "+m"(v));
    return v;
}
#endif

// A loop over STEP, which adds `DEPTH` products to each lane of `sum`: of the four left codes in `left`, or in all bytes of
// `codes`, with the right ones in `codes`.
#define CK_I8_LIMIT(NAME, DEPTH, STEP)                                                                                 \
    static ptrdiff_t CK_NAME(i8_limit_##NAME)(void *sink, ptrdiff_t steps) {                                           \
        int8_t ones[4 * CK_PANEL];                                                                                     \
        for (int i = 0; i < 4 * CK_PANEL; i++) ones[i] = 1;                                                            \
        ck_codes codes = ck_codes_load(ones);                                                                          \
        int32_t left = 0x01010101;                                                                                     \
        __asm__ volatile("" : "+r"(left));                                                                             \
        v16i sums[CK_I8_SUMS];                                                                                         \
        _Pragma("clang loop unroll(full)") for (int s = 0; s < CK_I8_SUMS; s++) sums[s] = (v16i)(0);                   \
        for (ptrdiff_t k = 0; k < steps; k++) {                                                                        \
            _Pragma("clang loop unroll(full)") for (int s = 0; s < CK_I8_SUMS; s++) {                                  \
                v16i sum = sums[s];                                                                                    \
                codes = ck_limit_hide(codes);                                                                          \
                STEP;                                                                                                  \
                sums[s] = sum;                                                                                         \
            }                                                                                                          \
        }                                                                                                              \
        v16i total = (v16i)(0);                                                                                        \
        _Pragma("clang loop unroll(full)") for (int s = 0; s < CK_I8_SUMS; s++) total += sums[s];                      \
        __builtin_memcpy(sink, &total, sizeof total);                                                                  \
        return steps * CK_I8_SUMS * DEPTH * CK_PANEL;                                                                  \
    }

#if defined(CK_DOT_AVX2)

CK_I8_LIMIT(plain, 4, sum = ck_dot(sum, left, codes))

// As in i8_paired.inc.h: the left codes are shuffled for each row, which has one or two registers of sums.
CK_I8_LIMIT(mixed, 4, {
    const __m256i order = _mm256_set1_epi32(0x03020100);
    __m256i a = _mm256_set1_epi32(left);
    __asm__ volatile("" : "+x"(a));
    sum = ck_paired_dot(sum, _mm256_shuffle_epi8(a, order), codes);
})

// The left code that stands for 1 is 129 where codes become signed.
CK_I8_LIMIT(signed, 4, sum = ck_signed_dot(sum, left ^ (int32_t)0x80808080, codes, codes))

// Four products in 16 bits, where weights are small enough: eight a lane of 32 bits.
CK_INLINE v8i CK_NAME(limit_fours)(v8i sum, __m256i a, __m256i right) {
    __m256i more = right;
    __asm__ volatile("" : "+x"(more));
    const __m256i fours = _mm256_add_epi16(_mm256_maddubs_epi16(a, right), _mm256_maddubs_epi16(a, more));
    return sum + (v8i)_mm256_madd_epi16(fours, _mm256_set1_epi16(1));
}
CK_I8_LIMIT(fours, 8, {
    const __m256i a = _mm256_set1_epi32(left);
    const v8i lo = CK_NAME(limit_fours)(sum.lo, a, (__m256i)codes.lo);
    const v8i hi = CK_NAME(limit_fours)(sum.hi, a, (__m256i)codes.hi);
    sum = __builtin_shufflevector(lo, hi, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
})

#elif defined(CK_DOT_NEON)

// One step of a panel on the four quarters that its sums are.
#if defined(CK_DOT_SMMLA)
#define CK_LIMIT_QUARTER(SUM, A, RIGHT) vmmlaq_s32(SUM, A, RIGHT)
#define CK_LIMIT_DEPTH 8
#elif defined(CK_DOT_SDOT)
#define CK_LIMIT_QUARTER(SUM, A, RIGHT) vdotq_laneq_s32(SUM, RIGHT, A, 0)
#define CK_LIMIT_DEPTH 4
#else
#define CK_LIMIT_QUARTER(SUM, A, RIGHT)                                                                                \
    vpadalq_s16(SUM, vmlal_high_s8(vmull_s8(vget_low_s8(A), vget_low_s8(RIGHT)), A, RIGHT))
#define CK_LIMIT_DEPTH 4
#endif
CK_I8_LIMIT(plain, CK_LIMIT_DEPTH, {
    const int8x16_t a = vreinterpretq_s8_s32(vdupq_n_s32(left));
    int32x4_t quarters[CK_QUARTERS];
    int8x16_t right[CK_QUARTERS];
    __builtin_memcpy(quarters, &sum, sizeof quarters);
    __builtin_memcpy(right, &codes, sizeof right);
    for (int q = 0; q < CK_QUARTERS; q++) quarters[q] = CK_LIMIT_QUARTER(quarters[q], a, right[q]);
    sum = CK_NAME(i8_join)(quarters);
})

#else

CK_I8_LIMIT(plain, 4, sum = ck_dot(sum, left, codes))

#endif

static ptrdiff_t CK_NAME(f32_limit)(void *sink, ptrdiff_t steps) {
    float one = 1.0f;
    __asm__ volatile("" : "+m"(one));
    const v16f left = (v16f)(one), right = (v16f)(one);
    v16f sums[CK_F32_SUMS];
    // Sums that begin apart: equal ones would be one.
#pragma clang loop unroll(full)
    for (int s = 0; s < CK_F32_SUMS; s++) sums[s] = (v16f)((float)s);
    for (ptrdiff_t k = 0; k < steps; k++) {
#pragma clang loop unroll(full)
        for (int s = 0; s < CK_F32_SUMS; s++) sums[s] = v16_fma(left, right, sums[s]);
    }
    v16f total = (v16f)(0.0f);
#pragma clang loop unroll(full)
    for (int s = 0; s < CK_F32_SUMS; s++) total += sums[s] - (v16f)((float)s);
    v16_store((float *)sink, total);
    return steps * CK_F32_SUMS * CK_PANEL;
}

static const ck_limit CK_NAME(limits)[] = {
#if defined(CK_DOT_VNNI512)
    {"vpdpbusd, 512 bits", 1, 1, CK_NAME(i8_limit_plain)},
#elif defined(CK_DOT_VNNI256)
    {"vpdpbusd, 256 bits", 1, 1, CK_NAME(i8_limit_plain)},
#elif defined(CK_DOT_AVX2)
    {"vpmaddubsw, vpmaddwd, vpaddd", 1, 1, CK_NAME(i8_limit_plain)},
    {"vpshufb; vpmaddubsw, vpmaddwd, vpaddd", 1, 1, CK_NAME(i8_limit_mixed)},
    {"vpsignb, vpmaddubsw, vpmaddwd, vpaddd", 1, 1, CK_NAME(i8_limit_signed)},
    {"2 vpmaddubsw, vpaddw, vpmaddwd, vpaddd", 1, 0, CK_NAME(i8_limit_fours)},
#elif defined(CK_DOT_SMMLA)
    {"smmla", 1, 1, CK_NAME(i8_limit_plain)},
#elif defined(CK_DOT_SDOT)
    {"sdot", 1, 1, CK_NAME(i8_limit_plain)},
#elif defined(CK_DOT_NEON)
    {"smull, smlal2, sadalp", 1, 1, CK_NAME(i8_limit_plain)},
#else
    {"plain C, 8 bits", 1, 1, CK_NAME(i8_limit_plain)},
#endif
#if CK_TILE_PANELS == 2
    {"vfmadd231ps, 512 bits", 0, 1, CK_NAME(f32_limit)},
#elif defined(CK_DOT_AVX2) || defined(CK_DOT_VNNI256)
    {"vfmadd231ps, 256 bits", 0, 1, CK_NAME(f32_limit)},
#elif defined(CK_DOT_NEON)
    {"fmla", 0, 1, CK_NAME(f32_limit)},
#else
    {"plain C, fma", 0, 1, CK_NAME(f32_limit)},
#endif
};

static const ck_limit *CK_NAME(ck_limit)(ptrdiff_t place) {
    const ptrdiff_t count = sizeof CK_NAME(limits) / sizeof *CK_NAME(limits);
    return place >= 0 && place < count ? CK_NAME(limits) + place : 0;
}
