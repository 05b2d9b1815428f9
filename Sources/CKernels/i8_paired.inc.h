// The depth of the int8 product where vpmaddubsw does it, in the order of its own that i8_order.inc.h gives a panel.
//
// The left codes are unsigned, 1 ... 255. vpmaddubsw adds two products up in 16 bits, where 255 * 128 has room: two
// neighbours of a column go together where the sum of their codes is within -128 ... 128, else they conflict. So a panel
// has its groups of four codes in three runs:
//
// - plain: in none of the 16 columns do the first two or the last two conflict;
// - signed: in some they do. The left codes become signed here, and are multiplied as |a| * (sign of a) w. What is
//   missing then, 128 times these weights, is what the panel's sums start with;
// - mixed: four other codes of a block of 16, which go together. A mask says which, and vpshufb takes the same ones of the
//   left codes.
//
// Not here: rows and columns, or what becomes of the sums.

// Adds groups whose codes are in the order of the left ones, those up to `end`; returns the place behind the last of them.
// `is_natural` says that the groups lie in the order of k too, and `place` is not read.
CK_INLINE const uint16_t *CK_NAME(i8_add_run)(v16i sums[][CK_I8_PANELS], const uint8_t *left, ptrdiff_t stride,
                                              const int8_t *right, const int8_t *end, const uint16_t *place,
                                              ptrdiff_t panel_stride, const int rows, const int is_signed,
                                              const int is_natural) {
    // A row alone has no use for the magnitudes of the right codes.
    const int shares = is_signed && rows > 1;
    for (; right < end; right += 4 * CK_PANEL, place += !is_natural, left += is_natural ? 4 : 0) {
        const ck_codes codes = ck_codes_load(right), magnitudes = shares ? ck_magnitudes(codes) : codes;
        // The next panel, while this one is computed on: few rows wait for memory otherwise. Behind the last panel this
        // asks for what is not ours, which a prefetch may.
        __builtin_prefetch(right + panel_stride, 0, 2);
        const uint8_t *four = is_natural ? left : left + 4 * *place;
#pragma clang loop unroll(full)
        for (int m = 0; m < rows; m++) {
            int32_t a;
            __builtin_memcpy(&a, four + m * stride, sizeof a);
            sums[m][0] = !is_signed ? ck_dot(sums[m][0], a, codes)
                         : shares   ? ck_signed_dot(sums[m][0], a, codes, magnitudes)
                                    : ck_signed_row_dot(sums[m][0], a, codes);
        }
    }
    return place;
}

// Sets `sums`, of a tile of one panel, to what its bytes make with the codes of some rows.
CK_INLINE void CK_NAME(i8_paired_depth)(v16i sums[][CK_I8_PANELS], const uint8_t *left, ptrdiff_t stride,
                                        const ck_i8_matrix *b, ptrdiff_t n, const int rows) {
    const ptrdiff_t steps = (b->depth + 3) / 4, panel_stride = steps * 4 * CK_PANEL;
    const ck_i8_panel *panel = b->panels + n / CK_PANEL;
    const int8_t *right = b->codes + n * steps * 4;
    const int8_t *const plain = right + panel->plain * 4 * CK_PANEL;
    const int8_t *const mixed = right + (steps - panel->mixed) * 4 * CK_PANEL;
    const uint16_t *place = b->places + n / CK_PANEL * steps;
    const v16i start = v16i_load(panel->start);
#pragma clang loop unroll(full)
    for (int m = 0; m < rows; m++) sums[m][0] = start;
    if (!panel->plain && !panel->mixed) {
        CK_NAME(i8_add_run)(sums, left, stride, right, mixed, place, panel_stride, rows, 1, 1);
        return;
    }
    place = CK_NAME(i8_add_run)(sums, left, stride, right, plain, place, panel_stride, rows, 0, 0);
    place = CK_NAME(i8_add_run)(sums, left, stride, plain, mixed, place, panel_stride, rows, 1, 0);
    const uint32_t *mask = b->masks + panel->first_mask;
    right = mixed;
    for (ptrdiff_t i = 0; i < panel->mixed; i++, right += 4 * CK_PANEL, place++) {
        const ck_codes codes = ck_codes_load(right);
        __builtin_prefetch(right + panel_stride, 0, 2);
        const uint8_t *block = left + 4 * *place;
        const __m256i order = _mm256_set1_epi32((int32_t)mask[i]);
#pragma clang loop unroll(full)
        for (int m = 0; m < rows; m++) {
            const __m128i *const sixteen = (const __m128i *)(const void *)(block + m * stride);
            const __m256i a = _mm256_broadcastsi128_si256(_mm_loadu_si128(sixteen));
            sums[m][0] = ck_paired_dot(sums[m][0], _mm256_shuffle_epi8(a, order), codes);
        }
    }
}
