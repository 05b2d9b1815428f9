// The fastest that a matrix product could be here: its own step, on as many sums as its tile has, with everything in
// registers. Only for measuring: what it computes is the count of what it did.
//
// All factors are 1, so the lanes of `sink` add up to the products computed, as long as they are few enough: below
// 2^31 in int32, and below 2^24 a sum in fp32. A compiler that skipped or shared any would be found out.

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

static ptrdiff_t CK_NAME(ck_i8_limit)(int32_t *sink, ptrdiff_t steps) {
    int8_t ones[4 * CK_PANEL];
    for (int i = 0; i < 4 * CK_PANEL; i++) ones[i] = 1;
    ck_codes codes = ck_codes_load(ones);
    int32_t left = 0x01010101;
    __asm__ volatile("" : "+r"(left));
    v16i sums[CK_I8_ROWS * CK_I8_PANELS];
#pragma clang loop unroll(full)
    for (int s = 0; s < CK_I8_ROWS * CK_I8_PANELS; s++) sums[s] = (v16i)(0);
    for (ptrdiff_t k = 0; k < steps; k++) {
#pragma clang loop unroll(full)
        for (int s = 0; s < CK_I8_ROWS * CK_I8_PANELS; s++) {
            codes = ck_limit_hide(codes);
            sums[s] = ck_dot(sums[s], left, codes);
        }
    }
    v16i total = (v16i)(0);
#pragma clang loop unroll(full)
    for (int s = 0; s < CK_I8_ROWS * CK_I8_PANELS; s++) total += sums[s];
    __builtin_memcpy(sink, &total, sizeof total);
    return steps * CK_I8_ROWS * CK_I8_PANELS * 4 * CK_PANEL;
}

static ptrdiff_t CK_NAME(ck_f32_limit)(float *sink, ptrdiff_t steps) {
    float one = 1.0f;
    __asm__ volatile("" : "+m"(one));
    const v16f left = (v16f)(one), right = (v16f)(one);
    v16f sums[CK_ROWS * CK_TILE_PANELS];
    // Sums that begin apart: equal ones would be one.
#pragma clang loop unroll(full)
    for (int s = 0; s < CK_ROWS * CK_TILE_PANELS; s++) sums[s] = (v16f)((float)s);
    for (ptrdiff_t k = 0; k < steps; k++) {
#pragma clang loop unroll(full)
        for (int s = 0; s < CK_ROWS * CK_TILE_PANELS; s++) sums[s] = v16_fma(left, right, sums[s]);
    }
    v16f total = (v16f)(0.0f);
#pragma clang loop unroll(full)
    for (int s = 0; s < CK_ROWS * CK_TILE_PANELS; s++) total += sums[s] - (v16f)((float)s);
    v16_store(sink, total);
    return steps * CK_ROWS * CK_TILE_PANELS * CK_PANEL;
}
