// Sixteen fp32 lanes that behave alike on every instruction set. The compiler maps them to four, two or one register.
// Not a file of its own: included by each isa_*.c inside its target region.

#pragma clang fp contract(off)
// Vectors wider than a register change how they are passed between functions; here every such function is inlined.
#pragma clang diagnostic ignored "-Wpsabi"

#define CK_INLINE static inline __attribute__((always_inline, unused))

typedef float v16f __attribute__((ext_vector_type(16)));
typedef int32_t v16i __attribute__((ext_vector_type(16)));
typedef float v8f __attribute__((ext_vector_type(8)));
typedef float v4f __attribute__((ext_vector_type(4)));
typedef float v2f __attribute__((ext_vector_type(2)));

CK_INLINE v16f v16_load(const float *p) {
    v16f v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

CK_INLINE void v16_store(float *p, v16f v) { __builtin_memcpy(p, &v, sizeof v); }

CK_INLINE v16f v16_load_part(const float *p, ptrdiff_t count, float filler) {
    float lanes[16];
    for (ptrdiff_t i = 0; i < 16; i++) lanes[i] = i < count ? p[i] : filler;
    return v16_load(lanes);
}

CK_INLINE void v16_store_part(float *p, v16f v, ptrdiff_t count) {
    float lanes[16];
    v16_store(lanes, v);
    for (ptrdiff_t i = 0; i < count; i++) p[i] = lanes[i];
}

CK_INLINE v16f v16_fma(v16f a, v16f b, v16f c) { return __builtin_elementwise_fma(a, b, c); }

// The one tree that joins sixteen lanes: halves, quarters, pairs.
CK_INLINE float v16_sum(v16f v) {
    v8f a = v.lo + v.hi;
    v4f b = a.lo + a.hi;
    v2f c = b.lo + b.hi;
    return c.x + c.y;
}

CK_INLINE v16f v16_max(v16f a, v16f b) { return a > b ? a : b; }

// The greatest lane, by the tree of v16_sum. Of NaN lanes some are passed over: who minds looks for them.
CK_INLINE float v16_max_lane(v16f v) {
    v8f a = v.lo > v.hi ? v.lo : v.hi;
    v4f b = a.lo > a.hi ? a.lo : a.hi;
    v2f c = b.lo > b.hi ? b.lo : b.hi;
    return c.x > c.y ? c.x : c.y;
}
