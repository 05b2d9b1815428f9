"""Writes Sources/AdzeTokenization/Normalizers/Generated/FormData.swift: what PyPI's `tokenizers` is seen to know of
compatibility forms, compositions, combining marks, letters, numbers and grapheme clusters.

Nothing is taken from Unicode's own files: each property is asked of the library, as in `make_unicode_tables.py`, whose
way of writing tables this uses. Usage: make_unicode_forms.py [OUT.swift]
"""
import os
import struct
import sys

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

from make_unicode_tables import SCALARS, base36, combining_classes, literal, mappings, zigzag

nfc, nfd, nfkc, nfkd = (getattr(normalizers, name)().normalize_str for name in ("NFC", "NFD", "NFKC", "NFKD"))
strip = normalizers.StripAccents().normalize_str
HANGUL = range(0xAC00, 0xAC00 + 11172)
# `ClusterClass` in Swift has the same order.
CLASSES = ("other", "cr", "lf", "control", "extend", "foreignExtend", "linker", "joiner", "spacingMark", "prepend",
           "leading", "vowel", "trailing", "syllable", "closedSyllable", "pictograph", "consonant")
ACUTE, ZWJ, PICTURE, KA, VIRAMA = "\u0301", "\u200d", "\u00a9", "\u0915", "\u094d"


def cluster_counter():
    """A charsmap whose keys are all first bytes but the line feed: each cluster of less than six bytes becomes one Q,
    and of a longer one each scalar does. Its double array has one level: byte c is at 256 + c, all values are at 512."""
    units = [0] * 768
    units[0] = 256 << 10
    for c in [*range(1, 0x80), *range(0xC2, 0xF5)]:
        if c != 0x0A:
            units[256 + c] = c | 1 << 8 | ((256 + c) ^ 512) << 10
    units[512] = 1 << 31
    return normalizers.Precompiled(struct.pack("<I768I", 4 * 768, *units) + b"Q\0").normalize_str


count = cluster_counter()


def lengths(texts):
    """How many scalars each text becomes under the counter; a line feed is a cluster by itself and has no key."""
    out = []
    for start in range(0, len(texts), 4096):
        out += [len(t) for t in count("\n".join(texts[start:start + 4096])).split("\n")]
    assert len(out) == len(texts)
    return out


def holding(scalars, text, length):
    """The scalars c for which `text(c)` becomes so many."""
    return {c for c, n in zip(scalars, lengths([text(chr(c)) for c in scalars])) if n == length}


def cluster_classes():
    """Each scalar's class. Where a longer cluster would be looked up as more than one, a mark after it tells: with the
    mark a scalar is a cluster of its own and one Q, or in a cluster that is too long and two."""
    found = {}

    def give(name, scalars):
        for c in scalars:
            assert c not in found, (hex(c), name)
            found[c] = CLASSES.index(name)

    assert count("\r\n") == "Q" and count("a\n") == "Q\n"
    give("cr", [0x0D])
    give("lf", [0x0A])
    rest = [c for c in SCALARS if c not in found]
    joining = holding(rest, lambda s: "a" + s, 1)
    joined = sorted(joining)
    extends = holding(joined, lambda s: PICTURE + s + ZWJ + PICTURE + ACUTE, 5)
    linkers = holding(joined, lambda s: KA + s + KA + ACUTE, 4)
    conjunct = holding(joined, lambda s: KA + VIRAMA + s + KA + ACUTE, 5)
    joiners = holding(joined, lambda s: PICTURE + s + PICTURE + ACUTE, 4)
    assert joiners == {ord(ZWJ)} and linkers <= conjunct and joiners <= conjunct and conjunct - joiners <= extends
    give("joiner", joiners)
    give("linker", linkers)
    give("extend", conjunct - linkers - joiners)
    give("foreignExtend", extends - conjunct - joiners)
    give("spacingMark", joining - extends - joiners)
    rest = [c for c in rest if c not in found]
    give("control", holding(rest, lambda s: s + ACUTE + ACUTE, 2))
    rest = [c for c in rest if c not in found]
    give("prepend", holding(rest, lambda s: s + "a", 1))
    rest = [c for c in rest if c not in found]
    give("pictograph", holding(rest, lambda s: PICTURE + ZWJ + s + ACUTE, 4))
    give("consonant", holding(rest, lambda s: s + VIRAMA + KA + ACUTE, 4))
    rest = [c for c in rest if c not in found and 0x800 <= c < 0x10000]
    vowel, trailing = (holding(rest, lambda s, t=t: s + t + ACUTE, 3) for t in "\u1161\u11a8")
    after_leading, after_vowel = (holding(rest, lambda s, t=t: t + s + ACUTE, 3) for t in "\u1100\u1161")
    kinds = {(1, 0, 1, 0): "leading", (1, 1, 1, 1): "vowel", (0, 1, 0, 1): "trailing", (1, 1, 1, 0): "syllable",
             (0, 1, 1, 0): "closedSyllable"}
    for c in vowel | trailing | after_leading | after_vowel:
        give(kinds[c in vowel, c in trailing, c in after_leading, c in after_vowel], [c])
    for c in HANGUL:  # the arithmetic that Swift does for them
        assert found[c] == CLASSES.index("closedSyllable" if (c - 0xAC00) % 28 else "syllable"), hex(c)
        found[c] = CLASSES.index("syllable")
    return found


def runs_of_sets(scalars):
    """Runs of (distance from the end of the last, length); surrogates are in none."""
    runs = []
    for c in sorted(scalars):
        if runs and runs[-1][1] == c:
            runs[-1][1] = c + 1
        else:
            runs.append([c, c + 1])
    out, last = [], 0
    for start, end in runs:
        out += [base36(start - last), base36(end - start)]
        last = end
    return out


def runs_of_values(values):
    """Runs of (distance from the end of the last, length, value) of what is not 0."""
    runs = []
    for c in sorted(values):
        if runs and runs[-1][1] == c and runs[-1][2] == values[c]:
            runs[-1][1] = c + 1
        else:
            runs.append([c, c + 1, values[c]])
    out, last = [], 0
    for start, end, value in runs:
        out += [base36(start - last), base36(end - start), base36(value)]
        last = end
    return out


def compositions():
    """(composite, first, second) of all pairs that compose, Hangul apart; each number from the composite."""
    out, last = [], 0
    for c in SCALARS:
        parts = nfd(chr(c))
        if c in HANGUL or len(parts) == 1 or nfc(chr(c)) != chr(c):
            continue
        first, second = nfc(parts[:-1]), parts[-1]
        assert len(first) == 1 and nfc(first + second) == chr(c), hex(c)
        out += [base36(c - last), zigzag(ord(first) - c), zigzag(ord(second) - c)]
        last = c
    return out


def matching(pattern):
    """The scalars that a regular expression of one scalar matches."""
    split = pre_tokenizers.Split(Regex(pattern), "removed").pre_tokenize_str
    found = set()
    for start in range(0, len(SCALARS), 4096):
        part = SCALARS[start:start + 4096]
        kept = {ord(c) for piece, _ in split("".join(map(chr, part))) for c in piece}
        found |= set(part) - kept
    return found


def main():
    spaces = {c for c in SCALARS if len(pre_tokenizers.WhitespaceSplit().pre_tokenize_str("a" + chr(c) + "a")) == 2}
    assert matching(r"\s") == spaces, "the engine's white space is that of `UnicodeData.flags`"
    assert all(c in spaces for c in SCALARS if normalizers.Strip().normalize_str(chr(c)) == "")
    assert all(nfkc(chr(c)) == nfc(nfkd(chr(c))) for c in SCALARS)
    marks = {c for c in SCALARS if strip(chr(c)) == ""}
    assert set(combining_classes()) <= marks, "those who remove marks need not order them"
    text = (
        "// More of every scalar's treatment, as seen in PyPI's `tokenizers` "
        f"{tokenizers.__version__}. Made by\n// Tools/reference/make_unicode_forms.py; do not edit. Numbers are in base 36. "
        "Not here: what the numbers mean, which is\n// `UnicodeForms.swift` and `GraphemeClusters.swift`.\n\n"
        "enum FormData {\n"
        + "\n".join((
            literal("compatibility", "Full compatibility decompositions where not the canonical ones, as mapping runs.",
                    mappings(lambda s: s if nfkd(s) == nfd(s) else nfkd(s))),
            literal("compositions", "(distance, first, second): each pair that composes, Hangul apart, from its composite.",
                    compositions()),
            literal("marks", "Runs of (distance, length): the combining marks that `StripAccents` removes.",
                    runs_of_sets(marks)),
            literal("letters", "Runs of (distance, length): `\\p{L}` of the regex engine.", runs_of_sets(matching(r"\p{L}"))),
            literal("numbers", "Runs of (distance, length): `\\p{N}` of the regex engine.", runs_of_sets(matching(r"\p{N}"))),
            literal("clusterClasses", "Runs of (distance, length, class): `ClusterClass`, all Hangul syllables as one.",
                    runs_of_values(cluster_classes())),
        ))
        + "}\n"
    )
    here = os.path.dirname(os.path.abspath(__file__))
    default = os.path.join(here, "../../Sources/AdzeTokenization/Normalizers/Generated/FormData.swift")
    out = sys.argv[1] if len(sys.argv) > 1 else default
    os.makedirs(os.path.dirname(out), exist_ok=True)
    with open(out, "w", encoding="utf-8") as file:
        file.write(text)


if __name__ == "__main__":
    main()
