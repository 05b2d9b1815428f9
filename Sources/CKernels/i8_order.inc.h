// Packs panels in the order that i8_paired.inc.h multiplies them in: finds which groups of codes conflict, and other groups
// for their codes. Trained weights conflict in a third to a half of their groups, for one weight in fifty does with its
// neighbour and a group has 32 such pairs; nearly all of them find others. This runs when a model is opened, so that
// branches which cannot be foreseen are worth avoiding.

// Groups in a block, and the most signed groups that a panel with other runs has.
#define CK_BLOCK 4
#define CK_SIGNED_MOST 256
// The ways to pair eight codes, rounded up to whole registers.
#define CK_PAIRINGS 112

// Where the next group of each run goes: plain and signed ones grow from the front, mixed ones from the back.
typedef struct CK_NAME(i8_runs) {
    int8_t *plain, *mixed;
    uint16_t *plain_place, *mixed_place;
    uint32_t *mask;
    int32_t signed_count;
    uint16_t signed_places[CK_SIGNED_MOST];
    int8_t signed_codes[CK_SIGNED_MOST][4 * CK_PANEL];
    // Of each way to pair the codes of two groups: the pairs, as bits of i8_conflicts' results, and the codes in order.
    uint32_t pairs[CK_PAIRINGS];
    uint64_t orders[CK_PAIRINGS];
} CK_NAME(i8_runs);

// What becomes of a group: it is plain, mixed with its second and third code exchanged, or with its second and fourth, has
// no such way, or found another group to mix with.
enum { CK_NAME(ck_plain), CK_NAME(ck_swapped), CK_NAME(ck_crossed), CK_NAME(ck_left), CK_NAME(ck_matched) };

// Fills the ways to pair eight codes, 0 ... 3 of one group and 4 ... 7 of another.
static void CK_NAME(i8_list_pairings)(CK_NAME(i8_runs) *runs) {
    for (int i = 0; i < CK_PAIRINGS; i++) {
        // The i-th way: the first code that is left goes with one of the seven others, then of five, three and one.
        int left = 255, way = i;
        uint32_t pairs = 0;
        uint64_t order = 0;
        for (int place = 0, others = 7; place < 8; place += 2, others -= 2) {
            const int a = __builtin_ctz((unsigned)left);
            left &= left - 1;
            int rest = left;
            for (int skip = way % others; skip > 0; skip--) rest &= rest - 1;
            const int b = __builtin_ctz((unsigned)rest);
            left &= ~(1 << b);
            way /= others;
            order |= (uint64_t)(unsigned)(a | b << 8) << 8 * place;
            // Two codes of the first group, one of each, or two of the second: see i8_match.
            pairs |= b < 4 ? 1u << (4 * a + b) : a < 4 ? 1u << (16 + 4 * a + b - 4) : 1u << (4 * (b - 4) + a - 4);
        }
        runs->pairs[i] = i < 105 ? pairs : ~0u;
        runs->orders[i] = order;
    }
}

// Which codes of group g conflict with which of group h: bit 4 * i + j for the i-th and the j-th.
CK_INLINE uint32_t CK_NAME(i8_conflicts)(const __m256i *g, const __m256i *h) {
    __m128i most[4];
#pragma clang loop unroll(full)
    for (int i = 0; i < 4; i++) {
        const __m256i spread = _mm256_add_epi8(_mm256_setr_epi32(0, 0x04040404, 0x08080808, 0x0C0C0C0C, 0, 0x04040404,
                                                                 0x08080808, 0x0C0C0C0C),
                                               _mm256_set1_epi8((char)i));
        // Saturated, so that 127 says 127 or more: a little too careful, in a third of the instructions.
        const __m256i a = _mm256_abs_epi8(_mm256_adds_epi8(_mm256_shuffle_epi8(g[0], spread), h[0]));
        const __m256i b = _mm256_abs_epi8(_mm256_adds_epi8(_mm256_shuffle_epi8(g[1], spread), h[1]));
        const __m256i c = _mm256_max_epu8(a, b);
        most[i] = _mm_max_epu8(_mm256_castsi256_si128(c), _mm256_extracti128_si256(c, 1));
    }
    // The greatest of the columns: lane i for the i-th code of g.
    const __m128i a = _mm_max_epu8(_mm_unpacklo_epi32(most[0], most[1]), _mm_unpackhi_epi32(most[0], most[1]));
    const __m128i b = _mm_max_epu8(_mm_unpacklo_epi32(most[2], most[3]), _mm_unpackhi_epi32(most[2], most[3]));
    const __m128i c = _mm_max_epu8(_mm_unpacklo_epi64(a, b), _mm_unpackhi_epi64(a, b));
    return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(c, _mm_set1_epi8(127)), c));
}

// Pairs the codes of two groups of a block without a conflict, or returns 0; `order` gets their places in the block.
CK_INLINE int CK_NAME(i8_match)(const CK_NAME(i8_runs) *runs, const __m256i (*codes)[2], int g, int h,
                                uint64_t *order) {
    // Of a group with itself each pair is told twice: one of the second group takes the place of one's.
    const uint32_t found = (CK_NAME(i8_conflicts)(codes[g], codes[g]) & 0x08CE) |
                           (CK_NAME(i8_conflicts)(codes[h], codes[h]) & 0x7310) |
                           CK_NAME(i8_conflicts)(codes[g], codes[h]) << 16;
    const __m256i conflicts = _mm256_set1_epi32((int32_t)found);
    for (int i = 0; i < CK_PAIRINGS; i += 8) {
        const __m256i pairs = _mm256_loadu_si256((const __m256i *)(const void *)(runs->pairs + i));
        const __m256i good = _mm256_cmpeq_epi32(_mm256_and_si256(pairs, conflicts), _mm256_setzero_si256());
        const int bits = _mm256_movemask_ps(_mm256_castsi256_ps(good));
        if (!bits) continue;
        const uint64_t ones = 0x0101010101010101, local = runs->orders[i + __builtin_ctz((unsigned)bits)];
        *order = local + ones * (uint64_t)(4 * g) + (local >> 2 & ones) * (uint64_t)(4 * (h - g - 1));
        return 1;
    }
    return 0;
}

// A mixed group of four codes of the block, by their places there.
CK_INLINE void CK_NAME(i8_mix)(const __m256i (*codes)[2], uint32_t mask, int8_t *target) {
    const __m256i wanted = _mm256_set1_epi32((int32_t)mask);
    const __m256i lanes = _mm256_setr_epi32(0, 0x04040404, 0x08080808, 0x0C0C0C0C, 0, 0x04040404, 0x08080808, 0x0C0C0C0C);
    __m256i lo = _mm256_setzero_si256(), hi = lo;
#pragma clang loop unroll(full)
    for (int g = 0; g < CK_BLOCK; g++) {
        // Codes of other groups become 0, as the top bit of their index says.
        const __m256i inside = _mm256_xor_si256(wanted, _mm256_set1_epi8((char)(4 * g)));
        const __m256i from = _mm256_or_si256(_mm256_add_epi8(inside, lanes),
                                             _mm256_cmpgt_epi8(inside, _mm256_set1_epi8(3)));
        lo = _mm256_or_si256(lo, _mm256_shuffle_epi8(codes[g][0], from));
        hi = _mm256_or_si256(hi, _mm256_shuffle_epi8(codes[g][1], from));
    }
    _mm256_storeu_si256((__m256i *)(void *)target, lo);
    _mm256_storeu_si256((__m256i *)(void *)(target + 32), hi);
}

// Whether any of the 16 columns has a conflict in a group's pairs, the group's codes being in an order of their own.
CK_INLINE int CK_NAME(i8_has_conflict)(const __m256i *codes, __m256i order) {
    const __m256i ones = _mm256_set1_epi8(1);
    const __m256i lo = _mm256_abs_epi16(_mm256_maddubs_epi16(ones, _mm256_shuffle_epi8(codes[0], order)));
    const __m256i hi = _mm256_abs_epi16(_mm256_maddubs_epi16(ones, _mm256_shuffle_epi8(codes[1], order)));
    const __m256i beyond = _mm256_cmpgt_epi16(_mm256_max_epi16(lo, hi), _mm256_set1_epi16(128));
    return !_mm256_testz_si256(beyond, beyond);
}

// Adds a signed group, or returns 0 where there are too many.
CK_INLINE int CK_NAME(i8_sign)(CK_NAME(i8_runs) *runs, v16i group, ptrdiff_t place) {
    if (runs->signed_count == CK_SIGNED_MOST) return 0;
    runs->signed_places[runs->signed_count] = (uint16_t)place;
    __builtin_memcpy(runs->signed_codes[runs->signed_count++], &group, sizeof group);
    return 1;
}

// Finds for each group that no order of its own helps another to mix with: one that has no way of its own either, else one
// that is mixed anyway, else a plain one.
static __attribute__((noinline)) void CK_NAME(i8_match_block)(const CK_NAME(i8_runs) *runs, const __m256i (*codes)[2],
                                                              uint8_t *kinds, uint32_t *masks) {
    static const uint8_t wanted[] = {CK_NAME(ck_left), CK_NAME(ck_swapped), CK_NAME(ck_crossed), CK_NAME(ck_plain)};
    for (int g = 0; g < CK_BLOCK; g++)
        for (int w = 0; w < 4 && kinds[g] == CK_NAME(ck_left); w++)
            for (int h = 0; h < CK_BLOCK && kinds[g] == CK_NAME(ck_left); h++) {
                const int low = g < h ? g : h, high = g < h ? h : g;
                uint64_t order;
                if (h == g || kinds[h] != wanted[w] || !CK_NAME(i8_match)(runs, codes, low, high, &order)) continue;
                masks[low] = (uint32_t)order, masks[high] = (uint32_t)(order >> 32);
                kinds[g] = kinds[h] = CK_NAME(ck_matched);
            }
}

// Gives the four groups of a block to the runs; `group` is the first one's number. Returns 0 where there are more signed
// ones than a panel with other runs may have.
CK_INLINE int CK_NAME(i8_order_block)(CK_NAME(i8_runs) *runs, const v16i *groups, ptrdiff_t group) {
    static const uint32_t orders[3] = {0x03020100, 0x03010200, 0x02010300};
    const __m256i lanes = _mm256_setr_epi32(0, 0x04040404, 0x08080808, 0x0C0C0C0C, 0, 0x04040404, 0x08080808, 0x0C0C0C0C);
    __m256i codes[CK_BLOCK][2];
    __builtin_memcpy(codes, groups, sizeof codes);
    uint8_t kinds[CK_BLOCK];
    uint32_t masks[CK_BLOCK];
    int some = 0, left = 0;
#pragma clang loop unroll(full)
    for (int g = 0; g < CK_BLOCK; g++) {
        kinds[g] = (uint8_t)CK_NAME(i8_has_conflict)(codes[g], _mm256_add_epi8(lanes, _mm256_set1_epi32(0x03020100)));
        some |= kinds[g];
    }
    if (!some) {
        __builtin_memcpy(runs->plain, codes, sizeof codes);
        for (int g = 0; g < CK_BLOCK; g++) *runs->plain_place++ = (uint16_t)(group + g);
        runs->plain += sizeof codes;
        return 1;
    }
#pragma clang loop unroll(full)
    for (int g = 0; g < CK_BLOCK; g++) {
        const int swapped = CK_NAME(i8_has_conflict)(codes[g], _mm256_add_epi8(lanes, _mm256_set1_epi32(0x03010200)));
        const int crossed = CK_NAME(i8_has_conflict)(codes[g], _mm256_add_epi8(lanes, _mm256_set1_epi32(0x02010300)));
        kinds[g] = (uint8_t)(kinds[g] + (kinds[g] & swapped) + (kinds[g] & swapped & crossed));
        left |= kinds[g] == CK_NAME(ck_left);
    }
    if (left) CK_NAME(i8_match_block)(runs, codes, kinds, masks);
    for (int g = 0; g < CK_BLOCK; g++) {
        if (kinds[g] < CK_NAME(ck_left)) {
            // Without a branch, for which of these it is cannot be foreseen.
            const int mixed = kinds[g] != CK_NAME(ck_plain);
            const uint32_t order = orders[kinds[g]];
            const __m256i from = _mm256_add_epi8(lanes, _mm256_set1_epi32((int32_t)order));
            int8_t *target = mixed ? runs->mixed - 4 * CK_PANEL : runs->plain;
            _mm256_storeu_si256((__m256i *)(void *)target, _mm256_shuffle_epi8(codes[g][0], from));
            _mm256_storeu_si256((__m256i *)(void *)(target + 32), _mm256_shuffle_epi8(codes[g][1], from));
            uint16_t *place = mixed ? runs->mixed_place - 1 : runs->plain_place;
            *place = (uint16_t)(group + (mixed ? 0 : g));
            *runs->mask = order + 0x04040404u * (uint32_t)g;
            runs->mask += mixed, runs->mixed -= mixed * 4 * CK_PANEL, runs->mixed_place -= mixed;
            runs->plain += (1 - mixed) * 4 * CK_PANEL, runs->plain_place += 1 - mixed;
        } else if (kinds[g] == CK_NAME(ck_matched)) {
            CK_NAME(i8_mix)(codes, masks[g], runs->mixed -= 4 * CK_PANEL);
            *--runs->mixed_place = (uint16_t)group;
            *runs->mask++ = masks[g];
        } else if (!CK_NAME(i8_sign)(runs, groups[g], group + g)) {
            return 0;
        }
    }
    return 1;
}

// The same for what is left of a panel behind its whole blocks: rows have no 16 codes to mix there.
static int CK_NAME(i8_order_rest)(CK_NAME(i8_runs) *runs, const v16i *groups, ptrdiff_t group, ptrdiff_t count) {
    for (ptrdiff_t g = 0; g < count; g++) {
        __m256i codes[2];
        __builtin_memcpy(codes, &groups[g], sizeof codes);
        const __m256i natural = _mm256_setr_epi32(0x03020100, 0x07060504, 0x0B0A0908, 0x0F0E0D0C, 0x03020100, 0x07060504,
                                                  0x0B0A0908, 0x0F0E0D0C);
        if (CK_NAME(i8_has_conflict)(codes, natural)) {
            if (!CK_NAME(i8_sign)(runs, groups[g], group + g)) return 0;
        } else {
            *runs->plain_place++ = (uint16_t)(group + g);
            __builtin_memcpy(runs->plain, codes, sizeof codes);
            runs->plain += 4 * CK_PANEL;
        }
    }
    return 1;
}

// Packs one panel in its runs; returns 0 where too many groups are signed.
static int CK_NAME(i8_pack_runs)(CK_NAME(i8_runs) *runs, int8_t *packed, int32_t *column_sums, ck_i8_panel *panel,
                                 uint16_t *places, uint32_t *masks, const int8_t *source, ptrdiff_t columns,
                                 ptrdiff_t depth) {
    const ptrdiff_t steps = (depth + 3) / 4;
    runs->plain = packed, runs->mixed = packed + steps * 4 * CK_PANEL;
    runs->plain_place = places, runs->mixed_place = places + steps;
    runs->mask = masks, runs->signed_count = 0;
    v16i sums = (v16i)(0);
    for (ptrdiff_t k = 0; k < steps; k += 16) {
        v16i rows[16];
        const ptrdiff_t groups = CK_NAME(i8_turn)(rows, source, columns, depth, k);
        for (ptrdiff_t g = 0; g < groups; g++) sums = CK_NAME(i8_add_group)(sums, rows[g]);
        ptrdiff_t g = 0;
        for (; g + CK_BLOCK <= groups; g += CK_BLOCK)
            if (!CK_NAME(i8_order_block)(runs, rows + g, k + g)) return 0;
        if (!CK_NAME(i8_order_rest)(runs, rows + g, k + g, groups - g)) return 0;
    }
    __builtin_memcpy(column_sums, &sums, sizeof sums);
    // Mixed groups lie from the last to the first.
    const ptrdiff_t mixed = runs->mask - masks;
    for (ptrdiff_t i = 0; i < mixed / 2; i++) {
        const uint32_t mask = masks[i];
        masks[i] = masks[mixed - 1 - i], masks[mixed - 1 - i] = mask;
    }
    v16i start = (v16i)(0);
    for (ptrdiff_t i = 0; i < runs->signed_count; i++) {
        __builtin_memcpy(runs->plain + i * 4 * CK_PANEL, runs->signed_codes[i], 4 * CK_PANEL);
        start = ck_dot(start, 0x01010101, ck_codes_load(runs->signed_codes[i]));
    }
    __builtin_memcpy(runs->plain_place, runs->signed_places, (size_t)runs->signed_count * sizeof *places);
    start *= 128;
    *panel = (ck_i8_panel){.plain = (int32_t)(runs->plain_place - places), .mixed = (int32_t)mixed};
    __builtin_memcpy(panel->start, &start, sizeof start);
    return 1;
}

// Packs panels; of one with too many signed groups all are, in their own order.
static void CK_NAME(i8_pack_ordered)(int8_t *packed, int32_t *column_sums, ck_i8_panel *panels, uint16_t *places,
                                     uint32_t *masks, const int8_t *source, ptrdiff_t columns, ptrdiff_t depth) {
    const ptrdiff_t steps = (depth + 3) / 4;
    uint32_t *next = masks;
    CK_NAME(i8_runs) runs;
    CK_NAME(i8_list_pairings)(&runs);
    for (ptrdiff_t n = 0; n < columns; n += CK_PANEL, panels++, places += steps, packed += steps * 4 * CK_PANEL) {
        const ptrdiff_t width = columns - n < CK_PANEL ? columns - n : CK_PANEL;
        const int8_t *rows = source + n * depth;
        if (!CK_NAME(i8_pack_runs)(&runs, packed, column_sums + n, panels, places, next, rows, width, depth)) {
            CK_NAME(i8_pack_panel)(packed, column_sums + n, rows, width, depth);
            for (ptrdiff_t g = 0; g < steps; g++) places[g] = (uint16_t)g;
            *panels = (ck_i8_panel){0};
            for (int i = 0; i < CK_PANEL; i++) panels->start[i] = 128 * column_sums[n + i];
        }
        panels->first_mask = (int32_t)(next - masks);
        next += panels->mixed;
    }
}
