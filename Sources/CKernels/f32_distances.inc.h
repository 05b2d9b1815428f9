// Terms of attention scores that depend on the distance from key to query: a product of queries, or of keys, with a row for
// each distance is added to the scores where its distance is, and taken together again on the way back. Not here: those
// products.
//
// The score of query m and key n takes the term at row m, or with by_key at row n, in the column of distance
// position + m - n. Near distance 0 columns follow one another as distances do, so that sixteen keys take sixteen terms in
// reverse, or with by_key a tile of sixteen queries and keys lies side by side along its diagonals.

CK_INLINE ptrdiff_t CK_NAME(distance_column)(const ck_distances *d, ptrdiff_t distance) {
    return d->columns[distance] - d->first;
}

// The keys from *low up to *high are near query m.
CK_INLINE void CK_NAME(near_keys)(const ck_distances *d, ptrdiff_t m, ptrdiff_t count, ptrdiff_t *low, ptrdiff_t *high) {
    const ptrdiff_t from = d->position + m - d->near, to = d->position + m + d->near + 1;
    *low = from < 0 ? 0 : from > count ? count : from;
    *high = to < *low ? *low : to > count ? count : to;
}

CK_INLINE v16f v16_reverse(v16f v) {
    return __builtin_shufflevector(v, v, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}

static void CK_NAME(add_distances_of_queries)(float *x, ptrdiff_t stride, const float *terms, ptrdiff_t terms_stride,
                                              const ck_distances *d, ptrdiff_t rows, ptrdiff_t columns) {
    for (ptrdiff_t m = 0; m < rows; m++, x += stride, terms += terms_stride) {
        const ptrdiff_t position = d->position + m;
        ptrdiff_t low, high, n = 0;
        CK_NAME(near_keys)(d, m, columns, &low, &high);
        for (; n < low; n++) x[n] += terms[CK_NAME(distance_column)(d, position - n)];
        for (; n + 16 <= high; n += 16) {
            const float *near = terms + CK_NAME(distance_column)(d, position - n) - 15;
            v16_store(x + n, v16_load(x + n) + v16_reverse(v16_load(near)));
        }
        for (; n < columns; n++) x[n] += terms[CK_NAME(distance_column)(d, position - n)];
    }
}

static void CK_NAME(add_distances_of_keys)(float *x, ptrdiff_t stride, const float *terms, ptrdiff_t terms_stride,
                                           const ck_distances *d, ptrdiff_t rows, ptrdiff_t columns) {
    for (ptrdiff_t m = 0; m < rows; m += 16)
        for (ptrdiff_t n = 0; n < columns; n += 16) {
            const ptrdiff_t height = rows - m < 16 ? rows - m : 16, width = columns - n < 16 ? columns - n : 16;
            const ptrdiff_t distance = d->position + m - n;
            float *tile = x + m * stride + n;
            const float *left = terms + n * terms_stride;
            if (height == 16 && width == 16 && distance - 15 >= -d->near && distance + 15 <= d->near) {
                float turned[256];
                CK_NAME(transpose)(turned, left + CK_NAME(distance_column)(d, distance), terms_stride - 1);
#pragma clang loop unroll(full)
                for (ptrdiff_t i = 0; i < 16; i++)
                    v16_store(tile + i * stride, v16_load(tile + i * stride) + v16_load(turned + 16 * i));
            } else {
                for (ptrdiff_t i = 0; i < height; i++)
                    for (ptrdiff_t k = 0; k < width; k++)
                        tile[i * stride + k] += left[k * terms_stride + CK_NAME(distance_column)(d, distance + i - k)];
            }
        }
}

static void CK_NAME(ck_f32_add_distances)(float *x, ptrdiff_t stride, const float *terms, ptrdiff_t terms_stride,
                                          const ck_distances *distances, int by_key, ptrdiff_t rows, ptrdiff_t columns) {
    if (by_key)
        CK_NAME(add_distances_of_keys)(x, stride, terms, terms_stride, distances, rows, columns);
    else
        CK_NAME(add_distances_of_queries)(x, stride, terms, terms_stride, distances, rows, columns);
}

static void CK_NAME(ck_f32_sum_distances)(float *terms, ptrdiff_t terms_stride, const float *x, ptrdiff_t stride,
                                          const ck_distances *d, int by_key, ptrdiff_t rows, ptrdiff_t columns) {
    for (ptrdiff_t m = 0; m < rows; m++, x += stride) {
        const ptrdiff_t position = d->position + m;
        if (by_key) {
            for (ptrdiff_t n = 0; n < columns; n++)
                terms[n * terms_stride + CK_NAME(distance_column)(d, position - n)] += x[n];
            continue;
        }
        float *row = terms + m * terms_stride;
        ptrdiff_t low, high, n = 0;
        CK_NAME(near_keys)(d, m, columns, &low, &high);
        for (; n < low; n++) row[CK_NAME(distance_column)(d, position - n)] += x[n];
        for (; n + 16 <= high; n += 16) {
            float *near = row + CK_NAME(distance_column)(d, position - n) - 15;
            v16_store(near, v16_load(near) + v16_reverse(v16_load(x + n)));
        }
        for (; n < columns; n++) row[CK_NAME(distance_column)(d, position - n)] += x[n];
    }
}
