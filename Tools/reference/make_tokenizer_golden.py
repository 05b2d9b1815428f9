"""Writes Tests/Fixtures/tokenizer/golden.json: what PyPI's `tokenizers` answers, for `ReferenceTests`.

The vocabulary is made here and not stored: the special tokens, then every scalar of `RANGES`, then each with `##`.
Usage: make_tokenizer_golden.py [OUT.json]
"""
import json
import os
import random
import sys

from tokenizers import Tokenizer

from diff_tokenizer import ADDED, SPECIAL, random_texts, tokenizer_json

RANGES = [(0x21, 0x3400), (0xA000, 0xAC00), (0xD7B0, 0xD800), (0xFB00, 0x10000), (0x10A00, 0x11000), (0x11100, 0x11140),
          (0x1D100, 0x1D200), (0x1E000, 0x1E030), (0x1E8D0, 0x1E950), (0xE0000, 0xE0080)]
BLOCKS = [(0, 0x3400), (0x4DC0, 0x4E40), (0x9F80, 0xAC80), (0xD780, 0xD800), (0xE000, 0xE010), (0xF900, 0x12000),
          (0x16F00, 0x17000), (0x1D000, 0x1D200), (0x1E000, 0x1E100), (0x1E800, 0x1EA00), (0x1F000, 0x1F100),
          (0x20000, 0x20010), (0x2F800, 0x2FA80), (0xE0000, 0xE0200), (0x10FF00, 0x110000)]
CONFIGS = [(True, None, True), (False, None, True), (True, False, False), (False, True, True)]
HARD = ["", " ", "a", "\u0345\u0334a", "\u0344\u0316", "a\u0315\u0300\u05ae\u0300\u0062", "\u1e9b\u0323", "\u01c5\u0130\u03a3",
        "\u03a3\u03a3 \u03a3", "\ud55c\uae00", "\u1112\u1161\u11ab", "\u4e2d\u6587abc", "a\u200db", "a\u00adb", "\ufb01x", "x" * 100,
        "x" * 101, "caf\u00e9 cafe\u0301", "[CLS][SEP]", "[CLS ]", "[cls]", "\ufeffa", "a\u2028b\u2029c\u0085d", "\u0000a\ufffdb",
        "\U0001d165\U0001d16f\u0300\U0001d165", "\u302e\u302fa\u302e", "don't, $5.00 (a+b)=c^2~`|", "\u00bfque\u0301?", "a\u3000b",
        "\U0001f600 \U0001f468\u200d\U0001f469", "\u0e01\u0e33", "\u1e9e\u00df", "\u212b\u00c5A\u030a", "\u2260=\u0338"]


def fnv(numbers):
    h = 0xCBF29CE484222325
    for n in numbers:
        for byte in n.to_bytes(4, "little"):
            h = (h ^ byte) * 0x100000001B3 % 2**64
    return f"{h:016x}"


def blocks():
    for low, high in BLOCKS:
        for start in range(low, high, 256):
            chars = [chr(c) for c in range(start, min(start + 256, high)) if not 0xD800 <= c < 0xE000]
            yield " ".join(chars) + " " + " ".join(f"a{c}b" for c in chars)


def truncations(description, rng, texts):
    rows = []
    while len(rows) < 80:
        first = rng.choice(texts)
        pair = rng.choice(texts) if rng.random() < 0.7 else None
        limit, side = rng.randrange(3, 24), rng.choice(("left", "right"))
        strategy = rng.choice(("longest_first", "only_first", "only_second"))
        reference = Tokenizer.from_str(json.dumps(description))
        if limit < reference.num_special_tokens_to_add(pair is not None):
            continue
        reference.enable_truncation(limit, strategy=strategy, direction=side)
        try:
            encoding = reference.encode(first, pair)
        except Exception:  # a text too short to give way: the reference gives up
            continue
        rows.append({"text": first, "pair": pair, "limit": limit, "side": side, "strategy": strategy,
                     "ids": encoding.ids, "types": encoding.type_ids, "mask": encoding.special_tokens_mask})
    return rows


def main():
    rng = random.Random(7)
    scalars = [c for low, high in RANGES for c in range(low, high)]
    vocab = SPECIAL + [chr(c) for c in scalars] + ["##" + chr(c) for c in scalars]
    texts = HARD + list(random_texts(50, rng))
    golden = {"ranges": RANGES, "blocks": BLOCKS, "texts": texts, "configs": []}
    for lower, strip, chinese in CONFIGS:
        reference = Tokenizer.from_str(json.dumps(tokenizer_json(vocab, lower, strip, chinese)))
        encodings = reference.encode_batch(texts)
        golden["configs"].append({
            "lowercases": lower, "stripsAccents": strip, "separatesCJK": chinese,
            "hashes": [fnv(reference.encode(block).ids) for block in blocks()],
            "ids": [e.ids[1:-1] for e in encodings],
            "offsets": [[n for o in e.offsets[1:-1] for n in o] for e in encodings] if lower and chinese else None,
        })
    added = tokenizer_json(vocab, True, None, True, added=ADDED)
    reference = Tokenizer.from_str(json.dumps(added))
    golden["addedTokens"] = added["added_tokens"]
    golden["addedIDs"] = [e.ids[1:-1] for e in reference.encode_batch(texts)]
    golden["truncations"] = truncations(tokenizer_json(vocab, True, None, True), rng, [t for t in texts if len(t) < 30])
    here = os.path.dirname(os.path.abspath(__file__))
    out = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../../Tests/Fixtures/tokenizer/golden.json")
    os.makedirs(os.path.dirname(out), exist_ok=True)
    with open(out, "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in golden.items()) + "\n}\n")


if __name__ == "__main__":
    main()
