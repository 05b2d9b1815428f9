"""Records what transformers and sentence-transformers make of every key of a tokenizer's files, as
Tests/Fixtures/tokenizer/settings.json: ids, types and logits of texts that are longer than the limit and of short ones.

Usage: make_tokenizer_settings_golden.py [OUT.json]

A case is the fixture `seqcls-gelu` with other tokenizer files. Where transformers 5 asks its own defaults and not
tokenizer.json, Adze follows the file: those cases are `"reference": "tokenizers"`, recorded from the file alone. All of
one case is in `settings.json` as changes of the fixture's files, so that the test makes the same files.
"""
import copy
import json
import os
import pathlib
import shutil
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging

from golden import FIXTURES, plain_cpu

MODEL = FIXTURES / "models" / "seqcls-gelu"
SENTENCES = FIXTURES / "models" / "sentence-transformers"
LIMIT = 16
TEXTS = [
    ("The oak beam was cut too short by a good sharp adze, and it is not soft wood. We saw it split!", None),
    ("We saw THE beam split!", "It was not soft, and not good wood by a sharp adze."),
    ("Éclair [MASK] [cls] x[CLS]x 漢字", None),
    ("oak  <new> a<new>b covid COVID abc", None),
    ("We saw it split!", "Not Œ."),
]
CONFIG = json.loads((MODEL / "tokenizer_config.json").read_text())
TOKENIZER = json.loads((MODEL / "tokenizer.json").read_text())
VOCABULARY = (MODEL / "vocab.txt").read_text()
RENAMES = {"[CLS]": "<s>", "[SEP]": "</s>", "[UNK]": "<u>", "[MASK]": "<m>", "[PAD]": "<p>"}
RENAMED = {"cls_token": "<s>", "sep_token": "</s>", "unk_token": "<u>", "mask_token": "<m>", "pad_token": "<p>"}
GENERIC = {"tokenizer_class": "PreTrainedTokenizerFast"}
TYPES = {"model_input_names": ["input_ids", "token_type_ids", "attention_mask"]}
NO_TYPES = {"model_input_names": ["input_ids", "attention_mask"]}


def token(content, **flags):
    return {"content": content, "lstrip": False, "rstrip": False, "single_word": False, "normalized": False,
            "special": True} | flags


def typed(content, **flags):
    return token(content, **flags) | {"__type": "AddedToken"}


DECODER = {str(t["id"]): {k: v for k, v in t.items() if k != "id"} for t in TOKENIZER["added_tokens"]}


def added(*tokens, **flags):
    """The list of tokenizer.json with flags for [MASK], and more tokens."""
    own = [dict(t) | (flags if t["content"] == "[MASK]" else {}) for t in TOKENIZER["added_tokens"]]
    return own + [dict(t) | {"id": len(VOCABULARY.split()) + i} for i, t in enumerate(tokens)]


def decoder(*tokens, **flags):
    table = {k: dict(t) | (flags if t["content"] == "[MASK]" else {}) for k, t in DECODER.items()}
    return table | {str(len(VOCABULARY.split()) + i): t for i, t in enumerate(tokens)}


def truncation(direction):
    return {"direction": direction, "max_length": 8, "strategy": "LongestFirst", "stride": 2}


PADDING = {"strategy": {"Fixed": 12}, "direction": "Left", "pad_to_multiple_of": None, "pad_id": 0, "pad_type_id": 0,
           "pad_token": "[PAD]"}
COVID = token("Covid", normalized=True, special=False)

# name, changes of tokenizer_config.json, changes of tokenizer.json by path, and what else is given:
# drop: keys of tokenizer_config.json to leave out; special, added: the older files; bare: no tokenizer.json;
# renames: tokens of vocab.txt; no_config: no tokenizer_config.json; model_class: of config.json; by_file: see above.
CASES = [
    ("the files as they are", {}, {}, {}),
    ("bare vocabulary", {}, {}, {"bare": True}),
    ("no tokenizer_config.json", {}, {}, {"no_config": True}),
    ("truncation_side left", {"truncation_side": "left"}, {}, {}),
    ("truncation.direction Left", {}, {"truncation": truncation("Left")}, {}),
    ("truncation_side wins over truncation.direction", {"truncation_side": "right"},
     {"truncation": truncation("Left")}, {}),
    ("generic, truncation.direction Left", GENERIC | TYPES, {"truncation": truncation("Left")}, {}),
    ("truncation.max_length is passed over", {}, {"truncation": truncation("Right")}, {}),
    ("padding is passed over", {}, {"padding": PADDING}, {}),
    ("padding_side is passed over", {"padding_side": "left"}, {}, {}),
    ("model_max_length", {"model_max_length": 9}, {}, {}),
    ("max_len", {"max_len": 9}, {}, {"drop": ["model_max_length"]}),
    ("model_max_length wins over max_len", {"model_max_length": 11, "max_len": 9}, {}, {}),
    ("model_max_length null hides max_len", {"model_max_length": None, "max_len": 9}, {}, {}),
    ("model_max_length absent", {}, {}, {"drop": ["model_max_length"]}),
    ("model_max_length huge", {"model_max_length": int(1e30)}, {}, {}),
    ("max_len with the side left", {"max_len": 9, "truncation_side": "left"}, {}, {"drop": ["model_max_length"]}),
    ("post_processor null", {}, {"post_processor": None}, {}),
    ("generic, post_processor null", GENERIC, {"post_processor": None}, {"by_file": True}),
    ("generic, post_processor null, types", GENERIC | TYPES, {"post_processor": None}, {}),
    ("generic, post_processor null, no types", GENERIC | NO_TYPES, {"post_processor": None}, {}),
    ("generic, post_processor null, left", GENERIC | TYPES | {"truncation_side": "left"}, {"post_processor": None}, {}),
    ("generic", GENERIC, {}, {"by_file": True}),
    ("TokenizersBackend with types", {"tokenizer_class": "TokenizersBackend"} | TYPES, {}, {}),
    ("generic without types", GENERIC | NO_TYPES, {}, {}),
    ("BertTokenizerFast", {"tokenizer_class": "BertTokenizerFast"}, {}, {}),
    ("ElectraTokenizer", {"tokenizer_class": "ElectraTokenizer"}, {}, {}),
    ("DistilBertTokenizer feeds no types", {"tokenizer_class": "DistilBertTokenizer"}, {}, {}),
    ("DistilBertTokenizerFast with types", {"tokenizer_class": "DistilBertTokenizerFast"} | TYPES, {}, {}),
    ("model_input_names without types", NO_TYPES, {}, {}),
    ("no tokenizer_class", {}, {}, {"drop": ["tokenizer_class"]}),
    ("tokenizer_class of config.json", {}, {"post_processor": None, "normalizer.lowercase": False},
     {"drop": ["tokenizer_class", "do_lower_case"], "model_class": "PreTrainedTokenizerFast", "by_file": True}),
    ("tokenizer_class wins over config.json's", {}, {"post_processor": None},
     {"model_class": "PreTrainedTokenizerFast"}),
    ("do_lower_case false", {"do_lower_case": False}, {}, {}),
    ("do_lower_case true wins over tokenizer.json", {"do_lower_case": True}, {"normalizer.lowercase": False}, {}),
    ("do_lower_case absent, tokenizer.json cased", {}, {"normalizer.lowercase": False},
     {"drop": ["do_lower_case"], "by_file": True}),
    ("generic passes do_lower_case over", GENERIC | TYPES | {"do_lower_case": True}, {"normalizer.lowercase": False},
     {}),
    ("bare, do_lower_case false", {"do_lower_case": False}, {}, {"bare": True}),
    ("strip_accents false", {"strip_accents": False}, {}, {}),
    ("strip_accents true of cased texts", {"strip_accents": True, "do_lower_case": False}, {}, {}),
    ("strip_accents null wins over tokenizer.json", {"strip_accents": None}, {"normalizer.strip_accents": False}, {}),
    ("strip_accents absent, tokenizer.json false", {}, {"normalizer.strip_accents": False},
     {"drop": ["strip_accents"], "by_file": True}),
    ("tokenize_chinese_chars false", {"tokenize_chinese_chars": False}, {}, {}),
    ("tokenize_chinese_chars absent", {}, {"normalizer.handle_chinese_chars": False},
     {"drop": ["tokenize_chinese_chars"], "by_file": True}),
    ("clean_text of tokenizer.json", {}, {"normalizer.clean_text": False}, {"by_file": True}),
    ("wordpieces_prefix and max_input_chars_per_word are passed over",
     {"wordpieces_prefix": "@@", "max_input_chars_per_word": 4}, {}, {}),
    ("continuing_subword_prefix of tokenizer.json", {}, {"model.continuing_subword_prefix": "@@"}, {"by_file": True}),
    ("generic, continuing_subword_prefix", GENERIC | TYPES, {"model.continuing_subword_prefix": "@@"}, {}),
    ("max_input_chars_per_word of tokenizer.json", {}, {"model.max_input_chars_per_word": 4}, {"by_file": True}),
    ("generic, max_input_chars_per_word", GENERIC | TYPES, {"model.max_input_chars_per_word": 4}, {}),
    ("split_special_tokens", {"split_special_tokens": True}, {}, {}),
    ("generic, split_special_tokens", GENERIC | TYPES | {"split_special_tokens": True}, {}, {}),
    ("clean_up_tokenization_spaces", {"clean_up_tokenization_spaces": True}, {}, {}),
    ("never_split and do_basic_tokenize are passed over", {"never_split": ["covid"], "do_basic_tokenize": False}, {}, {}),
    ("special tokens named by null", {"mask_token": None, "pad_token": None}, {}, {}),
    ("bare, mask_token null", {"mask_token": None}, {}, {"bare": True}),
    ("no special tokens named", {}, {}, {"drop": list(RENAMED)}),
    ("bare, special tokens renamed", RENAMED, {}, {"bare": True, "renames": RENAMES}),
    ("special tokens as typed objects", {"cls_token": typed("[CLS]"), "mask_token": typed("[MASK]", lstrip=True)}, {},
     {}),
    ("bare, special tokens as typed objects",
     {"cls_token": typed("[CLS]"), "mask_token": typed("[MASK]", lstrip=True, rstrip=True)}, {}, {"bare": True}),
    ("generic, cls_token is not the template's", GENERIC | TYPES | {"cls_token": "oak", "sep_token": "wood"}, {}, {}),
    ("cls_token is not the template's", {"cls_token": "oak", "sep_token": "wood"}, {}, {"by_file": True}),
    ("bare, cls_token is a word", {"cls_token": "oak", "sep_token": "wood"}, {}, {"bare": True}),
    ("lstrip and rstrip of tokenizer.json", {}, {"added_tokens": added(lstrip=True, rstrip=True)}, {}),
    ("added_tokens_decoder", {"added_tokens_decoder": decoder(lstrip=True)}, {}, {}),
    ("added_tokens_decoder adds tokens", {"added_tokens_decoder": decoder(token("<new>"), COVID)}, {}, {}),
    ("bare, added_tokens_decoder adds tokens", {"added_tokens_decoder": decoder(token("<new>"), COVID)}, {},
     {"bare": True}),
    ("generic, added_tokens_decoder adds tokens",
     GENERIC | TYPES | {"added_tokens_decoder": decoder(token("<new>"), COVID)}, {}, {}),
    ("added_tokens_decoder wins over tokenizer.json", {"added_tokens_decoder": decoder(rstrip=True)},
     {"added_tokens": added(lstrip=True)}, {}),
    ("generic, added_tokens_decoder wins over tokenizer.json",
     GENERIC | TYPES | {"added_tokens_decoder": decoder(rstrip=True)}, {"added_tokens": added(lstrip=True)}, {}),
    ("tokenizer.json adds a token", {}, {"added_tokens": added(token("<new>"))}, {}),
    ("tokenizer.json adds a token, the decoder not", {"added_tokens_decoder": decoder()},
     {"added_tokens": added(token("<new>"))}, {"by_file": True}),
    ("single_word and normalized",
     {"added_tokens_decoder": decoder(token("Oak", normalized=True, special=False, single_word=True),
                                      token("ecl", normalized=True, special=False, single_word=True), COVID)}, {}, {}),
    ("additional_special_tokens", {"additional_special_tokens": ["<new>", "covid"]}, {}, {}),
    ("extra_special_tokens as a list", {"extra_special_tokens": ["<new>", "covid"]}, {}, {}),
    ("extra_special_tokens as an object", {"extra_special_tokens": {"new_token": "<new>", "c_token": "covid"}}, {}, {}),
    ("a key of its own for a special token", {"new_token": "<new>"}, {}, {}),
    ("bos_token and eos_token", {"bos_token": "<new>", "eos_token": "covid"}, {}, {}),
    ("special_tokens_map.json", {}, {},
     {"special": {"mask_token": "oak", "additional_special_tokens": ["<new>"]}, "drop": ["mask_token"]}),
    ("special_tokens_map.json wins", {}, {}, {"special": {"mask_token": "oak", "extra_special_tokens": ["<new>"]}}),
    ("special_tokens_map.json with objects", {}, {}, {"special": {"mask_token": typed("[MASK]", lstrip=True)}}),
    ("bare, special_tokens_map.json", {}, {},
     {"bare": True, "special": RENAMED, "renames": RENAMES, "drop": list(RENAMED)}),
    ("special_tokens_map.json beside added_tokens_decoder", {"added_tokens_decoder": decoder()}, {},
     {"special": {"mask_token": "oak", "additional_special_tokens": ["<new>"]}}),
    ("added_tokens.json", {}, {}, {"added": {"<new>": 87, "Covid": 88}}),
    ("bare, added_tokens.json", {}, {}, {"bare": True, "added": {"<new>": 87, "Covid": 88}}),
    ("bare, added_tokens.json and special_tokens_map.json", {}, {},
     {"bare": True, "added": {"<new>": 87, "Covid": 88}, "special": {"extra_special_tokens": ["Covid"]}}),
]

# sentence_bert_config.json, changes of tokenizer_config.json.
SENTENCE_CASES = [
    ("max_seq_length", {"max_seq_length": 12, "do_lower_case": False}, {}),
    ("max_seq_length null", {"max_seq_length": None, "do_lower_case": False}, {"model_max_length": 10}),
    ("max_seq_length wins over model_max_length", {"max_seq_length": 12, "do_lower_case": False},
     {"model_max_length": 9}),
    ("do_lower_case", {"max_seq_length": 12, "do_lower_case": True}, {"do_lower_case": False}),
    ("truncation_side left", {"max_seq_length": 12, "do_lower_case": False}, {"truncation_side": "left"}),
    ("tokenizer_args", {"max_seq_length": 12, "do_lower_case": False,
                        "tokenizer_args": {"model_max_length": 8, "truncation_side": "left"}}, {}),
    ("processor_kwargs", {"max_seq_length": 12, "processor_kwargs": {"do_lower_case": False}}, {}),
]


def patched(value, changes):
    value = copy.deepcopy(value)
    for path, new in changes.items():
        *parents, last = path.split(".")
        inner = value
        for parent in parents:
            inner = inner[parent]
        inner[last] = new
    return value


def write_files(folder, config, tokenizer, extra):
    for name in ("config.json", "model.safetensors"):
        shutil.copy(MODEL / name, folder)
    if "model_class" in extra:
        text = json.loads((folder / "config.json").read_text()) | {"tokenizer_class": extra["model_class"]}
        (folder / "config.json").write_text(json.dumps(text))
    vocabulary = VOCABULARY
    for old, new in extra.get("renames", {}).items():
        vocabulary = vocabulary.replace(old, new)
    (folder / "vocab.txt").write_text(vocabulary)
    named = {k: v for k, v in CONFIG.items() if k not in extra.get("drop", [])} | config
    files = {"tokenizer_config.json": None if extra.get("no_config") else named,
             "tokenizer.json": None if extra.get("bare") else patched(TOKENIZER, tokenizer),
             "special_tokens_map.json": extra.get("special"), "added_tokens.json": extra.get("added")}
    for name, value in files.items():
        if value is not None:
            (folder / name).write_text(json.dumps(value, ensure_ascii=False))
    return named


def encodings(folder, config, extra):
    """The reference's ids and types of each text, at most LIMIT of them."""
    if extra.get("by_file"):
        reference = Tokenizer.from_file(str(folder / "tokenizer.json"))
        reference.no_padding()
        reference.enable_truncation(LIMIT, direction=config.get("truncation_side", "right"))
        return [(e.ids, e.type_ids) for e in (reference.encode(*[t for t in text if t is not None]) for text in TEXTS)]
    reference = AutoTokenizer.from_pretrained(folder)
    limit = min(reference.model_max_length, LIMIT)
    rows = []
    for text, pair in TEXTS:
        encoded = reference(text, pair, truncation=True, max_length=limit)
        ids = encoded["input_ids"]
        rows.append((ids, encoded.get("token_type_ids", [0] * len(ids))))
    return rows


def record(name, config, tokenizer, extra, model):
    with tempfile.TemporaryDirectory() as path:
        folder = pathlib.Path(path)
        named = write_files(folder, config, tokenizer, extra)
        rows = []
        for ids, types in encodings(folder, named, extra):
            row = {"ids": ids, "types": "".join(map(str, types))}
            if max(ids) < model.config.vocab_size:
                logits = model(input_ids=torch.tensor([ids]), token_type_ids=torch.tensor([types])).logits[0]
                row["logits"] = [round(float(x), 6) for x in logits]
            rows.append(row)
    case = {"name": name, "reference": "tokenizers" if extra.get("by_file") else "transformers",
            "config": None if extra.get("no_config") else config,
            "tokenizer": None if extra.get("bare") else tokenizer}
    for key in ("drop", "special", "added", "renames", "model_class"):
        if key in extra:
            case[key] = extra[key]
    return case | {"rows": rows}


def record_sentences(name, sentence, config):
    with tempfile.TemporaryDirectory() as path:
        folder = pathlib.Path(path) / "model"
        shutil.copytree(SENTENCES, folder)
        (folder / "sentence_bert_config.json").write_text(json.dumps(sentence))
        named = json.loads((folder / "tokenizer_config.json").read_text()) | config
        (folder / "tokenizer_config.json").write_text(json.dumps(named))
        reference = SentenceTransformer(str(folder), device="cpu")
        texts = [text for text, pair in TEXTS if pair is None]
        features = [reference.tokenize([text]) for text in texts]
        return {"name": name, "sentence": sentence, "config": config, "texts": texts,
                "ids": [f["input_ids"][0][f["attention_mask"][0].bool()].tolist() for f in features]}


def main(out):
    plain_cpu()
    logging.set_verbosity_error()
    model = AutoModelForSequenceClassification.from_pretrained(MODEL, attn_implementation="eager").eval()
    golden = {"texts": TEXTS, "cases": [record(*case, model) for case in CASES],
              "sentences": [record_sentences(*case) for case in SENTENCE_CASES]}
    lines = []
    for key, values in golden.items():
        rows = ",\n".join(json.dumps(v, ensure_ascii=False, separators=(",", ":")) for v in values)
        lines.append(f"{json.dumps(key)}:[\n{rows}\n]")
    pathlib.Path(out).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else FIXTURES / "tokenizer" / "settings.json")
