"""Writes Tests/Fixtures/tokenizer/subwords.json: how `tokenizers` cuts texts by small files of the kinds that RoBERTa,
ModernBERT, BARThez, XLM-R, CamemBERT, ALBERT and DeBERTa have.

Usage: make_subword_golden.py [OUT.json]
The vocabularies are small and made here, without a trainer of the library: its sums depend on the order of hash tables.
A case is a tokenizer.json, whose vocab is a name of `vocabularies`: a list of tokens, or of pieces and scores. Its
`rows` names a list of texts, each with a second one or null and a most of tokens or null. An answer is [ids, tokens,
types, offsets]: types a digit each, offsets in characters and flat.
"""
import base64
import collections
import json
import math
import os
import random
import struct
import sys

from tokenizers import Tokenizer

WORDS = ("the a of and to in is it that with for was on as are be this have from or by not but what all were when we "
         "there can an your which their said will each about how up out them then she many some these would other into "
         "has more her two like him see time could no make than first been its who now people my made over did down "
         "only hello world café naïve über straße élève où garçon 中文 東京 日本 한국 Привет мир don't it's we'll I'm 2024 "
         "1,000 12, New York Paris playing played player unable able").split()
TEXTS = [
    "", " ", "   ", "\t\n", "a", "Hello, world!", "the café is over there", "  two  spaces  here   and at the end  ",
    "we'll don't it's I'M you'RE they've 's 'll'd", "line one\nline two\r\n\r\nthree\ttabs", "playing unable playerxyz",
    "a <mask> b", "a<mask>b", "  <mask>  ", "the [MASK] of", "<s> a </s><pad><unk>", "[CLS] a [SEP][PAD] [UNK]",
    "中文東京日本 한국 zz", "e\u0301te\u0301 e\u0301\u0302 naïve", "ﬁne ½ ①② ™ … ＡＢ １２", "ｶﾞｷ ガ が",
    "a\u200bb\u200dc\u00a0d\u3000e\ufefff",
    "\x1ea\x00b\x7fc\x85d", "▁the ▁▁a Ġthe", "😀 👩\u200d👩\u200d👧 👍🏽", "Привет мир שלום عرب", "1,000 12, 3.14 2024 ٣٤",
    "``quoted'' \"text\" '' ``", "x" * 40, "abcabcab bcabc", "q ¤ ¤¤ q¤", "\u0301a \u0301", "한 \u1112\u1161\u11ab 하",
    "İstanbul ǅ STRASSE ẞ", "\ue000 \U000f0000", "<0x41> <0x0A> \n", "the  <mask>\u3000. b", "over    there        now",
    "a\u2028b\u1680c\u180ed", "...!? (a) [b] {c}", "<MASK> <Mask> < mask >", " a", "a ",
]
PAIRS = [("a", "b"), ("", "a"), ("a", ""), ("", ""), ("Hello world", " the café"), ("a <mask> b", "the <mask>"),
         ("</s> a", "<s> b"), ("ﬁ½", "e\u0301 ①")]
CUT = [("the café is over there now", None, 5), ("a b c d e f g h i j", "the café", 10),
       ("a b", "c d e f g h i j k l", 9), ("a b c d e f", "g h i j k l", 9), ("Hello, world!", None, 3),
       ("a <mask> b", "the <mask> a b", 8), ("½½½½ ﬁﬁ", "e\u0301e\u0301", 9)]
ROWS = [(t, None, None) for t in TEXTS] + [(*p, None) for p in PAIRS] + CUT


def sentences():
    """Texts that the vocabularies are made from: always the same ones."""
    rng = random.Random(7)
    return [" ".join(rng.choices(WORDS, k=12)) for _ in range(200)]


def byte_letters():
    """The letter that stands for each byte in byte-level BPE."""
    plain = [b for b in range(256) if 33 <= b <= 126 or 161 <= b <= 172 or 174 <= b]
    other = iter(range(256))
    return [chr(b) if b in plain else chr(256 + next(other)) for b in range(256)]


def bpe(words, count):
    """The merges of the most frequent neighbours, the first in the alphabet where several are."""
    counts = collections.Counter(words)
    parts, merges = {word: list(word) for word in counts}, []
    while len(merges) < count:
        pairs = collections.Counter()
        for word, symbols in parts.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += counts[word]
        (left, right), _ = min(pairs.items(), key=lambda item: (-item[1], item[0]))
        merges.append((left, right))
        for symbols in parts.values():
            place = 0
            while place + 1 < len(symbols):
                if (symbols[place], symbols[place + 1]) == (left, right):
                    symbols[place:place + 2] = [left + right]
                place += 1
    return merges


def unigram(count):
    """Pieces and scores: frequent parts of words, every letter, and some whose sums tie."""
    words = [("▁" + word) for text in sentences() for word in text.split()]
    parts = collections.Counter()
    for word in words:
        for start in range(len(word)):
            for end in range(start + 1, min(len(word), start + 7) + 1):
                parts[word[start:end]] += 1
    total = sum(parts.values())
    letters = sorted(p for p in parts if len(p) == 1)
    longer = sorted((p for p in parts if len(p) > 1), key=lambda p: (-parts[p] * len(p), p))[:count - len(letters)]
    pieces = [[p, round(math.log(parts[p] / total), 4)] for p in letters + longer]
    ties = [["ab", -6.0], ["bc", -6.0], ["abc", -9.0], ["ca", -6.0], ["カ", -8.0], ["ガ", -8.5], ["\u3099", -9.0],
            ["fi", -7.0], ["1⁄2", -7.5], ["é", -7.0], ["12,", -7.25], ["▁▁", -9.5], ["\"", -6.5]]
    known = {p for p, _ in pieces}
    return pieces + [tie for tie in ties if tie[0] not in known]


# What a charsmap replaces; the first key is a prefix of others.
REPLACED = {
    "ﬁ": "fi", "½": "1⁄2", "①": "1", "②": "2", "™": "TM", "…": "...", "e\u0301": "é", "a\u0301": "á",
    "a\u0301\u0302": "ấ",
    "ｶ": "カ", "ｶﾞ": "ガ", "ｷ": "キ", "ﾞ": "\u3099", "か\u3099": "が", "\u1112\u1161": "하", "\u1112\u1161\u11ab": "한",
    "\u00a0": " ", "\u3000": " ", "\u200b": " ", "\u200d": " ", "\ufeff": " ", "\t": " ", "\n": " ", "\r": " ",
    "\u2028": " ", "\u1680": " ", "\x1e": "", "\x7f": "", "\x85": " ", "\u00ad": "", "㈱": "(株)", "ǅ": "Dž",
    **{chr(0xFF21 + i): chr(65 + i) for i in range(4)}, **{chr(0xFF11 + i): chr(49 + i) for i in range(3)},
}


def charsmap(replaced=None):
    """SentencePiece's table of replacements: how long the units are, a double array, then texts that end in NUL."""
    replaced = REPLACED if replaced is None else replaced
    texts, places = b"", {}
    for text in sorted(set(replaced.values())):
        places[text] = len(texts)
        texts += text.encode() + b"\0"
    root = {}
    for key, text in replaced.items():
        node = root
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node[None] = places[text]
    units, bases = {0: 0}, set()

    def place(node, position):
        labels = [0 if label is None else label for label in node]
        base = next(b for b in range(1, 1 << 20) if b not in bases and not any(b ^ label in units for label in labels))
        bases.add(base)
        # An offset of 21 bits, whether a leaf hangs on it, and the unit's own label.
        units[position] |= (position ^ base) << 10 | (None in node) << 8
        for label, below in node.items():
            units[base ^ (label or 0)] = label if label is not None else 1 << 31 | below
        for label in sorted(label for label in node if label is not None):
            place(node[label], base ^ label)

    place(root, 0)
    size = (max(units) + 256) & ~255
    array = b"".join(struct.pack("<I", units.get(i, 0)) for i in range(size))
    return struct.pack("<I", len(array)) + array + texts


def token(id, content, **flags):
    return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
            "special": True, **flags}


def template(single, pair, ids):
    def pieces(text):
        parts = [part.split(":") for part in text.split()]
        return [{"Sequence" if p[0] in "AB" else "SpecialToken": {"id": p[0], "type_id": int(p[1])}} for p in parts]
    return {"type": "TemplateProcessing", "single": pieces(single), "pair": pieces(pair),
            "special_tokens": {t: {"id": t, "ids": [i], "tokens": [t]} for t, i in ids.items()}}


def doubled(cls=0, sep=2):
    return template("<s>:0 A:0 </s>:0", "<s>:0 A:0 </s>:0 </s>:0 B:0 </s>:0", {"<s>": cls, "</s>": sep})


def typed(cls, sep):
    return template("[CLS]:0 A:0 [SEP]:0", "[CLS]:0 A:0 [SEP]:0 B:1 [SEP]:1", {"[CLS]": cls, "[SEP]": sep})


def metaspace(scheme="always", split=True):
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": split}


def byte_level(**keys):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True, **keys}


def sequence(kind, *parts):
    return {"type": "Sequence", kind: list(parts)}


def replace(content, **pattern):
    return {"type": "Replace", "pattern": pattern, "content": content}


LETTERS = byte_letters()
BYTE_WORDS = ["".join(LETTERS[b] for b in (" " * (place > 0) + word).encode())
              for text in sentences() for place, word in enumerate(text.split())]
BYTE_MERGES = bpe(BYTE_WORDS, 150)
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
BYTES = [LETTERS[b] for b in sorted(range(256), key=lambda b: LETTERS[b])] + [a + b for a, b in BYTE_MERGES]
SPACE_WORDS = ["▁" + w for s in sentences() for w in s.split()]
SPACE_MERGES = bpe(SPACE_WORDS, 110)
SPACE_LETTERS = sorted(set("".join(SPACE_WORDS)))
PIECES = unigram(230)
OLD_METASPACE = {"type": "Metaspace", "replacement": "▁", "str_rep": "▁", "add_prefix_space": True}
CHARSMAP = {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap()).decode()}
SPACES = [" " * n for n in (8, 7, 6, 5, 4, 3, 2)]
VOCABULARIES = {
    "bytes": SPECIAL + BYTES + ["<mask>"],
    "bytes, specials last": ["|||IP_ADDRESS|||", "<|padding|>"] + BYTES,
    # Words that no merge makes, and one that a merge passes by.
    "bytes and words": SPECIAL + BYTES + ["Ġoverthere", "xyz", "Ġunable!", "Hello", "<mask>"],
    "letters": SPECIAL + SPACE_LETTERS + [a + b for a, b in SPACE_MERGES] + ["<mask>"],
    "XLM-R": [[t, 0.0] for t in SPECIAL] + PIECES + [["<mask>", 0.0]],
    "CamemBERT": [[t, s] for t, s in (("<s>NOTUSED", 0.0), ("<pad>", 0.0), ("</s>NOTUSED", 0.0), ("<unk>", 0.0),
                                      ("<unk>", -100.0), ("<s>", 0.0), ("</s>", 0.0))] + PIECES + [["<mask>", 0.0]],
    "ALBERT": [[t, 0.0] for t in ("<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]", "(", ")")] + PIECES,
    "DeBERTa": [[t, 0.0] for t in ("[PAD]", "[CLS]", "[SEP]", "[UNK]")] + PIECES,
    "with bytes": [[t, 0.0] for t in ("[PAD]", "[CLS]", "[SEP]", "[UNK]")]
    + [[f"<0x{b:02X}>", 0.0] for b in range(256)] + [p for p in PIECES if p[0] not in "éü中"],
    "some bytes": [[t, 0.0] for t in ("[PAD]", "[CLS]", "[SEP]", "[UNK]")]
    + [[f"<0x{b:02X}>", -3.0] for b in (*b"qxQ", *"\u00a4".encode())] + PIECES[60:200],
    "few": [["<unk>", 0.0], ["▁", -2.0], ["a", -3.0], ["b", -3.5], ["▁a", -3.25], ["▁▁", -5.0], ["a▁b", -4.0],
            ["▁b", -4.5], ["the", -4.0], ["▁the", -4.25], ["e▁", -4.5], ["h", -6.0], ["e", -6.0], ["t", -6.0]],
}
ROBERTA = {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": True,
           "add_prefix_space": False}


def bpe_model(vocabulary, merges, **keys):
    return {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
            "vocab": vocabulary, "merges": merges, **keys}


def unigram_model(vocabulary, unknown, **keys):
    return {"type": "Unigram", "unk_id": unknown, "vocab": vocabulary, "byte_fallback": False, **keys}


def specials(vocabulary, *names, **flags):
    tokens = [entry[0] if isinstance(entry, list) else entry for entry in VOCABULARIES[vocabulary]]
    # A token that stands twice has its last id.
    places = {t: i for i, t in enumerate(tokens)}
    return [token(places[name], name, **(flags if name in ("<mask>", "[MASK]") else {})) for name in names]


def case(model, normalizer, pre_tokenizer, processor, added):
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": normalizer,
            "pre_tokenizer": pre_tokenizer, "post_processor": processor, "decoder": None, "model": model}


def roberta(prefix=False, trim=True, vocabulary="bytes", normalized=False, **keys):
    added = specials(vocabulary, *SPECIAL, "<mask>", lstrip=True)
    for entry in added:
        entry["normalized"] = normalized
    pre = byte_level(add_prefix_space=prefix)
    processor = {**ROBERTA, "trim_offsets": trim, "add_prefix_space": prefix}
    return case(bpe_model(vocabulary, BYTE_MERGES, **keys), None, pre, processor, added)


def old_roberta():
    """As the first files were: merges as texts, no type, keys that are not there."""
    model = {"dropout": None, "unk_token": None, "continuing_subword_prefix": "", "end_of_word_suffix": "",
             "fuse_unk": False, "vocab": "bytes", "merges": [" ".join(pair) for pair in BYTE_MERGES]}
    file = roberta(normalized=True)
    pre = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    return {**file, "model": model, "pre_tokenizer": pre}


def modernbert():
    last = len(VOCABULARIES["bytes, specials last"])
    names = SPACES + ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"]
    added = [token(0, "|||IP_ADDRESS|||", normalized=True, special=False), token(1, "<|padding|>")]
    for id, name in enumerate(names, last):
        spaces = {"normalized": True, "special": False} if name in SPACES else {}
        added.append(token(id, name, **spaces, **({"lstrip": True} if name == "[MASK]" else {})))
    ids = {name: id for id, name in enumerate(names, last)}
    return case(bpe_model("bytes, specials last", BYTE_MERGES), {"type": "NFC"}, byte_level(),
                typed_zero(ids["[CLS]"], ids["[SEP]"]), added)


def typed_zero(cls, sep):
    return template("[CLS]:0 A:0 [SEP]:0", "[CLS]:0 A:0 [SEP]:0 B:0 [SEP]:0", {"[CLS]": cls, "[SEP]": sep})


def barthez(**keys):
    pre = sequence("pretokenizers", {"type": "WhitespaceSplit"}, OLD_METASPACE)
    model = bpe_model("letters", SPACE_MERGES, unk_token="<unk>", **{"fuse_unk": True, **keys})
    return case(model, CHARSMAP, pre, doubled(), specials("letters", *SPECIAL, "<mask>"))


def xlmr(normalizer, pre_tokenizer):
    return case(unigram_model("XLM-R", 3), normalizer, pre_tokenizer, doubled(),
                specials("XLM-R", *SPECIAL, "<mask>", lstrip=True))


def camembert():
    added = specials("CamemBERT", "<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<s>", "</s>", "<mask>")
    added.append(token(len(VOCABULARIES["CamemBERT"]), "<unk>NOTUSED"))
    normalizer = sequence("normalizers", replace(" ", Regex="\\s{2,}|[\\n\\r\\t]"),
                          {"type": "Strip", "strip_left": False, "strip_right": True})
    return case(unigram_model("CamemBERT", 3), normalizer, metaspace(), doubled(5, 6), added)


def albert():
    normalizer = sequence("normalizers", replace('"', String="``"), replace('"', String="''"), {"type": "NFKD"},
                          {"type": "StripAccents"}, {"type": "Lowercase"}, CHARSMAP, replace(" ", Regex=" {2,}"))
    added = specials("ALBERT", "<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]", lstrip=True)
    added += [{**entry, "special": False} for entry in specials("ALBERT", "(", ")")]
    return case(unigram_model("ALBERT", 1), normalizer, metaspace(), typed(2, 3), added)


def deberta(vocabulary="DeBERTa", **keys):
    normalizer = sequence("normalizers", {"type": "Strip", "strip_left": True, "strip_right": True}, CHARSMAP,
                          replace(" ", Regex=" {2,}"))
    added = specials(vocabulary, "[PAD]", "[CLS]", "[SEP]", "[UNK]")
    added.append(token(len(VOCABULARIES[vocabulary]), "[MASK]"))
    return case(unigram_model(vocabulary, 3, **keys), normalizer, sequence("pretokenizers", metaspace()), typed(1, 2),
                added)


def spaced(scheme, split):
    added = [token(0, "<unk>"), token(len(VOCABULARIES["few"]), "<mask>"),
             token(len(VOCABULARIES["few"]) + 1, "<x>", normalized=True, special=False)]
    return case(unigram_model("few", 0), None, metaspace(scheme, split), None, added)


STRIPPED = sequence("normalizers", CHARSMAP, {"type": "Strip", "strip_left": False, "strip_right": True},
                    replace("▁", Regex=" {2,}"))
CASES = {
    "RoBERTa": roberta(), "RoBERTa with a space in front": roberta(prefix=True),
    "RoBERTa with whole offsets": roberta(trim=False), "RoBERTa as the first files have it": old_roberta(),
    "ModernBERT": modernbert(), "ModernBERT's base, without a frame": {**modernbert(), "post_processor": byte_level()},
    "BPE that ignores merges": roberta(vocabulary="bytes and words", ignore_merges=True),
    "BARThez": barthez(), "BARThez with every unknown letter": barthez(fuse_unk=False),
    "XLM-R": xlmr(CHARSMAP, sequence("pretokenizers", {"type": "WhitespaceSplit"}, OLD_METASPACE)),
    "XLM-R as later files have it": xlmr(STRIPPED, metaspace()),
    "CamemBERT": camembert(), "ALBERT": albert(), "DeBERTa-v3": deberta(),
    "Unigram with pieces of bytes": deberta("with bytes", byte_fallback=True),
    "Unigram with pieces of some bytes": deberta("some bytes", byte_fallback=True),
    **{f"Metaspace {scheme}, {'split' if split else 'whole'}": spaced(scheme, split)
       for scheme in ("always", "first", "never") for split in (True, False)},
}
# Of the files that differ in spaces alone.
SPACED_ROWS = [("a <mask> b", None, None), ("a<mask>b <x> the<x>a", None, None), ("  a  b   the", None, None),
               (" the", None, None), ("<mask> a", None, None), (" <mask>a", None, None), ("▁a b", None, None),
               ("▁▁a", None, None), ("q a q qb", None, None),
               ("", None, None), (" ", None, None), ("a b", " the a", None),
               ("a\u00a0b\u3000a\nb", None, None), ("a b a b", "the", 4)]


def full(file):
    """The file with its vocabulary."""
    entries = VOCABULARIES[file["model"]["vocab"]]
    vocabulary = entries if isinstance(entries[0], list) else {t: i for i, t in enumerate(entries)}
    return {**file, "model": {**file["model"], "vocab": vocabulary}}


def answers(tokenizer, rows):
    found = []
    for text, pair, limit in rows:
        tokenizer.no_truncation()
        if limit is not None:
            tokenizer.enable_truncation(limit)
        encoding = tokenizer.encode(text, pair)
        # Not the encoding's own tokens: of an unknown text those are the text.
        found.append([encoding.ids, [tokenizer.id_to_token(i) for i in encoding.ids],
                      "".join(map(str, encoding.type_ids)), [n for place in encoding.offsets for n in place]])
    return found


def main(out):
    cases = []
    for name, file in CASES.items():
        rows = "spaces" if name.startswith("Metaspace") else "texts"
        found = answers(Tokenizer.from_str(json.dumps(full(file))), SPACED_ROWS if rows == "spaces" else ROWS)
        cases.append({"name": name, "rows": rows, "file": file, "answers": found})
    parts = {"rows": {"texts": ROWS, "spaces": SPACED_ROWS}, "vocabularies": VOCABULARIES}
    compact = dict(separators=(",", ":"), ensure_ascii=False)
    lines = [f'"{key}":{json.dumps(value, **compact)}' for key, value in parts.items()]
    lines.append('"cases":[\n' + ",\n".join(json.dumps(case, **compact) for case in cases) + "]")
    with open(out, "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../../Tests/Fixtures/tokenizer/subwords.json"))
