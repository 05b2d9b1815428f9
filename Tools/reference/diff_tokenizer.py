"""Compares `adze tokenize` with PyPI's `tokenizers`: every Unicode scalar, alone and inside a word, and random texts,
under every combination of lower-casing, accent stripping and CJK spacing, and with added tokens of every kind.

Usage: diff_tokenizer.py ADZE [--random N] [--seed S] [--quick] [--offsets]
ADZE is run as `ADZE tokenize FOLDER --json -i TEXTS.jsonl` and prints {"tokens","ids","type_ids"} a line. --offsets
adds that flag and compares "offsets" too. --quick takes every 16th scalar.
"""
import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import unicodedata

from tokenizers import Tokenizer, normalizers, pre_tokenizers

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
CONFIGS = list(itertools.product((True, False), (None, True, False), (True, False)))


def vocabulary():
    """Every assigned scalar that survives clean-up as a token, alone and continuing, and some longer pieces: hardly
    anything is unknown, so nothing can hide behind [UNK]."""
    clean = normalizers.BertNormalizer(handle_chinese_chars=False, strip_accents=False, lowercase=False).normalize_str
    kept = [chr(c) for c in SCALARS if clean(chr(c)).strip() and unicodedata.category(chr(c)) not in ("Cn", "Co")]
    pieces = ["ab", "##bc", "##ing", "the", "new", "un", "##able", "e\u0301", "\u1112\u1161"]
    return SPECIAL + pieces + kept + ["##" + c for c in kept]


def tokenizer_json(vocab, lower, strip, chinese, clean=True, added=(), max_chars=100):
    def token(content, id, **flags):
        return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": False, "special": True, **flags}

    def piece(kind, id, type_id):
        return {kind: {"id": id, "type_id": type_id}}

    ids = {t: i for i, t in enumerate(vocab)}
    for content, _ in added:
        ids.setdefault(content, len(ids))
    cls, a, sep = piece("SpecialToken", "[CLS]", 0), piece("Sequence", "A", 0), piece("SpecialToken", "[SEP]", 0)
    return {
        "version": "1.0", "truncation": None, "padding": None,
        "added_tokens": [token(t, i) for i, t in enumerate(SPECIAL)]
        + [token(t, ids[t], **flags) for t, flags in added],
        "normalizer": {"type": "BertNormalizer", "clean_text": clean, "handle_chinese_chars": chinese,
                       "strip_accents": strip, "lowercase": lower},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing", "single": [cls, a, sep],
            "pair": [cls, a, sep, piece("Sequence", "B", 1), piece("SpecialToken", "[SEP]", 1)],
            "special_tokens": {t: {"id": t, "ids": [SPECIAL.index(t)], "tokens": [t]} for t in ("[CLS]", "[SEP]")}},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": max_chars, "vocab": {t: i for i, t in enumerate(vocab)}},
    }


ADDED = [
    ("<left>", dict(lstrip=True)), ("<right>", dict(rstrip=True)), ("<both>", dict(lstrip=True, rstrip=True)),
    ("word", dict(single_word=True)), ("wordy", dict(single_word=True, special=False)),
    ("NeW", dict(normalized=True, special=False)), ("caf\u00e9", dict(normalized=True, rstrip=True)),
    ("Both\u00c5", dict(normalized=True, lstrip=True, single_word=True)), (" gap", dict()), ("\u4e2d", dict()),
    ("<lef", dict()), ("a", dict(single_word=True, lstrip=True)),
]


def random_texts(count, rng):
    marks = [chr(c) for c in SCALARS if unicodedata.combining(chr(c))]
    kept_marks = [m for m in marks if unicodedata.category(m) != "Mn"]
    assigned = [chr(c) for c in SCALARS if unicodedata.category(chr(c)) not in ("Cn", "Co", "Cs")]
    decomposing = [c for c in assigned if unicodedata.normalize("NFD", c) != c and not "\uac00" <= c <= "\ud7a3"]
    newer = [chr(rng.choice(SCALARS)) for _ in range(2000)]
    pools = [
        (lambda: rng.choice("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"), 30),
        (lambda: rng.choice("the unable doing new words abc ab word wordy NeW café".split()), 6),
        (lambda: " ", 15), (lambda: rng.choice("0123456789.,;!?'\"()[]<>-_#@"), 8),
        (lambda: rng.choice(marks), 8), (lambda: rng.choice(kept_marks), 4), (lambda: rng.choice(decomposing), 5),
        (lambda: chr(rng.randrange(0xAC00, 0xD7A4)), 2), (lambda: chr(rng.randrange(0x4E00, 0xA000)), 3),
        (lambda: rng.choice("\t\n\r\x0b\x0c\x00\x1f\x7f\x85\xa0\u2028\u3000\u200b\u200d\ufeff\ufffd\u00ad"), 3),
        (lambda: rng.choice(assigned), 6), (lambda: rng.choice(newer), 3), (lambda: rng.choice("ΑΣΟΔΣ Σ İIıǅŒß"), 3),
        (lambda: rng.choice(SPECIAL + [t for t, _ in ADDED]), 3), (lambda: "x" * rng.choice((99, 100, 101)), 0.2),
    ]
    makers, weights = zip(*pools)
    for _ in range(count):
        yield "".join(m() for m in rng.choices(makers, weights, k=rng.randrange(0, 30)))


class Run:
    def __init__(self, adze, folder, offsets):
        self.adze, self.folder, self.offsets, self.bad, self.compared = adze, folder, offsets, 0, 0

    def compare(self, name, description, rows):
        """`rows` are (text, pair or None)."""
        with open(os.path.join(self.folder, "tokenizer.json"), "w", encoding="utf-8") as file:
            json.dump(description, file)
        texts = os.path.join(self.folder, "texts.jsonl")
        with open(texts, "w", encoding="utf-8") as file:
            for text, pair in rows:
                file.write(json.dumps({"text": text} | ({} if pair is None else {"text_pair": pair})) + "\n")
        flags = ["--offsets"] if self.offsets else []
        result = subprocess.run([self.adze, "tokenize", self.folder, "--json", "-i", texts, *flags],
                                capture_output=True, text=True, encoding="utf-8")
        if result.returncode:
            sys.exit(f"{name}: exit {result.returncode}: {result.stderr}")
        lines = result.stdout.split("\n")[:-1]
        if len(lines) != len(rows):
            sys.exit(f"{name}: {len(rows)} texts, {len(lines)} answers")
        reference = Tokenizer.from_str(json.dumps(description))
        contents = {i: t for t, i in reference.get_vocab().items()}
        wrong = 0
        for start in range(0, len(rows), 5000):
            batch = rows[start:start + 5000]
            encodings = reference.encode_batch([t if p is None else (t, p) for t, p in batch])
            for (text, pair), encoding, line in zip(batch, encodings, lines[start:start + 5000]):
                ours = json.loads(line)
                same = ours["ids"] == encoding.ids and ours["type_ids"] == encoding.type_ids
                same = same and ours["tokens"] == [contents[i] for i in encoding.ids]
                if self.offsets:
                    same = same and [tuple(o) for o in ours["offsets"]] == encoding.offsets
                if not same:
                    wrong += 1
                    if self.bad + wrong <= 20:
                        print(f"{name}: {text!r} {pair!r}\n  expected {encoding.ids} {encoding.offsets}\n"
                              f"  found    {ours['ids']} {ours.get('offsets')}")
        self.bad += wrong
        self.compared += len(rows)
        print(f"{name}: {len(rows)} texts, {wrong} differ", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("adze")
    parser.add_argument("--random", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--offsets", action="store_true")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    vocab = vocabulary()
    scalars = SCALARS[::16] if options.quick else SCALARS
    packed = [scalars[i:i + 200] for i in range(0, len(scalars), 200)]
    alone = [(" ".join(map(chr, block)), None) for block in packed]
    inside = [(" ".join(f"a{chr(c)}b" for c in block), None) for block in packed]
    texts = list(random_texts(options.random, rng))
    rows = [(t, rng.choice(texts) if rng.random() < 0.1 else None) for t in texts]
    with tempfile.TemporaryDirectory() as folder:
        run = Run(options.adze, folder, options.offsets)
        for lower, strip, chinese in CONFIGS:
            name = f"lower-case {lower}, strip accents {strip}, chinese {chinese}"
            run.compare(name, tokenizer_json(vocab, lower, strip, chinese), alone + inside + rows)
        for lower in (True, False):
            every = [(chr(c), None) for c in scalars]
            run.compare(f"lower-case {lower}, one scalar a text", tokenizer_json(vocab, lower, None, True), every)
            run.compare(f"lower-case {lower}, added tokens",
                        tokenizer_json(vocab, lower, None, True, added=ADDED), alone + inside + rows)
            run.compare(f"lower-case {lower}, no clean-up, 7 scalars a word",
                        tokenizer_json(vocab, lower, None, True, clean=False, max_chars=7), alone + inside + rows)
    print(f"{run.compared} texts compared, {run.bad} differ")
    sys.exit(1 if run.bad else 0)


if __name__ == "__main__":
    main()
