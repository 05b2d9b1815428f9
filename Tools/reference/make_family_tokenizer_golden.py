"""Writes Tests/Fixtures/tokenizer/families.json: how transformers' MPNet, DistilBERT and ELECTRA cut texts.

Usage: make_family_tokenizer_golden.py [OUT.json]
The vocabularies are small and made here. A case is a folder's files; cases that must answer alike share their answers,
and this script fails where they do not. In `files`, `vocab.txt` and the `vocab` of tokenizer.json name a vocabulary.
"""
import copy
import json
import os
import sys
import tempfile

from transformers import AutoTokenizer

PIECES = ["the", "a", "b", "un", "##able", "play", "##ing", "##ed", "naive", "cafe", "hello", "world", "mask", "s",
          "pad", "don", "t", "5", "00", "##0", "e", "strasse", "new", "york", "co", "##vid", "-", "19", ".", ",",
          "!", "?",
          "'", "$", "(", ")", "<", ">", "/", "[", "]", "中", "文", "漢", "字", "東", "京", "ᄒ", "##ᅡ", "##ᆫ", "é", "Paris",
          "É", "##É"]
LETTERS = [chr(c) for c in range(ord("a"), ord("z") + 1)]
WORDS = list(dict.fromkeys(PIECES + ["##" + c for c in LETTERS] + [c for c in "cdfghijklm"]))
VOCABULARIES = {
    "bert": ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + WORDS,
    "mpnet": ["<s>", "<pad>", "</s>", "<unk>", "[PAD]", "[UNK]"] + WORDS + ["<mask>"],
}
TEXTS = [
    "", " ", "\t\n", "a", "the cafe", "unable", "playing played", "Hello, world!", "HELLO WORLD", "naïve Café",
    "cafe\u0301", "É é e\u0301", "中文 漢字abc", "東京,New York", "한 한글", "don't ($5.00)?", "covid-19 COVID-190",
    "Straße STRASSE",
    "a <mask> b", "a<mask>b", "  <mask>  ", "the  \u3000<mask>. b", "<MASK> <S>", "<s> a </s>", "</s></s>",
    "<pad><unk>", "[CLS] a [SEP]", "[MASK] the [PAD]", "[UNK] [unk]", "a [MASK]b", "< mask >", "q z zz",
    "x" * 100, "x" * 101, "😀 a",
    "a\u200db\u00adc", "a\u0000b\ufffdc", "a\u2028b\u00a0c", "\ufeffhello", "İstanbul ǅ", "ﬁne ½", "a " * 30,
    "the-the.the", "\u0301a", "漢<mask>字", "the <mask> <mask> a", "Paris PARIS",
]
PAIRS = [("a", "b"), ("", "a"), ("a", ""), ("", ""), (" ", "\n"), ("Hello world", "the naïve cafe"),
         ("a <mask> b", "the <mask>"), ("中文", "한글"), ("</s> a", "<s> b"), ("[SEP]", "[CLS]"), ("don't", "(a)"), ("😀",
         "q")]
CUT = [("the cafe playing hello world", None, 5), ("a b c d e f g h i j", "the cafe", 10),
       ("a b", "c d e f g h i j k l", 9), ("a b c d e f", "g h i j k l", 9), ("Hello, world!", None, 3),
       ("a <mask> b", "the <mask> a b", 8)]


def token(id, content, **flags):
    return {"id": id, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
            "special": True, **flags}


def tokenizer_json(name, processor, lower=True, **changes):
    vocabulary = VOCABULARIES[name]
    roles = ["<s>", "<pad>", "</s>", "<unk>", "[UNK]", "<mask>"] if name == "mpnet" else vocabulary[:5]
    flags = {"<mask>": {"lstrip": True}, "<unk>": {"normalized": True}}
    return {"version": "1.0", "truncation": None, "padding": None,
            "added_tokens": [token(vocabulary.index(t), t, **flags.get(t, {})) for t in roles],
            "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                           "strip_accents": None, "lowercase": lower},
            "pre_tokenizer": {"type": "BertPreTokenizer"}, "post_processor": processor,
            "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                      "max_input_chars_per_word": 100, "vocab": name}, **changes}


def template(single, pair, ids):
    def pieces(text):
        parts = [part.split(":") for part in text.split()]
        return [{"Sequence" if p[0] in "AB" else "SpecialToken": {"id": p[0], "type_id": int(p[1])}} for p in parts]
    return {"type": "TemplateProcessing", "single": pieces(single), "pair": pieces(pair),
            "special_tokens": {t: {"id": t, "ids": [i], "tokens": [t]} for t, i in ids.items()}}


ROBERTA = {"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": True,
           "add_prefix_space": False}
DOUBLE = template("<s>:0 A:0 </s>:0", "<s>:0 A:0 </s>:0 </s>:0 B:0 </s>:0", {"<s>": 0, "</s>": 2})
BERT = template("[CLS]:0 A:0 [SEP]:0", "[CLS]:0 A:0 [SEP]:0 B:1 [SEP]:1", {"[CLS]": 2, "[SEP]": 3})
# As all-mpnet-base-v2 has them: of the batch that was cut and padded when the file was saved.
BATCH = {"truncation": {"max_length": 6, "strategy": "LongestFirst", "stride": 0},
         "padding": {"strategy": {"Fixed": 6}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 1,
                     "pad_type_id": 0, "pad_token": "<pad>"}}
MASK = {"content": "<mask>", "single_word": False, "lstrip": True, "rstrip": False, "normalized": False}
NAMES = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "[UNK]", "sep_token": "</s>", "pad_token": "<pad>",
         "cls_token": "<s>", "mask_token": MASK}
# tokenizer_config.json says what such an object is.
TYPED = {**MASK, "__type": "AddedToken"}


def case(name, answers, model_type, **files):
    names = {"config": "tokenizer_config.json", "json": "tokenizer.json", "special": "special_tokens_map.json",
             "vocab": "vocab.txt"}
    files = {names[key]: content for key, content in files.items()}
    return {"name": name, "answers": answers, "model_type": model_type, "files": files}


CASES = [
    case("MPNet's vocabulary and its class", "mpnet", "mpnet", vocab="mpnet",
         config={"tokenizer_class": "MPNetTokenizer"}),
    case("MPNet's class as versions before 5 have it", "mpnet", "mpnet", vocab="mpnet",
         config={"tokenizer_class": "MPNetTokenizerFast", "mask_token": "<mask>"}),
    case("MPNet's vocabulary beside a model of its type", "mpnet", "mpnet", vocab="mpnet"),
    case("MPNet's class beside a BERT", "mpnet", "bert", vocab="mpnet", config={"tokenizer_class": "MPNetTokenizer"}),
    case("MPNet's names in special_tokens_map.json", "mpnet", "mpnet", vocab="mpnet", special=NAMES,
         config={"tokenizer_class": "MPNetTokenizer", "model_max_length": 512}),
    case("MPNet's mask token with its flags off", "mpnet-mask", "mpnet", vocab="mpnet",
         config={"tokenizer_class": "MPNetTokenizer", "mask_token": {**TYPED, "lstrip": False}}),
    case("MPNet with letters as they are", "mpnet-cased", "mpnet", vocab="mpnet",
         config={"tokenizer_class": "MPNetTokenizer", "do_lower_case": False}),
    case("MPNet as all-mpnet-base-v2 has it, padded and cut", "mpnet-file", "mpnet",
         json=tokenizer_json("mpnet", ROBERTA, **BATCH), special=NAMES, vocab="mpnet",
         config={"tokenizer_class": "MPNetTokenizer", "do_lower_case": True, "mask_token": "<mask>",
                 "strip_accents": None}),
    case("MPNet's file with a template", "mpnet-file", "mpnet", json=tokenizer_json("mpnet", DOUBLE),
         config={"tokenizer_class": "MPNetTokenizerFast"}),
    case("MPNet's file alone", "mpnet-file", "mpnet", json=tokenizer_json("mpnet", ROBERTA)),
    case("MPNet's file under the generic class", "mpnet-file", "mpnet", json=tokenizer_json("mpnet", ROBERTA, **BATCH),
         config={"tokenizer_class": "PreTrainedTokenizerFast", **NAMES, "mask_token": TYPED}),
    case("MPNet's file under version 5's generic class", "mpnet-file", "bert", json=tokenizer_json("mpnet", ROBERTA),
         config={"tokenizer_class": "TokenizersBackend", **NAMES, "mask_token": TYPED}),
    case("MPNet's file with a template under the generic class", "mpnet-offsets", "bert",
         json=tokenizer_json("mpnet", DOUBLE),
         config={"tokenizer_class": "TokenizersBackend", **NAMES, "mask_token": TYPED}),
    case("MPNet's file without a frame, under its class", "mpnet-file", "mpnet", json=tokenizer_json("mpnet", None),
         config={"tokenizer_class": "MPNetTokenizer"}),
    case("a generic file without normalizer", "mpnet-bare", "mpnet",
         json=tokenizer_json("mpnet", ROBERTA, normalizer=None),
         config={"tokenizer_class": "PreTrainedTokenizerFast", **NAMES, "mask_token": TYPED}),
    case("DistilBERT's vocabulary and its class", "bert-untyped", "distilbert", vocab="bert",
         config={"tokenizer_class": "DistilBertTokenizer"}),
    case("DistilBERT's file", "bert-untyped", "distilbert", json=tokenizer_json("bert", BERT),
         config={"tokenizer_class": "DistilBertTokenizerFast", "do_lower_case": True}),
    case("ELECTRA's vocabulary and its class", "bert", "electra", vocab="bert",
         config={"tokenizer_class": "ElectraTokenizer"}),
    case("ELECTRA's file", "bert", "electra", json=tokenizer_json("bert", BERT),
         config={"tokenizer_class": "ElectraTokenizerFast", "do_lower_case": True}),
    case("ELECTRA's vocabulary beside a model of its type", "bert", "electra", vocab="bert"),
]


def write(folder, record):
    with open(folder + "/config.json", "w") as file:
        json.dump({"model_type": record["model_type"]}, file)
    for name, content in record["files"].items():
        content = copy.deepcopy(content)
        if name == "tokenizer.json":
            content["model"]["vocab"] = {t: i for i, t in enumerate(VOCABULARIES[content["model"]["vocab"]])}
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write("\n".join(VOCABULARIES[content]) + "\n" if name == "vocab.txt" else json.dumps(content))


def rows(tokenizer):
    found = []
    for text, pair, limit in [(t, None, None) for t in TEXTS] + [(*p, None) for p in PAIRS] + CUT:
        cut = {} if limit is None else {"truncation": True, "max_length": limit}
        # As lists: alone, an empty second text passes for none.
        lists = [[text]] if pair is None else [[text], [pair]]
        encoding = tokenizer(*lists, return_offsets_mapping=True, **cut)
        ids = encoding["input_ids"][0]
        types = encoding.get("token_type_ids", [[0] * len(ids)])[0]
        found.append({"ids": ids, "types": "".join(map(str, types)),
                      "offsets": [n for place in encoding["offset_mapping"][0] for n in place]})
    return found


def main(out):
    answers = {}
    for record in CASES:
        with tempfile.TemporaryDirectory() as folder:
            write(folder, record)
            found = rows(AutoTokenizer.from_pretrained(folder))
        expected = answers.setdefault(record["answers"], found)
        for number, (a, b) in enumerate(zip(expected, found)):
            assert a == b, f"{record['name']}: row {number} is {b}, another case of {record['answers']} has {a}"
    texts = [[t, None, None] for t in TEXTS] + [[*p, None] for p in PAIRS] + [list(c) for c in CUT]
    parts = {"vocabularies": VOCABULARIES, "texts": texts, "cases": CASES, "answers": answers}
    lines = [f'"{key}":{json.dumps(value, separators=(",", ":"))}' for key, value in parts.items()]
    with open(out, "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "../../Tests/Fixtures/tokenizer/families.json"))
