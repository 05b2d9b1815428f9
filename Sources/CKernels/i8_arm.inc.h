// The depth of the int8 product on AArch64, in three forms: by the long multiplies that every such processor has, by dot
// products of four codes (sdot), and by products of 2 x 8 with 8 x 2 codes (smmla); and how each wants its codes packed.
// Not here: rows and columns, or what becomes of the sums.

// Writes groups of four codes of 16 columns, at most 16 of them, the first of which is an even one of its panel.
CK_INLINE void CK_NAME(i8_place)(int8_t *panel, const v16i *groups, ptrdiff_t count) {
#if defined(CK_DOT_SMMLA)
    // Two groups make eight codes of each column, side by side; the last group may have no second.
    for (ptrdiff_t g = 0; g + 2 <= count; g += 2, panel += 8 * CK_PANEL) {
        const v16i a = groups[g], b = groups[g + 1];
        const v16i lo = __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        const v16i hi = __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
        __builtin_memcpy(panel, &lo, sizeof lo);
        __builtin_memcpy(panel + sizeof lo, &hi, sizeof hi);
    }
    if (count % 2) __builtin_memcpy(panel, &groups[count - 1], sizeof *groups);
#elif defined(CK_DOT_SDOT)
    __builtin_memcpy(panel, groups, (size_t)count * sizeof *groups);
#else
    // Of four columns, the first two codes of each, then the last two: what smull and smlal2 add up in a lane is a column's.
    for (ptrdiff_t g = 0; g < count; g++) {
        int8x16x4_t codes;
        __builtin_memcpy(&codes, &groups[g], sizeof codes);
        for (int q = 0; q < 4; q++) {
            const int16x8_t pairs = vreinterpretq_s16_s8(codes.val[q]);
            const int16x8_t both = vuzp1q_s16(pairs, pairs), last = vuzp2q_s16(pairs, pairs);
            vst1q_s8(panel + g * 4 * CK_PANEL + 16 * q,
                     vreinterpretq_s8_s16(vcombine_s16(vget_low_s16(both), vget_low_s16(last))));
        }
    }
#endif
}

// The sums of four columns, as the quarters of a panel.
#define CK_QUARTERS (CK_PANEL / 4)

CK_INLINE v16i CK_NAME(i8_join)(const int32x4_t *quarters) {
    v16i sums;
    __builtin_memcpy(&sums, quarters, sizeof sums);
    return sums;
}

#if defined(CK_DOT_SMMLA)

// Sums of 2 x 2: two rows of the left side with two columns of the right one. An odd last row goes with itself.
CK_INLINE void CK_NAME(i8_depth)(v16i sums[][CK_I8_PANELS], const uint8_t *left, ptrdiff_t stride,
                                 const ck_i8_matrix *b, ptrdiff_t n, const int rows) {
    const ptrdiff_t steps = (b->depth + 3) / 4, panel_stride = steps * 4 * CK_PANEL;
    const int8_t *right = b->codes + n * steps * 4;
    int32x4_t squares[(CK_I8_ROWS + 1) / 2][8];
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m += 2)
#pragma clang loop unroll(full)
        for (int c = 0; c < 8; c++) squares[m / 2][c] = vdupq_n_s32(0);
    ptrdiff_t k = 0;
    for (; k + 2 <= steps; k += 2, right += 8 * CK_PANEL) {
        int8x16_t a[(CK_I8_ROWS + 1) / 2];
#pragma clang loop unroll(full)
        for (int m = 0; m < rows; m += 2) {
            const int8_t *row = (const int8_t *)left + m * stride + 4 * k;
            a[m / 2] = vcombine_s8(vld1_s8(row), vld1_s8(m + 1 < rows ? row + stride : row));
        }
        // The next panel, as in i8_tile.
        __builtin_prefetch(right + panel_stride, 0, 2);
        __builtin_prefetch(right + panel_stride + 64, 0, 2);
#pragma clang loop unroll(full)
        for (int c = 0; c < 8; c++) {
            const int8x16_t codes = vld1q_s8(right + 16 * c);
#pragma clang loop unroll(full)
            for (int m = 0; m < rows; m += 2) squares[m / 2][c] = vmmlaq_s32(squares[m / 2][c], a[m / 2], codes);
        }
    }
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++) {
        int32x4_t quarters[CK_QUARTERS];
#pragma clang loop unroll(full)
        for (int q = 0; q < CK_QUARTERS; q++) {
            const int64x2_t x = vreinterpretq_s64_s32(squares[m / 2][2 * q]);
            const int64x2_t y = vreinterpretq_s64_s32(squares[m / 2][2 * q + 1]);
            quarters[q] = vreinterpretq_s32_s64(m % 2 ? vzip2q_s64(x, y) : vzip1q_s64(x, y));
        }
        sums[m][0] = CK_NAME(i8_join)(quarters);
        if (k == steps) continue;
        int32_t four;
        __builtin_memcpy(&four, left + m * stride + 4 * k, sizeof four);
        sums[m][0] = ck_dot(sums[m][0], four, ck_codes_load(right));
    }
}

#else

// Adds one group of a row: `four` are its codes, or those of four groups of which `lane` is meant.
#if defined(CK_DOT_SDOT)
#define CK_ARM_STEP(SUM, FOUR, LANE, RIGHT) vdotq_laneq_s32(SUM, RIGHT, FOUR, LANE)
#define CK_ARM_GROUPS 4
typedef int8x16_t CK_NAME(arm_left);

CK_INLINE CK_NAME(arm_left) CK_NAME(i8_left)(const uint8_t *codes, const int groups) {
    int32_t four;
    if (groups == CK_ARM_GROUPS) return vld1q_s8((const int8_t *)codes);
    __builtin_memcpy(&four, codes, sizeof four);
    return vreinterpretq_s8_s32(vdupq_n_s32(four));
}
#else
// Two products of codes are at most 32,258, which has room in 16 bits.
#define CK_ARM_STEP(SUM, FOUR, LANE, RIGHT)                                                                            \
    vpadalq_s16(SUM, vmlal_high_s8(vmull_s8(vget_low_s8(FOUR.val[0]), vget_low_s8(RIGHT)), FOUR.val[1], RIGHT))
#define CK_ARM_GROUPS 1
typedef int8x16x2_t CK_NAME(arm_left);

CK_INLINE CK_NAME(arm_left) CK_NAME(i8_left)(const uint8_t *codes, const int groups) {
    int16_t two[2];
    (void)groups;
    __builtin_memcpy(two, codes, sizeof two);
    CK_NAME(arm_left) v = {{vreinterpretq_s8_s16(vdupq_n_s16(two[0])), vreinterpretq_s8_s16(vdupq_n_s16(two[1]))}};
    // Else the compiler sees that both halves are the same, and moves the right codes' halves about for it.
    __asm__("" : "+w"(v.val[1]));
    return v;
}
#endif

// Adds `groups` groups of all rows: one, or as many as one load of a row has.
CK_INLINE void CK_NAME(i8_add_groups)(int32x4_t sums[][CK_QUARTERS], const uint8_t *left, ptrdiff_t stride,
                                      const int8_t *right, const int rows, const int groups) {
    CK_NAME(arm_left) a[CK_I8_ROWS];
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++) a[m] = CK_NAME(i8_left)(left + m * stride, groups);
#define CK_ARM_GROUP(LANE)                                                                                             \
    if (LANE < groups) {                                                                                               \
        int8x16_t codes[CK_QUARTERS];                                                                                  \
        _Pragma("clang loop unroll(full)") for (int q = 0; q < CK_QUARTERS; q++) codes[q] =                            \
            vld1q_s8(right + LANE * 4 * CK_PANEL + 16 * q);                                                            \
        _Pragma("clang loop unroll(full)") for (int m = 0; m < rows; m++)                                              \
            _Pragma("clang loop unroll(full)") for (int q = 0; q < CK_QUARTERS; q++) sums[m][q] =                      \
                CK_ARM_STEP(sums[m][q], a[m], LANE, codes[q]);                                                         \
    }
    CK_ARM_GROUP(0) CK_ARM_GROUP(1) CK_ARM_GROUP(2) CK_ARM_GROUP(3)
#undef CK_ARM_GROUP
}

CK_INLINE void CK_NAME(i8_depth)(v16i sums[][CK_I8_PANELS], const uint8_t *left, ptrdiff_t stride,
                                 const ck_i8_matrix *b, ptrdiff_t n, const int rows) {
    const ptrdiff_t steps = (b->depth + 3) / 4, panel_stride = steps * 4 * CK_PANEL;
    const int8_t *right = b->codes + n * steps * 4;
    int32x4_t quarters[CK_I8_ROWS][CK_QUARTERS];
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++)
#pragma clang loop unroll(full)
        for (int q = 0; q < CK_QUARTERS; q++) quarters[m][q] = vdupq_n_s32(0);
    ptrdiff_t k = 0;
    for (; k + CK_ARM_GROUPS <= steps; k += CK_ARM_GROUPS, right += CK_ARM_GROUPS * 4 * CK_PANEL) {
        // The next panel, as in i8_tile.
#pragma clang loop unroll(full)
        for (int g = 0; g < CK_ARM_GROUPS; g++) __builtin_prefetch(right + panel_stride + g * 4 * CK_PANEL, 0, 2);
        CK_NAME(i8_add_groups)(quarters, left + 4 * k, stride, right, rows, CK_ARM_GROUPS);
    }
    for (; k < steps; k++, right += 4 * CK_PANEL)
        CK_NAME(i8_add_groups)(quarters, left + 4 * k, stride, right, rows, 1);
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++) sums[m][0] = CK_NAME(i8_join)(quarters[m]);
}

#endif
