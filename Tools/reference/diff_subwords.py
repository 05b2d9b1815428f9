"""Compares `adze tokenize` with PyPI's `tokenizers` by one tokenizer.json of byte-level BPE, BPE or Unigram: every
Unicode scalar alone, inside a word and after a space, and random texts and pairs of many kinds.

Usage: diff_subwords.py ADZE MODEL [--random N] [--seed S] [--text FILE] [--quick] [--offsets] [--scalars no]
MODEL is a tokenizer.json or a folder with one; ADZE is run as `ADZE tokenize MODEL --json -i TEXTS.jsonl` and prints
{"tokens","ids","type_ids"} a line. --offsets adds that flag and compares "offsets" too. --text is a file of natural
texts, one a line, for one more kind. --quick takes every 16th scalar, --scalars no takes none.
"""
import argparse
import collections
import json
import os
import random
import string
import subprocess
import sys
import tempfile
import unicodedata

from tokenizers import Tokenizer

SCALARS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
# So many texts for one run of adze, and so many encodings at a time.
RUN, BATCH = 200_000, 5000
SHOWN = 20
SPACES = [" ", "  ", "   ", "\t", "\n", "\r", "\r\n", "\n\n", "\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\xa0", "\u1680",
          "\u180e", "\u2000", "\u2003", "\u2009", "\u200a", "\u200b", "\u2028", "\u2029", "\u202f", "\u205f", "\u2060",
          "\u3000", "\ufeff", "\u2581", "\u2581\u2581", "\u0120"]
WORDS = ("the a of and to in is it that with for was on are as be this have from or by not but what all were when we "
         "there can an your which their said if do will each about how up out them then she many some so these would "
         "other into has more her two like him see time could no make than first been its who now people my made over "
         "did down only way find use may water long little very after words called just where most know").split()
CONTRACTIONS = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'T", "'RE", "'Ve", "'LL", "'D", "'", "''", "``",
                "\u2019s", "\u2019re", "'sx", "'llama", " 's", "don't", "DON'T", "I'm", "we'd've", "''s"]
EMOJI = ["\U0001f600", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f3f3\ufe0f\u200d\U0001f308", "\u2764\ufe0f",
         "\U0001f44d\U0001f3fd", "\U0001f1e9\U0001f1ea", "1\ufe0f\u20e3", "\u200d", "\ufe0f",
         "\U0001f9d1\u200d\U0001f4bb",
         "\U0001f3f4\U000e0067\U000e0062\U000e007f", "\u263a", "\U0001f468\u200d\u2695\ufe0f"]


def of_category(*names):
    return [chr(c) for c in SCALARS if unicodedata.category(chr(c)) in names]


def pools(specials, lines, rng):
    """The kinds of random texts: name to (weight, a maker of one piece)."""
    marks, digits, other = of_category("Mn", "Mc", "Me"), of_category("Nd"), of_category("Nl", "No")
    controls, private = of_category("Cc", "Cf"), of_category("Co")
    assigned = [chr(c) for c in SCALARS if unicodedata.category(chr(c)) not in ("Cn", "Co", "Cs")]
    changing = [c for c in assigned if unicodedata.normalize("NFKC", c) != c and not "\uf900" <= c <= "\ufaff"]
    composing = [c for c in assigned if unicodedata.normalize("NFD", c) != c and not "\uac00" <= c <= "\ud7a3"]
    punctuation = of_category("Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So")
    pick = rng.choice

    def within(*ranges):
        low, high = pick(ranges)
        return chr(rng.randrange(low, high))

    def word():
        text = pick(WORDS)
        return pick(["", " "]) + pick([text, text, text.upper(), text.capitalize(), text + pick(".,;:!?-")])

    def special():
        text = pick(specials)
        if rng.random() < 0.1:
            text = pick([text[:-1], text[1:], text.upper(), text.lower(), text + text])
        return pick(["", " ", "  ", "\n", "\u3000", "x"]) + text + pick(["", " ", "  ", "\t", "\xa0", "x"])

    def natural():
        line = pick(lines)
        start = rng.randrange(len(line) + 1)
        return line[start:start + rng.randrange(1, 60)]

    found = {
        "words": (4, word),
        "letters": (3, lambda: pick("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ")),
        "spaces": (3, lambda: pick(SPACES) * rng.choice((1, 1, 1, 2, 3, 7))),
        "marks": (3, lambda: pick(["a", "e", "o", "q", " ", ""]) + "".join(rng.choices(marks, k=pick((1, 1, 2, 4))))),
        "composing": (2, lambda: unicodedata.normalize(pick(("NFD", "NFC", "NFKD")), pick(composing))),
        "hangul": (2, lambda: within((0x1100, 0x1200), (0xAC00, 0xD7A4), (0xA960, 0xA97D), (0xD7B0, 0xD7FC),
                                     (0x3130, 0x3190))),
        "emoji": (2, lambda: pick(EMOJI)),
        "digits": (2, lambda: pick([pick(digits), str(rng.randrange(10 ** rng.randrange(1, 9))), pick(other), "1,000",
                                    "3.14", "2,"])),
        "contractions": (2, lambda: pick(CONTRACTIONS + WORDS[:20])),
        "punctuation": (2, lambda: pick([pick(punctuation), pick(string.punctuation), "...", "--"])),
        "cjk": (2, lambda: within((0x4E00, 0xA000), (0x3040, 0x3100), (0xFF00, 0xFFF0), (0x20000, 0x20100),
                                  (0xF900, 0xFB00))),
        "right to left": (2, lambda: pick(["", " "]) + within((0x590, 0x700), (0x700, 0x750), (0xFB50, 0xFE00))),
        "indic and thai": (1, lambda: within((0x900, 0xD80), (0xE00, 0xF00), (0x1000, 0x10A0), (0x1780, 0x1800))),
        "controls": (2, lambda: pick(controls) + pick(["", "a", " "])),
        "private use": (1, lambda: pick(private) + pick(["", "a"])),
        "changed by NFKC": (3, lambda: pick(changing)),
        "any assigned": (2, lambda: pick(assigned)),
        "any": (2, lambda: chr(pick(SCALARS))),
        "a long run": (0.3, lambda: pick(["a", " ", "\u2581", "\u4e2d", "\U0001f600", "ab", "\u0301"])
                       * rng.randrange(1, 300)),
    }
    if specials:
        found["special tokens"] = (3, special)
    if lines:
        found["natural text"] = (6, natural)
    return found


def random_texts(count, kinds, rng):
    """(kind, text): three in five pieces are of the text's kind, the rest of any."""
    names, weights = list(kinds), [weight for weight, _ in kinds.values()]
    for _ in range(count):
        kind = rng.choices(names, weights)[0]
        pieces = [kind if rng.random() < 0.6 else rng.choices(names, weights)[0] for _ in range(rng.randrange(0, 24))]
        yield kind, "".join(kinds[piece][1]() for piece in pieces)


class Run:
    def __init__(self, adze, model, offsets):
        self.adze, self.model, self.offsets = adze, model, offsets
        path = os.path.join(model, "tokenizer.json") if os.path.isdir(model) else model
        self.reference = Tokenizer.from_file(path)
        # Of the batch that was cut and padded when the file was saved.
        self.reference.no_truncation()
        self.reference.no_padding()
        with open(path, encoding="utf-8") as file:
            self.specials = [token["content"] for token in json.load(file).get("added_tokens") or []]
        self.compared, self.bad = collections.Counter(), collections.Counter()

    def compare(self, rows):
        """`rows` are (kind, text, pair or None)."""
        with tempfile.TemporaryDirectory() as folder:
            texts, answers = os.path.join(folder, "texts.jsonl"), os.path.join(folder, "answers.jsonl")
            with open(texts, "w", encoding="utf-8") as file:
                for _, text, pair in rows:
                    file.write(json.dumps({"text": text} | ({} if pair is None else {"text_pair": pair})) + "\n")
            flags = ["--offsets"] if self.offsets else []
            command = [self.adze, "tokenize", self.model, "--json", "-i", texts, *flags]
            with open(answers, "wb") as file:
                result = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, text=True, encoding="utf-8")
            if result.returncode:
                sys.exit(f"exit {result.returncode}: {result.stderr}")
            with open(answers, encoding="utf-8", newline="\n") as lines:
                for start in range(0, len(rows), BATCH):
                    self.compare_batch(rows[start:start + BATCH], lines)
                if lines.readline():
                    sys.exit(f"more answers than the {len(rows)} texts")

    def compare_batch(self, rows, lines):
        encodings = self.reference.encode_batch([t if p is None else (t, p) for _, t, p in rows])
        for (kind, text, pair), encoding in zip(rows, encodings):
            line = lines.readline()
            if not line:
                sys.exit("fewer answers than texts")
            ours = json.loads(line)
            # A token's own text may be the unknown text; what an id is called is the vocabulary's.
            parts = {"ids": encoding.ids, "type_ids": encoding.type_ids,
                     "tokens": [self.reference.id_to_token(i) for i in encoding.ids]}
            if self.offsets:
                parts["offsets"] = [list(o) for o in encoding.offsets]
            wrong = [name for name, expected in parts.items() if ours.get(name) != expected]
            self.compared[kind] += 1
            if not wrong:
                continue
            self.bad[kind] += 1
            if self.bad.total() <= SHOWN:
                print(f"{kind}: {text!r}" + ("" if pair is None else f" and {pair!r}"))
                for name in wrong:
                    print(f"  {name}: expected {parts[name]}\n  {' ' * len(name)}  found    {ours.get(name)}")

    def compare_all(self, rows):
        """The same of any number of rows."""
        block = []
        for row in rows:
            block.append(row)
            if len(block) == RUN:
                self.compare(block)
                block = []
        if block:
            self.compare(block)


def scalar_rows(scalars):
    forms = {"a scalar alone": "{}", "a scalar inside a word": "a{}b", "a scalar after a space": "a {}"}
    for name, form in forms.items():
        for scalar in scalars:
            yield name, form.format(chr(scalar)), None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("adze")
    parser.add_argument("model")
    parser.add_argument("--random", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--text")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--offsets", action="store_true")
    parser.add_argument("--scalars", choices=["yes", "no"], default="yes")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    lines = []
    if options.text:
        with open(options.text, encoding="utf-8") as file:
            lines = [line for line in file.read().split("\n") if line]
    run = Run(options.adze, options.model, options.offsets)
    if options.scalars == "yes":
        run.compare_all(scalar_rows(SCALARS[::16] if options.quick else SCALARS))
    earlier = [""]

    def rows():
        for kind, text in random_texts(options.random, pools(run.specials, lines, rng), rng):
            yield kind, text, rng.choice(earlier) if rng.random() < 0.1 else None
            if len(earlier) < 1000:
                earlier.append(text)

    run.compare_all(rows())
    for kind, count in run.compared.items():
        print(f"{kind}: {count} texts, {run.bad[kind]} differ")
    print(f"{run.compared.total()} texts compared, {run.bad.total()} differ")
    sys.exit(1 if run.bad else 0)


if __name__ == "__main__":
    main()
