"""Writes Tests/Fixtures/tokenizer/sentencepiece.json: small SentencePiece models, what the format's own library reads
from them, and how transformers cuts texts by such models and by vocab.json with merges.txt.

Usage: make_sentencepiece_golden.py [OUT.json], with sentencepiece 0.2.3 and protobuf besides requirements.txt
A model of `models` has its bytes and either what is in it or a part of the refusal. A case of `cases` is a folder
without tokenizer.json: `model` names the contents of `model_file`, other files are texts. It has two answers for each
text, [ids, offsets]: `loaded` is what transformers' class gives, `converted` what its converter of slow files makes,
with the special tokens as version 4 has them. They differ in RoBERTa's `<mask>` after a space, in the offsets of
XLM-R's and CamemBERT's spaces, in ALBERT's spaces at the end and before special tokens, and in DeBERTa's charsmap,
which the class does without.
"""
import base64
import json
import os
import struct
import sys
import tempfile

from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers, processors
from transformers import AutoTokenizer
from transformers import convert_slow_tokenizer as converters

from make_subword_golden import BYTE_MERGES, PIECES, REPLACED, VOCABULARIES, charsmap

NORMAL, UNKNOWN, CONTROL, USER, UNUSED, BYTE = range(1, 7)
SMALL = PIECES[::2]
SMALL_MAP = charsmap({key: text for key, text in REPLACED.items() if len(key) < 3 and not "Ａ" <= key <= "Ｚ"})


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def run(field, content):
    content = content.encode() if isinstance(content, str) else content
    return varint(field << 3 | 2) + varint(len(content)) + content


def piece(text, score=0.0, kind=NORMAL):
    # Written as the library does: the kind only where it is another.
    kind = b"" if kind == NORMAL else number(3, kind)
    return run(1, run(1, text) + varint(2 << 3 | 5) + struct.pack("<f", score) + kind)


def model(pieces, trainer=b"", normalizer=b""):
    specs = run(2, number(3, 1) + trainer) + run(3, run(1, "nmt_nfkc") + normalizer)
    return b"".join(piece(*p) for p in pieces) + specs


def ids(unk, bos, eos, pad):
    return number(40, unk) + number(41, bos) + number(42, eos) + number(43, pad)


FIRST = [("<unk>", 0.0, UNKNOWN), ("<s>", 0.0, CONTROL), ("</s>", 0.0, CONTROL)]
ALBERT = [("<pad>", 0.0, CONTROL), ("<unk>", 0.0, UNKNOWN), ("[CLS]", 0.0, CONTROL), ("[SEP]", 0.0, CONTROL),
          ("[MASK]", 0.0, CONTROL), ("(", 0.0, USER), (")", 0.0, USER)]
DEBERTA = [("[PAD]", 0.0, CONTROL), ("[CLS]", 0.0, CONTROL), ("[SEP]", 0.0, CONTROL), ("[UNK]", 0.0, UNKNOWN)]
BYTES = [(f"<0x{b:02X}>", 0.0, BYTE) for b in range(256)]
ONE = piece("a", -1.0)
MODELS = {
    "XLM-R and CamemBERT": model(FIRST + SMALL, ids(0, 1, 2, -1), run(2, SMALL_MAP)),
    "ALBERT": model(ALBERT + SMALL, ids(1, -1, -1, 0), run(2, SMALL_MAP)),
    "DeBERTa": model(DEBERTA + BYTES[::2] + SMALL, ids(3, 1, 2, 0) + number(35, 1), run(2, SMALL_MAP)),
    "every kind": model([("<unk>", 0.0, UNKNOWN), ("a", -1.5), ("b", -2.25, UNUSED), ("[X]", 0.0, USER), ("a", -3.0)]),
    "spaces as they are": model(FIRST, b"", number(3, 0) + number(4, 0) + number(5, 0)),
    "nothing said": ONE,
    "twice and unknown": run(2, number(40, 7)) + ONE + number(77, -1) + run(78, b"\xff") + run(2, number(41, 9))
    + run(3, run(1, "x")) + run(3, number(3, 0)) + varint(79 << 3 | 1) + bytes(8),
}
REFUSED = {
    "BPE": (ONE + run(2, number(3, 2)), "the model type 'BPE' is not supported"),
    "WORD": (ONE + run(2, number(3, 3)), "the model type 'WORD' is not supported"),
    "CHAR": (ONE + run(2, number(3, 4)), "the model type 'CHAR' is not supported"),
    "spaces at the end": (ONE + run(2, number(24, 1)), "treat_whitespace_as_suffix"),
    "no pieces": (run(2, number(3, 1)), "expected at least one piece"),
    "cut short": (MODELS["every kind"][:-3], "the file is damaged or of another kind"),
    "not a number": (piece("a", float("nan")), "expected a finite number"),
}
TEXTS = [
    "", " ", "a", "the café is over there", "Hello, world!", "  two  spaces \n here ", "a <mask> b", "a [MASK] b",
    "a<mask>b <s> </s> <pad> <unk>", "[CLS] a [SEP][PAD] [UNK]", "ﬁne ½ ™ e\u0301", "ｶﾞ 中文", "Paris (1,000) 12, 3",
    "``quoted'' \"text\"", "a\u00a0b\u3000c\u200bd", "q ¤ <0x41>", "NAÏVE naïve", "don't we'll", "😀 мир", "a ",
]
TYPES = {
    "roberta": ("roberta", {}),
    "xlm-roberta": ("XLM-R and CamemBERT", {"tokenizer_class": "XLMRobertaTokenizer"}),
    "camembert": ("XLM-R and CamemBERT", {"tokenizer_class": "CamembertTokenizer"}),
    "albert": ("ALBERT", {"tokenizer_class": "AlbertTokenizer"}),
    "albert cased": ("ALBERT", {"tokenizer_class": "AlbertTokenizer", "do_lower_case": False, "keep_accents": True}),
    "deberta-v2": ("DeBERTa", {"tokenizer_class": "DebertaV2Tokenizer"}),
    "deberta-v2 lower-cased": ("DeBERTa", {"tokenizer_class": "DebertaV2Tokenizer", "do_lower_case": True}),
}
NAMES = {"xlm-roberta": "sentencepiece.bpe.model", "camembert": "sentencepiece.bpe.model", "albert": "spiece.model",
         "deberta-v2": "spm.model"}
MERGES = "#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in BYTE_MERGES[:60])
VOCABULARY = [t for t in VOCABULARIES["bytes"] if t not in {a + b for a, b in BYTE_MERGES[60:]}]


def described(bytes):
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(bytes)
    trainer, normalizer = proto.trainer_spec, proto.normalizer_spec
    return {"base64": base64.b64encode(bytes).decode(), "pieces": [[p.piece, p.score, p.type] for p in proto.pieces],
            "byte_fallback": trainer.byte_fallback,
            "ids": [trainer.unk_id, trainer.bos_id, trainer.eos_id, trainer.pad_id], "normalizer": normalizer.name,
            "charsmap_bytes": len(normalizer.precompiled_charsmap),
            "spaces": [normalizer.add_dummy_prefix, normalizer.remove_extra_whitespaces, normalizer.escape_whitespaces]}


class Slow:
    """What a converter asks of the slow tokenizer."""

    def __init__(self, vocab_file, config, tokens):
        self.vocab_file, self.tokens = vocab_file, tokens
        self.do_lower_case = config.get("do_lower_case", config["tokenizer_class"] == "AlbertTokenizer")
        self.keep_accents, self.split_by_punct = config.get("keep_accents", False), False

    def convert_tokens_to_ids(self, token):
        return self.tokens.index(token)


def converted(folder, kind, config):
    """The conversion, with the special tokens that version 4's class adds afterwards."""
    if kind == "roberta":
        merges = [tuple(line.split()) for line in MERGES.split("\n")[1:] if line]
        tokenizer = Tokenizer(models.BPE({t: i for i, t in enumerate(VOCABULARY)}, merges))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), True, False)
        special = ["<s>", "</s>", "<unk>", "<pad>"]
        mask = AddedToken("<mask>", lstrip=True, special=True, normalized=True)
    else:
        converter = {"xlm-roberta": converters.XLMRobertaConverter, "camembert": converters.CamembertConverter,
                     "albert": converters.AlbertConverter, "deberta-v2": converters.DebertaV2Converter}[kind]
        first = {"camembert": ["<s>NOTUSED", "<pad>", "</s>NOTUSED", "<unk>", "<unk>NOTUSED", "<s>", "</s>"],
                 "xlm-roberta": ["<s>", "<pad>", "</s>", "<unk>"], "albert": [p[0] for p in ALBERT],
                 "deberta-v2": [p[0] for p in DEBERTA]}[kind]
        tokenizer = converter(Slow(f"{folder}/{NAMES[kind]}", config, first)).converted()
        special = {"camembert": ["<s>", "</s>", "<unk>", "<pad>", "<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"],
                   "xlm-roberta": ["<s>", "</s>", "<unk>", "<pad>"], "albert": ["[CLS]", "[SEP]", "<unk>", "<pad>"],
                   "deberta-v2": ["[CLS]", "[SEP]", "[UNK]", "[PAD]"]}[kind]
        mask = AddedToken("[MASK]" if kind in ("albert", "deberta-v2") else "<mask>", lstrip=kind != "deberta-v2",
                          special=True, normalized=False)
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=kind == "roberta") for t in special] + [mask])
    return tokenizer


def flat(offsets):
    return [n for place in offsets for n in place]


def main(out):
    found = {name: described(bytes) for name, bytes in MODELS.items()}
    for name, (bytes, refusal) in REFUSED.items():
        found[name] = {"base64": base64.b64encode(bytes).decode(), "refused": refusal}
    cases = []
    for name, (source, config) in TYPES.items():
        kind = name.split()[0]
        with tempfile.TemporaryDirectory() as folder:
            if source == "roberta":
                files = {"vocab.json": json.dumps({t: i for i, t in enumerate(VOCABULARY)}, ensure_ascii=False),
                         "merges.txt": MERGES}
                record = {}
            else:
                files, record = {}, {"model": source, "model_file": NAMES[kind]}
                with open(f"{folder}/{NAMES[kind]}", "wb") as file:
                    file.write(MODELS[source])
            if config:
                files["tokenizer_config.json"] = json.dumps(config)
            for path, text in {**files, "config.json": json.dumps({"model_type": kind})}.items():
                with open(f"{folder}/{path}", "w", encoding="utf-8") as file:
                    file.write(text)
            loaded, conversion = AutoTokenizer.from_pretrained(folder), converted(folder, kind, config)
            rows = {"loaded": [], "converted": []}
            for text in TEXTS:
                encoding = loaded([text], return_offsets_mapping=True)
                rows["loaded"].append([encoding["input_ids"][0], flat(encoding["offset_mapping"][0])])
                encoding = conversion.encode(text)
                rows["converted"].append([encoding.ids, flat(encoding.offsets)])
        cases.append({"name": name, "model_type": kind, **record, "files": files, "count": conversion.get_vocab_size(),
                      **rows})
    compact = dict(separators=(",", ":"), ensure_ascii=False)
    lines = ['"models":{\n' + ",\n".join(f"{json.dumps(n)}:{json.dumps(m, **compact)}" for n, m in found.items()) + "}",
             f'"texts":{json.dumps(TEXTS, **compact)}',
             '"cases":[\n' + ",\n".join(json.dumps(c, **compact) for c in cases) + "]"]
    with open(out, "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../../Tests/Fixtures/tokenizer/sentencepiece.json"))
