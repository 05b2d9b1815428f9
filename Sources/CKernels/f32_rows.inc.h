// Kernels that walk over rows: layer normalisation, softmax, activations, sums. Reductions run in sixteen lanes, the
// last partial one filled with the neutral element, and end in one tree.

static void CK_NAME(ck_f32_layer_norm)(float *y, const float *x, const float *gamma, const float *beta, float epsilon,
                                       ptrdiff_t rows, ptrdiff_t columns) {
    const ptrdiff_t whole = columns & ~(ptrdiff_t)15, rest = columns - whole;
    for (ptrdiff_t m = 0; m < rows; m++, x += columns, y += columns) {
        v16f sums = (v16f)(0.0f);
        for (ptrdiff_t n = 0; n < whole; n += 16) sums += v16_load(x + n);
        if (rest) sums += v16_load_part(x + whole, rest, 0.0f);
        const float mean = v16_sum(sums) / (float)columns;
        v16f squares = (v16f)(0.0f);
        for (ptrdiff_t n = 0; n < whole; n += 16) {
            v16f d = v16_load(x + n) - (v16f)(mean);
            squares = v16_fma(d, d, squares);
        }
        if (rest) {
            v16f d = v16_load_part(x + whole, rest, mean) - (v16f)(mean);
            squares = v16_fma(d, d, squares);
        }
        const float variance = v16_sum(squares) / (float)columns;
        const v16f factor = (v16f)(1.0f / __builtin_sqrtf(variance + epsilon));
        for (ptrdiff_t n = 0; n < whole; n += 16) {
            v16f d = (v16_load(x + n) - (v16f)(mean)) * factor;
            v16_store(y + n, v16_fma(d, v16_load(gamma + n), v16_load(beta + n)));
        }
        if (rest) {
            v16f d = (v16_load_part(x + whole, rest, mean) - (v16f)(mean)) * factor;
            v16f g = v16_load_part(gamma + whole, rest, 0.0f), b = v16_load_part(beta + whole, rest, 0.0f);
            v16_store_part(y + whole, v16_fma(d, g, b), rest);
        }
    }
}

static void CK_NAME(ck_f32_softmax)(float *x, ptrdiff_t stride, float scale, ptrdiff_t rows, ptrdiff_t columns) {
    const ptrdiff_t whole = columns & ~(ptrdiff_t)15, rest = columns - whole;
    const float lowest = -__builtin_inff();
    for (ptrdiff_t m = 0; m < rows; m++, x += stride) {
        v16f most = (v16f)(lowest);
        for (ptrdiff_t n = 0; n < whole; n += 16) most = v16_max(v16_load(x + n), most);
        if (rest) most = v16_max(v16_load_part(x + whole, rest, lowest), most);
        // scale > 0, so the largest score stays the largest.
        const v16f top = (v16f)(v16_max_lane(most)), scales = (v16f)(scale);
        v16f sums = (v16f)(0.0f);
        for (ptrdiff_t n = 0; n < whole; n += 16) {
            v16f e = v16_exp_nonpositive((v16_load(x + n) - top) * scales);
            v16_store(x + n, e);
            sums += e;
        }
        if (rest) {
            v16f e = v16_exp_nonpositive((v16_load_part(x + whole, rest, lowest) - top) * scales);
            v16_store_part(x + whole, e, rest);
            sums += e;
        }
        const v16f inverse = (v16f)(1.0f / v16_sum(sums));
        for (ptrdiff_t n = 0; n < whole; n += 16) v16_store(x + n, v16_load(x + n) * inverse);
        for (ptrdiff_t n = whole; n < columns; n++) x[n] *= inverse[0];
        for (ptrdiff_t n = columns; n < stride; n++) x[n] = 0.0f;
    }
}

// One fma a value, so that no set rounds the product by itself.
static void CK_NAME(ck_f32_scale_add)(float *x, ptrdiff_t stride, float scale, const float *bias, ptrdiff_t bias_step,
                                      ptrdiff_t rows, ptrdiff_t columns) {
    const ptrdiff_t whole = columns & ~(ptrdiff_t)15, rest = columns - whole;
    const v16f scales = (v16f)(scale);
    for (ptrdiff_t m = 0; m < rows; m++, x += stride, bias += bias_step) {
        for (ptrdiff_t n = 0; n < whole; n += 16) v16_store(x + n, v16_fma(v16_load(x + n), scales, v16_load(bias + n)));
        if (rest) {
            v16f part = v16_load_part(x + whole, rest, 0.0f), added = v16_load_part(bias + whole, rest, 0.0f);
            v16_store_part(x + whole, v16_fma(part, scales, added), rest);
        }
    }
}

static void CK_NAME(ck_f32_activate)(float *y, const float *x, ptrdiff_t count, ck_activation activation) {
    ptrdiff_t n = 0;
    for (; n + 16 <= count; n += 16) v16_store(y + n, v16_activate(v16_load(x + n), activation));
    if (n < count) v16_store_part(y + n, v16_activate(v16_load_part(x + n, count - n, 0.0f), activation), count - n);
}

static void CK_NAME(ck_f32_add3)(float *y, const float *a, const float *b, const float *c, ptrdiff_t count) {
    ptrdiff_t n = 0;
    for (; n + 16 <= count; n += 16) v16_store(y + n, (v16_load(a + n) + v16_load(b + n)) + v16_load(c + n));
    for (; n < count; n++) y[n] = (a[n] + b[n]) + c[n];
}
