"""Writes Sources/AdzeTokenization/Normalizers/Generated/UnicodeData.swift: what PyPI's `tokenizers` is seen to do with every scalar.

Nothing is taken from Unicode's own files: each property is asked of the library, scalar by scalar, because its crates
follow several Unicode versions at once. Usage: make_unicode_tables.py [OUT.swift]
"""
import os
import sys

import tokenizers
from tokenizers import AddedToken, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordPiece

# The bits of a scalar's flags; `ScalarFlags` in Swift has the same.
DROPPED, BLANKED, CJK, NONSPACING, WHITESPACE, PUNCTUATION, WORD = (1 << i for i in range(7))
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def only(**on):
    flags = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalizers.BertNormalizer(**{**flags, **on}).normalize_str


clean, chinese, strip, lower = (only(**{k: True}) for k in
                                ("clean_text", "handle_chinese_chars", "strip_accents", "lowercase"))
nfd = normalizers.NFD().normalize_str
split = pre_tokenizers.BertPreTokenizer().pre_tokenize_str


def word_characters():
    """The scalars that forbid a `single_word` token beside them (\\w of the library's regex engine)."""
    tokenizer = Tokenizer(WordPiece({"[UNK]": 0, "\ue000": 1}, unk_token="[UNK]"))
    tokenizer.add_tokens([AddedToken("\ue000", single_word=True, normalized=False)])
    mark = tokenizer.token_to_id("\ue000")
    found = set()
    for c in SCALARS:
        if c != 0xE000 and mark not in tokenizer.encode(chr(c) + "\ue000").ids:
            found.add(c)
    return found


def flags_of(c, words):
    s, flags = chr(c), 0
    cleaned = clean("a" + s + "a")
    if cleaned == "aa":
        flags |= DROPPED
    elif cleaned == "a a" and c != 0x20:
        flags |= BLANKED
    else:
        assert cleaned == "a" + s + "a", hex(c)
    spaced = chinese(s)
    if spaced != s:
        assert spaced == " " + s + " ", hex(c)
        flags |= CJK
    if nfd(s) == s and strip(s) == "":
        flags |= NONSPACING
    pieces = [p for p, _ in split("a" + s + "a")]
    if pieces == ["a", "a"]:
        flags |= WHITESPACE
    elif pieces == ["a", s, "a"]:
        flags |= PUNCTUATION
    else:
        assert pieces == ["a" + s + "a"], hex(c)
    return flags | (WORD if c in words else 0)


def combining_classes():
    """Each scalar's rank among the combining classes, from how NFD reorders it with its neighbours; 0 is a starter."""
    alone = [c for c in SCALARS if nfd(chr(c)) == chr(c)]
    # U+0345 has the highest class (240) and U+0334 the lowest (1): a mark moves before or after one of them.
    high, low = "\u0345", "\u0334"
    marks = [c for c in alone if chr(c) in (high, low) or nfd(high + chr(c)) != high + chr(c)
             or nfd(chr(c) + low) != chr(c) + low]
    # Equal classes keep their order both ways round: sort into ranks by comparing with one member of each rank.
    ranks = []
    for c in marks:
        for rank in ranks:
            r = rank[0]
            if nfd(chr(c) + chr(r)) == chr(c) + chr(r) and nfd(chr(r) + chr(c)) == chr(r) + chr(c):
                rank.append(c)
                break
        else:
            ranks.append([c])
    ranks = sorted(ranks, key=lambda rank: sum(nfd(chr(rank[0]) + chr(o[0])) != chr(rank[0]) + chr(o[0]) for o in ranks))
    return {c: i + 1 for i, rank in enumerate(ranks) for c in rank}


def base36(n):
    out = ""
    while True:
        out, n = DIGITS[n % 36] + out, n // 36
        if not n:
            return out


def zigzag(n):
    return base36(n * 2 if n >= 0 else -n * 2 - 1)


def literal(name, doc, numbers):
    lines, line = [], ""
    for n in numbers:
        if len(line) + len(n) > 105:
            lines.append(line)
            line = ""
        line += (" " if line else "") + n
    body = "\n".join("        " + text for text in lines + [line])
    return f'    /// {doc}\n    static let {name}: StaticString = """\n{body}\n        """\n'


def runs_of_flags(words):
    runs = []
    for c in range(0x110000):
        flags = runs[-1][1] if 0xD800 <= c < 0xE000 else flags_of(c, words)
        if runs and runs[-1][1] == flags:
            runs[-1][0] += 1
        else:
            runs.append([1, flags])
    return [base36(n) for run in runs for n in run]


def runs_of_classes(classes):
    runs = []
    for c in sorted(classes):
        if runs and runs[-1][0] + runs[-1][1] == c and runs[-1][2] == classes[c]:
            runs[-1][1] += 1
        else:
            runs.append([c, 1, classes[c]])
    out, last = [], 0
    for start, count, value in runs:
        out += [base36(start - last), base36(count), base36(value)]
        last = start
    return out


def mappings(function, skip=()):
    """Runs of (start, step, count, length of the result) and the results of the first; later ones move by `step` if the
    result is one scalar, and a run of one otherwise. All numbers are differences."""
    found = [(c, [ord(x) for x in function(chr(c))]) for c in SCALARS if c not in skip and function(chr(c)) != chr(c)]
    runs = []
    for c, to in found:
        if runs and len(to) == 1 and len(runs[-1][3]) == 1:
            start, step, count, first = runs[-1]
            moved = c - start
            if to[0] - first[0] == moved and ((count == 1 and moved <= 2) or (count > 1 and moved == step * count)):
                runs[-1] = [start, moved if count == 1 else step, count + 1, first]
                continue
        runs.append([c, 1, 1, to])
    out, last = [], 0
    for start, step, count, to in runs:
        out += [base36(start - last), base36(step), base36(count), base36(len(to))]
        last = start
        for t in to:
            out.append(zigzag(t - last))
            last = t
        last = start
    return out


def main():
    words = word_characters()
    hangul = range(0xAC00, 0xAC00 + 11172)
    for c in hangul:  # the arithmetic that Swift does for them
        s = c - 0xAC00
        expected = [0x1100 + s // 588, 0x1161 + s % 588 // 28] + ([0x11A7 + s % 28] if s % 28 else [])
        assert [ord(x) for x in nfd(chr(c))] == expected, hex(c)
    text = (
        "// Every scalar's treatment, as seen in PyPI's `tokenizers` "
        f"{tokenizers.__version__}. Made by Tools/reference/make_unicode_tables.py;\n"
        "// do not edit. Numbers are in base 36. Not here: what the numbers mean, which is `ScalarProperties.swift`.\n\n"
        "enum UnicodeData {\n"
        + literal("flags", "Runs of (length, flags) that cover U+0000 to U+10FFFF.", runs_of_flags(words))
        + "\n"
        + literal("combiningRanks", "Runs of (distance, length, rank): order among combining classes.",
                  runs_of_classes(combining_classes()))
        + "\n"
        + literal("decompositions", "Full canonical decompositions without Hangul syllables, as mapping runs.",
                  mappings(nfd, skip=set(hangul)))
        + "\n"
        + literal("lowercase", "Lower-case forms, as mapping runs.", mappings(lower))
        + "}\n"
    )
    here = os.path.dirname(os.path.abspath(__file__))
    default = os.path.join(here, "../../Sources/AdzeTokenization/Normalizers/Generated/UnicodeData.swift")
    out = sys.argv[1] if len(sys.argv) > 1 else default
    os.makedirs(os.path.dirname(out), exist_ok=True)
    with open(out, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
