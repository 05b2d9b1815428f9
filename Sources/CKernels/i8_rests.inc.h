// What a weight's code has beyond the byte that the product's step multiplies: split off a packed panel, and added back
// for a block of rows, exactly. There are few: of trained weights about one in a hundred where vpmaddubsw needs it, else
// only codes wider than a byte. Not here: the product itself.

typedef uint8_t v16u8 __attribute__((ext_vector_type(16)));

// Where the step takes no panel as it is, there is a second one for panels that were not split.
#if defined(CK_DOT_AVX2)
#define CK_HAS_UNSPLIT 1
#else
#define CK_HAS_UNSPLIT 0
#define ck_dot_signed ck_dot
#endif

// Rows of the block that rests are added up for: what one call of the engine has at most, often.
#define CK_REST_ROWS 48

// The code of a row at some k as a number.
#if CK_CODE_FLIP
#define CK_CODE_LANES(v) __builtin_convertvector(v, v16i)
#else
#define CK_CODE_LANES(v) __builtin_convertvector(__builtin_convertvector(v, v16s8), v16i)
typedef int8_t v16s8 __attribute__((ext_vector_type(16)));
#endif

// sums + codes of 16 rows at one k, less `shift`, times a rest.
CK_INLINE v16i CK_NAME(i8_rest)(v16i sums, const uint8_t *codes, int32_t rest, const int32_t shift) {
    v16u8 bytes;
    __builtin_memcpy(&bytes, codes, sizeof bytes);
#if defined(CK_DOT_AVX2)
    // Both factors fit the low half of a lane, and the high half of the rest is zero: one vpmaddwd is the product.
    const v16i a = CK_CODE_LANES(bytes) - shift;
    const v8i r = (v8i)(rest), lo = (v8i)_mm256_madd_epi16((__m256i)a.lo, (__m256i)r),
              hi = (v8i)_mm256_madd_epi16((__m256i)a.hi, (__m256i)r);
    return sums + __builtin_shufflevector(lo, hi, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#else
    return sums + (CK_CODE_LANES(bytes) - shift) * (v16i)((int32_t)(int16_t)rest);
#endif
}

// One exchange of a transposition: of each pair of rows that are `distance` apart, blocks of as many lanes.
CK_INLINE void CK_NAME(i8_exchange)(v16i *rows, const int distance) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
        if (i & distance) continue;
        const v16i a = rows[i], b = rows[i + distance];
        switch (distance) {
        case 8:
            rows[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
            rows[i + 8] = __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
            break;
        case 4:
            rows[i] = __builtin_shufflevector(a, b, 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27);
            rows[i + 4] = __builtin_shufflevector(a, b, 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31);
            break;
        case 2:
            rows[i] = __builtin_shufflevector(a, b, 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29);
            rows[i + 2] = __builtin_shufflevector(a, b, 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31);
            break;
        default:
            rows[i] = __builtin_shufflevector(a, b, 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
            rows[i + 1] = __builtin_shufflevector(a, b, 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
        }
    }
}

// Turns 16 x 16 lanes.
CK_INLINE void CK_NAME(i8_turn_lanes)(v16i *rows) {
    CK_NAME(i8_exchange)(rows, 8);
    CK_NAME(i8_exchange)(rows, 4);
    CK_NAME(i8_exchange)(rows, 2);
    CK_NAME(i8_exchange)(rows, 1);
}

// sums[m * 16 + column] = the sum of codes times rests, for some blocks of 16 rows. All of them at once: a column has few
// rests, and a loop so short costs as much as it does.
CK_INLINE void CK_NAME(i8_rest_block)(int32_t *sums, const uint8_t *codes, ptrdiff_t pitch, const ck_i8_matrix *b,
                                      ptrdiff_t column, const int blocks, const int32_t shift) {
    const int32_t *starts = b->rest_starts + column;
    v16i lanes[CK_REST_ROWS / 16][16];
    for (int c = 0; c < 16; c++) {
        v16i sum[CK_REST_ROWS / 16];
#pragma clang loop unroll(full)
        for (int i = 0; i < blocks; i++) sum[i] = (v16i)(0);
        for (const ck_i8_rest *rest = b->rests + starts[c]; rest < b->rests + starts[c + 1]; rest++)
#pragma clang loop unroll(full)
            for (int i = 0; i < blocks; i++)
                sum[i] = CK_NAME(i8_rest)(sum[i], codes + rest->k * pitch + 16 * i, rest->code, shift);
#pragma clang loop unroll(full)
        for (int i = 0; i < blocks; i++) lanes[i][c] = sum[i];
    }
    for (int i = 0; i < blocks; i++) {
        CK_NAME(i8_turn_lanes)(lanes[i]);
        __builtin_memcpy(sums + i * 256, lanes[i], sizeof lanes[i]);
    }
}

// The same for up to CK_REST_ROWS rows; those that fill up the last 16 are written too. A panel that was not split takes
// the codes less CK_CODE_FLIP, in its rests as in its step; it has some only of codes wider than a byte.
static __attribute__((noinline)) void CK_NAME(i8_add_rests)(int32_t *sums, const ck_i8_rows *a, ptrdiff_t m,
                                                            ptrdiff_t rows, const ck_i8_matrix *b, ptrdiff_t column) {
    const uint8_t *codes = a->turned + m;
    if (CK_HAS_UNSPLIT && b->unsplit[column / CK_PANEL])
        for (ptrdiff_t i = 0; i < rows; i += 16)
            CK_NAME(i8_rest_block)(sums + i * CK_PANEL, codes + i, a->pitch, b, column, 1, CK_CODE_FLIP);
    else if (rows <= 16) CK_NAME(i8_rest_block)(sums, codes, a->pitch, b, column, 1, 0);
    else if (rows <= 32) CK_NAME(i8_rest_block)(sums, codes, a->pitch, b, column, 2, 0);
    else CK_NAME(i8_rest_block)(sums, codes, a->pitch, b, column, 3, 0);
}

#if defined(CK_DOT_AVX2)

static void CK_NAME(ck_i8_split)(int8_t *panel, ptrdiff_t depth, int32_t *next, ck_i8_rest *rests) {
    const __m256i most = _mm256_set1_epi16(32767), least = _mm256_set1_epi16(-32768);
    for (ptrdiff_t half = 0; half < (depth + 3) / 4 * 2; half++) {
        int8_t *codes = panel + half * 32;
        // 255 times a pair's sum: saturated exactly where the pair must be split.
        __m256i pairs = _mm256_maddubs_epi16(_mm256_set1_epi8(-1), _mm256_loadu_si256((const __m256i *)codes));
        pairs = _mm256_or_si256(_mm256_cmpeq_epi16(pairs, most), _mm256_cmpeq_epi16(pairs, least));
        for (unsigned found = (unsigned)_mm256_movemask_epi8(pairs) & 0x55555555u; found; found &= found - 1) {
            const int place = __builtin_ctz(found), column = (int)(half & 1) * 8 + place / 4;
            int32_t *slot = next + column;
            if (rests) {
                // The greater of the two stays; the other keeps what is left of 128.
                const int32_t a = codes[place], b = codes[place + 1], sign = a < 0 ? -1 : 1;
                const int small = a * sign < b * sign ? 0 : 1;
                const int32_t great = small ? a : b, kept = sign * 128 - great;
                rests[*slot].k = (int32_t)(half / 2 * 4 + place % 4 + small);
                rests[*slot].code = (codes[place + small] - kept) & 0xFFFF;
                codes[place + small] = (int8_t)kept;
            }
            ++*slot;
        }
    }
}

#endif

// Sixteen rows at sixteen k, or eight: what fills them up is not stored.
CK_INLINE void CK_NAME(i8_turn_block)(uint8_t *turned, ptrdiff_t pitch, const uint8_t *codes, ptrdiff_t stride,
                                      const int rows) {
    v16u8 a[16], b[16];
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
        a[i] = (v16u8)(0);
        if (i < rows) __builtin_memcpy(&a[i], codes + i * stride, 16);
    }
    CK_ZIP_ROUND(b, a)
    CK_ZIP_ROUND(a, b)
    CK_ZIP_ROUND(b, a)
    CK_ZIP_ROUND(a, b)
#pragma clang loop unroll(full)
    for (int k = 0; k < 16; k++) __builtin_memcpy(turned + k * pitch, &a[k], (size_t)rows);
}

static void CK_NAME(ck_i8_turn)(uint8_t *turned, ptrdiff_t pitch, const uint8_t *codes, ptrdiff_t stride,
                                ptrdiff_t rows, ptrdiff_t columns) {
    ptrdiff_t m = 0;
    while (m < rows) {
        const ptrdiff_t height = rows - m >= 16 ? 16 : rows - m >= 8 ? 8 : 1, whole = height > 1 ? columns & ~15 : 0;
        const uint8_t *source = codes + m * stride;
        uint8_t *target = turned + m;
        if (height == 16)
            for (ptrdiff_t k = 0; k < whole; k += 16)
                CK_NAME(i8_turn_block)(target + k * pitch, pitch, source + k, stride, 16);
        else
            for (ptrdiff_t k = 0; k < whole; k += 16)
                CK_NAME(i8_turn_block)(target + k * pitch, pitch, source + k, stride, 8);
        for (ptrdiff_t k = whole; k < columns; k++)
            for (ptrdiff_t i = 0; i < height; i++) target[k * pitch + i] = source[i * stride + k];
        m += height;
    }
}
