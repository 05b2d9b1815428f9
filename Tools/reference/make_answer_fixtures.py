#!/usr/bin/env python3
# Makes the small random models with heads under Tests/Fixtures/answers and what transformers' pipelines say of texts.
"""Tiny BERTs for masked words, next sentences, entities and questions, with the pipelines' answers.

    python Tools/reference/make_answer_fixtures.py
    python Tools/reference/make_question_golden.py     # with transformers 4.57, the last that had the pipeline

Each folder is what `save_pretrained` gives, and `golden.json`: the texts, the options, and the answers as the
pipeline gave them. `golden.safetensors` holds the logits of every input in it, one row a token, so that what is made
of logits can be tested without a model.
"""

import json
import shutil

import numpy
import torch
from transformers import (
    AutoTokenizer, BertConfig, BertForMaskedLM, BertForNextSentencePrediction, BertForQuestionAnswering,
    BertForTokenClassification, BertTokenizer, pipeline,
)
from transformers.utils import logging

from golden import FIXTURES, plain_cpu, randomise, save_tensors

ANSWERS = FIXTURES / "answers"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = "the a beam was cut by good sharp adze and oak is not soft wood we saw it split in do don café".split()
NAMES = ["Oslo", "Anna", "Weber", "Zoë", "Lund", "Ås", "東", "京", "木"]
PIECES = ["##s", "##ed", "##ing", "##er", "##son", "##né"] + ["##" + letter for letter in LETTERS if letter != "s"]
MARKS = list(".,!?'-:()") + ["1", "9", "é", "##é"]


def vocabulary(lowercase):
    """Ours; the uncased one has no letter with an accent and no capital, so that it meets every name in pieces."""
    plain = list(dict.fromkeys(list(LETTERS) + WORDS + NAMES))
    if lowercase:
        plain = [word for word in plain if word == word.lower() and "é" not in word]
    pieces = [piece for piece in PIECES + MARKS if not (lowercase and "é" in piece)]
    return SPECIAL + plain + pieces


def save(name, model, seed, lowercase, max_length, head=None):
    """The folder and its tokenizer; the layer `head` is made decided, and no class of it the favourite."""
    folder = ANSWERS / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    randomise(model, seed)
    if head is not None:
        head.weight.mul_(3)
        ids = torch.arange(5, model.config.vocab_size)[torch.arange(40) * 7 % (model.config.vocab_size - 5)]
        head.bias.sub_(head(model.bert(input_ids=ids[None])[0]).mean((0, 1)))
    model.save_pretrained(folder)
    words = vocabulary(lowercase)
    (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    BertTokenizer(
        vocab={word: index for index, word in enumerate(words)}, do_lower_case=lowercase, model_max_length=max_length,
    ).save_pretrained(folder)
    (folder / "tokenizer.json").unlink()
    return folder, AutoTokenizer.from_pretrained(folder)


def configuration(lowercase, **changes):
    base = dict(
        vocab_size=len(vocabulary(lowercase)), hidden_size=12, num_attention_heads=2, num_hidden_layers=2,
        intermediate_size=16, max_position_embeddings=48, attn_implementation="eager",
    )
    return BertConfig(**(base | changes))


def plain(value):
    """Numbers of numpy and torch as Python's, fractions with as many digits as are compared."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    value = value.item() if isinstance(value, (numpy.generic, torch.Tensor)) else value
    return round(value, 7) if isinstance(value, float) else value


def write(folder, about, inputs, cases, tensors):
    """One input and one case a line."""
    def lines(values):
        return ",\n".join("  " + json.dumps(plain(value), ensure_ascii=False) for value in values)

    text = f'{{\n "about": {json.dumps(about)},\n "inputs": [\n{lines(inputs)}\n ],\n "cases": [\n{lines(cases)}\n ]\n}}\n'
    (folder / "golden.json").write_text(text, encoding="utf-8")
    if tensors:
        save_tensors(folder / "golden.safetensors", tensors)


def apart(scores, least=2e-5):
    """Whether an error of 1e-5 could change the order."""
    ordered = sorted(scores, reverse=True)
    return all(a - b > least for a, b in zip(ordered, ordered[1:]))


# MARK: masked words

MASKED = [
    "the [MASK] was cut.",
    "[MASK]",
    "Don't cut the  oak:   it is [MASK] , not soft !",
    "we [MASK] the [MASK] in 東京 [MASK]?",
    "Café [MASK][MASK] 🪵 (oak) [SEP] split",
    "the weber[MASK]s saw it",
]


def masked_words():
    model = BertForMaskedLM(configuration(True))
    folder, tokenizer = save("masked", model, 21, True, 48)
    fill = pipeline("fill-mask", model=model, tokenizer=tokenizer)
    inputs, cases, tensors = [], [], {}
    for index, text in enumerate(MASKED):
        encoded = tokenizer(text, return_tensors="pt")
        masks = (encoded["input_ids"][0] == tokenizer.mask_token_id).nonzero().squeeze(-1)
        logits = model(**encoded).logits[0, masks]
        inputs.append({"text": text, "ids": encoded["input_ids"][0].tolist(), "masks": masks.tolist()})
        tensors[f"{index}"] = logits
        for options in (
            {}, {"top_k": 2}, {"targets": ["oak", "wood", "adze", "oak"]},
            {"targets": ["weber", "🪵", "##s"], "top_k": 9},
        ):
            found = fill(text, **options)
            if len(masks) == 1:
                found = [found]
            assert all(apart(entry["score"] for entry in row) for row in found)
            cases.append({"input": index} | options | {"result": found})
    write(folder, "masked words, one list of candidates a mask", inputs, cases, tensors)


# MARK: next sentences

PAIRS = [
    ("the oak was cut.", "it split."),
    ("Café!", ""),
    ("東京 is good", "we saw  it 🪵"),
    ("the beam was cut by a good sharp adze and " * 3, "we saw it split and the wood is not soft " * 3),
]


def next_sentences():
    model = BertForNextSentencePrediction(configuration(True))
    folder, tokenizer = save("next", model, 22, True, 48)
    cases = []
    for text, pair in PAIRS:
        # As a batch of one: called with two strings, the tokenizer takes an empty second text for none.
        logits = model(**tokenizer([(text, pair)], truncation=True, return_tensors="pt")).logits[0]
        probability = logits.double().softmax(-1)[0].item()
        cases.append({"text": text, "pair": pair, "logits": logits.tolist(), "score": probability})
    write(folder, "pairs; the score is that the second text follows the first", [], cases, {})


# MARK: entities

LABELS = ["E-LOC", "B-PER", "O", "I-PER", "MISC", "B-LOC"]
TEXTS = [
    "Anna Weber saw Oslo.",
    "",
    "Zoe\u0308 and  Zoë   Andersson-Lund (Ås, 1919) don't split wood in 東京木!",
    "🪵 Anna🪵son 🪵🪵 café René's[SEP]Lund",
    "not unaffable: resharpened, splitting; woodcutters",
]
LONG = "Anna Andersson-Lund was in Oslo and Zoë Weber, not René, cut the oak in 東京 by a sharp adze. " * 2


def entities():
    config = configuration(
        False, id2label=dict(enumerate(LABELS)), label2id={label: index for index, label in enumerate(LABELS)})
    model = BertForTokenClassification(config)
    folder, tokenizer = save("entities", model, 29, False, 40, model.classifier)
    inputs, cases, tensors = [], [], {}
    wanted = [(text, 40, None) for text in TEXTS + [LONG]]
    wanted += [(LONG, 40, 16), (LONG, 20, 12), (LONG, 33, 0), (TEXTS[2], 40, 5), (TEXTS[2], 16, 7)]
    for index, (text, length, stride) in enumerate(wanted):
        tokenizer.model_max_length = length
        more = {} if stride is None else {"return_overflowing_tokens": True, "stride": stride}
        encoded = tokenizer(text, truncation=True, **more)
        windows = encoded["input_ids"] if stride is not None else [encoded["input_ids"]]
        inputs.append({"text": text, "max_length": length, "stride": stride, "windows": windows})
        for number, ids in enumerate(windows):
            tensors[f"{index}.{number}"] = model(input_ids=torch.tensor([ids])).logits[0]
        strategies = ["none", "simple", "first", "average", "max"]
        for strategy in strategies if stride is None else ["simple", strategies[2 + index % 3]]:
            for ignored in ([None, ["I-PER", "MISC"]] if index == 2 else [None]):
                options = {"aggregation_strategy": strategy}
                if ignored is not None:
                    options["ignore_labels"] = ignored
                if stride is not None:
                    options["stride"] = stride
                find = pipeline("token-classification", model=model, tokenizer=tokenizer, **options)
                cases.append({
                    "input": index, "aggregation": strategy, "ignore_labels": ignored, "result": find(text)})
    write(folder, "entities by every strategy, whole and in windows", inputs, cases, tensors)


# MARK: questions

def questions():
    """Only the model: make_question_golden.py asks it."""
    model = BertForQuestionAnswering(configuration(True, max_position_embeddings=400))
    save("questions", model, 24, True, 400, model.qa_outputs)


if __name__ == "__main__":
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    plain_cpu()
    masked_words()
    next_sentences()
    entities()
    questions()
