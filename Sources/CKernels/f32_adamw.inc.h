// AdamW in one pass over weights, moments and gradients, its replay for rows without a gradient, and the sum of squares
// that clipping needs. `AdamWConstants` in AdzeTraining says in plain Swift what a step is, to the bit.
// Not a file of its own: included by each isa_*.c inside its target region.

typedef double v8d __attribute__((ext_vector_type(8)));

// A moment this small moves no weight, and as a denormal number would make every later step slow.
CK_INLINE v16f adamw_settled(v16f moment) { return v16_abs(moment) < 0x1p-120f ? (v16f)(0.0f) : moment; }

// The weight after a step whose corrected direction is m / denominator.
CK_INLINE v16f adamw_moved(v16f w, v16f direction, const ck_adamw *s) {
    v16f update = v16_fma((v16f)(s->decay_inside), w, direction);
    v16f moved = v16_fma((v16f)(-s->rate), update, w * (v16f)(s->decay_before));
    return v16_fma((v16f)(-s->decay_after), moved, moved);
}

CK_INLINE v16f adamw_direction(v16f m, v16f v, const ck_adamw *s) {
    return m / v16_fma(__builtin_elementwise_sqrt(v), (v16f)(s->root_correction), (v16f)(s->epsilon));
}

CK_INLINE void adamw_lanes(v16f *w, v16f *m, v16f *v, v16f g, const ck_adamw *s) {
    g *= (v16f)(s->gradient_scale);
    *m = adamw_settled(v16_fma((v16f)(s->rest1), g, *m * (v16f)(s->beta1)));
    *v = adamw_settled(v16_fma(g * (v16f)(s->rest2), g, *v * (v16f)(s->beta2)));
    *w = adamw_moved(*w, adamw_direction(*m, *v, s), s);
}

static void CK_NAME(ck_f32_adamw)(float *weights, float *moments1, float *moments2, float *gradients, ptrdiff_t count,
                                  const ck_adamw *s) {
    for (ptrdiff_t n = 0; n + 16 <= count; n += 16) {
        v16f w = v16_load(weights + n), m = v16_load(moments1 + n), v = v16_load(moments2 + n);
        adamw_lanes(&w, &m, &v, v16_load(gradients + n), s);
        v16_store(weights + n, w);
        v16_store(moments1 + n, m);
        v16_store(moments2 + n, v);
        v16_store(gradients + n, (v16f)(0.0f));
    }
    const ptrdiff_t rest = count & 15, n = count - rest;
    if (rest == 0) return;
    v16f w = v16_load_part(weights + n, rest, 0.0f), m = v16_load_part(moments1 + n, rest, 0.0f);
    v16f v = v16_load_part(moments2 + n, rest, 0.0f);
    adamw_lanes(&w, &m, &v, v16_load_part(gradients + n, rest, 0.0f), s);
    v16_store_part(weights + n, w, rest);
    v16_store_part(moments1 + n, m, rest);
    v16_store_part(moments2 + n, v, rest);
    v16_store_part(gradients + n, (v16f)(0.0f), rest);
}

// Steps between two looks at whether the first moments have died out.
#define CK_REPLAY_BLOCK 32

// 64 values through all steps while they stay in registers; four chains side by side hide each other's latency.
CK_INLINE void adamw_replay64(float *weights, float *moments1, float *moments2, const ck_adamw *steps, ptrdiff_t count) {
    v16f w[4], m[4], v[4];
    for (int i = 0; i < 4; i++) {
        w[i] = v16_load(weights + 16 * i);
        m[i] = v16_load(moments1 + 16 * i);
        v[i] = v16_load(moments2 + 16 * i);
    }
    for (ptrdiff_t first = 0; first < count; first += CK_REPLAY_BLOCK) {
        const ptrdiff_t end = count - first < CK_REPLAY_BLOCK ? count : first + CK_REPLAY_BLOCK;
        v16f largest = v16_abs(m[0]);
        for (int i = 1; i < 4; i++) largest = v16_max(v16_abs(m[i]), largest);
        if (v16_max_lane(largest) == 0.0f) {
            // A first moment of 0 stays 0 and its direction is 0, whatever the denominator: the same bits, no division.
            for (ptrdiff_t k = first; k < end; k++)
                for (int i = 0; i < 4; i++) {
                    v[i] = adamw_settled(v[i] * (v16f)(steps[k].beta2));
                    w[i] = adamw_moved(w[i], (v16f)(0.0f), steps + k);
                }
        } else {
            for (ptrdiff_t k = first; k < end; k++)
                for (int i = 0; i < 4; i++) adamw_lanes(w + i, m + i, v + i, (v16f)(0.0f), steps + k);
        }
    }
    for (int i = 0; i < 4; i++) {
        v16_store(weights + 16 * i, w[i]);
        v16_store(moments1 + 16 * i, m[i]);
        v16_store(moments2 + 16 * i, v[i]);
    }
}

static void CK_NAME(ck_f32_adamw_replay)(float *weights, float *moments1, float *moments2, ptrdiff_t count,
                                         const ck_adamw *steps, ptrdiff_t step_count) {
    ptrdiff_t n = 0;
    for (; n + 64 <= count; n += 64)
        adamw_replay64(weights + n, moments1 + n, moments2 + n, steps, step_count);
    const ptrdiff_t rest = count - n;
    if (rest == 0) return;
    float w[64] = {0}, m[64] = {0}, v[64] = {0};
    __builtin_memcpy(w, weights + n, (size_t)rest * sizeof *w);
    __builtin_memcpy(m, moments1 + n, (size_t)rest * sizeof *m);
    __builtin_memcpy(v, moments2 + n, (size_t)rest * sizeof *v);
    adamw_replay64(w, m, v, steps, step_count);
    __builtin_memcpy(weights + n, w, (size_t)rest * sizeof *w);
    __builtin_memcpy(moments1 + n, m, (size_t)rest * sizeof *m);
    __builtin_memcpy(moments2 + n, v, (size_t)rest * sizeof *v);
}

CK_INLINE void squares_lanes(v8d *low, v8d *high, v16f x) {
    v8d a = __builtin_convertvector(x.lo, v8d), b = __builtin_convertvector(x.hi, v8d);
    // The square of a float is exact in a double, so that adding needs no fma.
    *low += a * a;
    *high += b * b;
}

static double CK_NAME(ck_f32_sum_of_squares)(const float *x, ptrdiff_t count) {
    v8d low = (v8d)(0.0), high = (v8d)(0.0);
    for (ptrdiff_t n = 0; n + 16 <= count; n += 16) squares_lanes(&low, &high, v16_load(x + n));
    const ptrdiff_t rest = count & 15;
    if (rest) squares_lanes(&low, &high, v16_load_part(x + (count - rest), rest, 0.0f));
    v8d all = low + high;
    double sums[8];
    __builtin_memcpy(sums, &all, sizeof sums);
    return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}
