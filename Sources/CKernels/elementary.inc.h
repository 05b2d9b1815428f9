// exp, tanh, erf and the activations on sixteen lanes: one polynomial each, for every instruction set. Coefficients and
// errors come from Tools/reference/fit_polynomials.py. Not correctly rounded, but the same everywhere.

// e^x for x <= 0 up to 1e-7 relative; 0 below -87. NaN stays NaN.
CK_INLINE v16f v16_exp_nonpositive(v16f x) {
    // Comparing this way round lets NaN through to the polynomial.
    v16i tiny = x < -87.0f;
    v16f clamped = tiny ? (v16f)(-87.0f) : x;
    // Adding and subtracting 1.5 * 2^23 rounds to the nearest integer, halves to even, in every rounding unit alike.
    v16f shifted = v16_fma(clamped, (v16f)(1.44269504f), (v16f)(12582912.0f));
    v16f n = shifted - (v16f)(12582912.0f);
    v16f r = v16_fma(n, (v16f)(-0.693145752f), clamped);
    r = v16_fma(n, (v16f)(-1.42860677e-6f), r);
    v16f q = (v16f)(0.00139336439f);
    q = v16_fma(q, r, (v16f)(0.00836317521f));
    q = v16_fma(q, r, (v16f)(0.0416664667f));
    q = v16_fma(q, r, (v16f)(0.166665763f));
    q = v16_fma(q, r, (v16f)(0.5f));
    q = v16_fma(q, r, (v16f)(1.0f));
    q = v16_fma(q, r, (v16f)(1.0f));
    // n is within -126 ... 0, so the sum below is the pattern of a normal number.
    v16i power = ((v16i)shifted - 0x4B400000 + 127) << 23;
    v16f result = q * (v16f)power;
    return tiny ? (v16f)(0.0f) : result;
}

CK_INLINE v16f v16_abs(v16f x) { return (v16f)((v16i)x & 0x7FFFFFFF); }

// tanh up to 2e-7 absolute.
CK_INLINE v16f v16_tanh(v16f x) {
    v16f e = v16_exp_nonpositive(v16_abs(x) * (v16f)(-2.0f));
    v16f magnitude = ((v16f)(1.0f) - e) / ((v16f)(1.0f) + e);
    return (v16f)((v16i)magnitude | ((v16i)x & (v16i)(int32_t)0x80000000));
}

// erf(x / sqrt 2) up to 2e-7 absolute; exactly +-1 beyond 5.5, so that GELU is exactly 0 or x there.
CK_INLINE v16f v16_erf_over_sqrt2(v16f x) {
    v16f c = x > 5.5f ? (v16f)(5.5f) : x;
    c = c < -5.5f ? (v16f)(-5.5f) : c;
    v16f t = v16_fma(c * c, (v16f)(2.0f / (5.5f * 5.5f)), (v16f)(-1.0f));
    v16f p = (v16f)(-0.000457576825f);
    p = v16_fma(p, t, (v16f)(0.00125726941f));
    p = v16_fma(p, t, (v16f)(-0.00111326308f));
    p = v16_fma(p, t, (v16f)(0.00145986921f));
    p = v16_fma(p, t, (v16f)(-0.00475840643f));
    p = v16_fma(p, t, (v16f)(0.0092177717f));
    p = v16_fma(p, t, (v16f)(-0.0136971148f));
    p = v16_fma(p, t, (v16f)(0.0204723123f));
    p = v16_fma(p, t, (v16f)(-0.0299760234f));
    p = v16_fma(p, t, (v16f)(0.0407236554f));
    p = v16_fma(p, t, (v16f)(-0.0521008745f));
    p = v16_fma(p, t, (v16f)(0.0641413704f));
    p = v16_fma(p, t, (v16f)(-0.077585198f));
    p = v16_fma(p, t, (v16f)(0.0954752043f));
    p = v16_fma(p, t, (v16f)(-0.128344685f));
    p = v16_fma(p, t, (v16f)(0.25710386f));
    p = c * p;
    p = x > 5.5f ? (v16f)(1.0f) : p;
    return x < -5.5f ? (v16f)(-1.0f) : p;
}

// x * Phi(x), the exact GELU.
CK_INLINE v16f v16_gelu(v16f x) {
    v16f half = x * (v16f)(0.5f);
    return v16_fma(half, v16_erf_over_sqrt2(x), half);
}

// GELU by tanh: transformers' gelu_new.
CK_INLINE v16f v16_gelu_tanh(v16f x) {
    v16f inner = v16_fma(x * x * x, (v16f)(0.044715f), x) * (v16f)(0.797884561f);
    v16f half = x * (v16f)(0.5f);
    return v16_fma(half, v16_tanh(inner), half);
}

CK_INLINE v16f v16_activate(v16f x, ck_activation activation) {
    switch (activation) {
    case CK_GELU: return v16_gelu(x);
    case CK_GELU_TANH: return v16_gelu_tanh(x);
    case CK_RELU: return x < 0.0f ? (v16f)(0.0f) : x;
    case CK_TANH: return v16_tanh(x);
    default: return x;
    }
}
