// The scalars of scripts, as seen in PyPI's `regex` 2026.11.19. Made by Tools/reference/make_script_tables.py; do not
// edit. Numbers are in base 36. Not here: what the numbers mean, which is `TextScript.swift`.

enum ScriptData {
    /// Runs of (distance, length): Latin, Common, Inherited.
    static let latin: StaticString = """
        0 kq 2 3o 4 1 9 1 6 1 1 1 71 2 am 1 6 1 e 1 3 1 w 1 a b q 1 30 1 ec 1 32 4 f 2 yh 1 b9 4 82 1 167 3 1z 2
        5n 2 1 1 iy 1t db 17 5 12 6 1d 5 4 5 d 1 1y 1 8w 74 2t 1 c 2 29 b x f 12 1 2t 4 ii m b l ps 74 hg 2 3u 2o
        w ao 2m 2 4 b0 l 1 1 1 p 9 4 2 8 4 4 2h 4 3 1 2i 2 43 g w 12 9 1 1c 1s v 29 1b 1 2g 4o 534 1s hkw 66 4 1 e
        f 1c a 6s 1 4g 1 9s 1h 1 8 fpu 7 fr 2 5c q 6 e 2 z 1 j 1 4 43 1 1 2t a 1 19 2 1s 7 1 7 a 5 76 3 4 19 3 9
        28 d 1f 1a 6a s w4 6 1 16 1 e 29n 1 xgk 4 318 71 3 c4 6 n 1 3 8 x 2 1a 2 n 9 38 1o 6u a 74 28 1e 1q k c k
        c 2f 9 p 3r 2d 1 1z 1 2 2 1 2 2 2 4 1 c 1 1 1 7 1 1t 1 4 2 8 1 7 1 s 1 4 1 5 1 1 3 7 1 9h 1 84 2 1e lc t
        rn 3m e 7 1i 12 2 b 2gh 1w 24 1p jm 18 4 2s c f 2 f 1 f 1 11 a 4v 1j q 1 2 d 18 4 9 7 2 e 6 4a re 2 h 3 d
        3 64 4 c 4 s 4 1k 8 a 6 14 8 u 2 c 4 2 e 9 13 9k 8 e 2 d 3 1z 1 1 3 i 1 d 3 c 5 43 1 2v gvly 1 u 2o 3k 6o
        """
}
