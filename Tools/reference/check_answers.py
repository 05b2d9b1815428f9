#!/usr/bin/env python3
# Compares what `adze predict` answers with transformers' pipelines on random texts; golden files are made elsewhere.
"""Random texts through the models of Tests/Fixtures/answers, by the pipelines and by the tool.

    python Tools/reference/check_answers.py .build/release/adze [COUNT]

Scores may differ by 1e-5; words, spans and order not at all, but where two scores are closer than that. With
transformers 4 it also asks questions; 5 has no pipeline for them.
"""

import json
import random
import subprocess
import sys

import torch
import transformers
from transformers import (
    AutoModelForMaskedLM, AutoModelForQuestionAnswering, AutoModelForTokenClassification, AutoTokenizer, pipeline,
)

from golden import FIXTURES, plain_cpu

PARTS = (
    "the a beam was cut by good sharp adze and oak is not soft Anna Weber Oslo Zoë Zoe\u0308 café René 東京 木 東 🪵 👩‍👧 "
    "unaffable resharpened Andersson-Lund don't 1919 ( ) , . ! ? ' : - – [SEP] [CLS] [UNK] [MASK] İ ﬁ ½ \u00ad \u200b \u0301 "
    "ΟΔΟΣ οδος Straße ﷺ 한국 नमस्ते ไทย ẞ ☃ #tag ##ed @x $5 a\u0300\u0301b"
).split(" ")


def random_text(rng, most, masks=0):
    """Words and marks, some glued together, some apart by more than a space."""
    words = [rng.choice(PARTS) for _ in range(rng.randint(0, most))]
    for _ in range(masks):
        words.insert(rng.randint(0, len(words)), "[MASK]")
    gaps = [rng.choice(["", " ", " ", " ", "  ", "\n", "\u3000", "\t"]) for _ in words]
    return "".join(word + gap for word, gap in zip(words, gaps))


def ask(tool, model, rows, *options):
    data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    command = [tool, "predict", str(FIXTURES / "answers" / model), "-i", "-", "--format", "jsonl", "--json", "--quiet",
               "--precision", "fp32"]
    run = subprocess.run(command + list(options), input=data, stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in run.stdout.decode().splitlines()]
    assert len(answers) == len(rows)
    return answers


class Tally:
    """Counts what was compared, and stops at the first thing that differs."""

    def __init__(self):
        self.texts, self.answers, self.ties, self.worst = 0, 0, 0, 0.0

    def compare(self, found, wanted, about):
        self.texts += 1
        if [plain(a) for a in found] != [plain(b) for b in wanted]:
            # Equal scores have no order, and the last of a list may have an equal beyond it.
            assert len(found) == len(wanted), (about, found, wanted)
            assert all(abs(a["score"] - b["score"]) < 1e-5 for a, b in zip(found, wanted)), (about, found, wanted)
            self.ties += 1
        for a, b in zip(found, wanted):
            self.worst = max(self.worst, abs(a["score"] - b["score"]))
            self.answers += 1
        assert self.worst < 1e-5, (about, self.worst)

    def report(self, name):
        print(f"{name}: {self.texts:,} texts, {self.answers:,} answers, largest difference of a score {self.worst:.1e}, "
              f"{self.ties} in another order by a tie")


def plain(answer):
    return {key: value for key, value in answer.items() if key != "score"}


def load(kind, name):
    folder = FIXTURES / "answers" / name
    return kind.from_pretrained(folder, attn_implementation="eager").eval(), AutoTokenizer.from_pretrained(folder)


def check_entities(tool, count, rng):
    model, tokenizer = load(AutoModelForTokenClassification, "entities")
    for aggregation in ("none", "simple", "first", "average", "max"):
        for length, stride in ((40, None), (40, 13), (17, 3), (12, 8)):
            if aggregation == "none" and stride is not None:
                continue
            tally = Tally()
            tokenizer.model_max_length = length
            options = {"aggregation_strategy": aggregation} | ({} if stride is None else {"stride": stride})
            find = pipeline("token-classification", model=model, tokenizer=tokenizer, **options)
            texts = [random_text(rng, 40) for _ in range(count)]
            more = [] if stride is None else ["--stride", str(stride)]
            answers = ask(tool, "entities", [{"text": text} for text in texts], "--aggregate", aggregation,
                          "--max-length", str(length), *more)
            for text, answer in zip(texts, answers):
                wanted = [dict(entity, score=float(entity["score"])) for entity in find(text)]
                tally.compare(answer["entities"], wanted, (aggregation, length, stride, text))
                for entity in answer["entities"]:
                    assert 0 <= entity["start"] < entity["end"] <= len(text)
            tally.report(f"entities {aggregation}, {length} tokens, stride {stride}")


def check_masks(tool, count, rng):
    model, tokenizer = load(AutoModelForMaskedLM, "masked")
    fill = pipeline("fill-mask", model=model, tokenizer=tokenizer)
    for options, more in (({}, []), ({"top_k": 90}, ["--top-k", "90"]),
                          ({"targets": ["oak", "ash", "##s"]}, ["--targets", "oak,ash,##s"])):
        texts = [random_text(rng, 12, rng.randint(0, 3)) for _ in range(count)]
        texts = [text for text in texts if len(tokenizer(text)["input_ids"]) <= 48]
        tally = Tally()
        for text, answer in zip(texts, ask(tool, "masked", [{"text": text} for text in texts], *more)):
            if tokenizer.mask_token_id not in tokenizer(text)["input_ids"]:
                assert "[MASK]" in answer["error"]
                continue
            wanted = fill(text, **options)
            wanted = wanted if isinstance(wanted[0], list) else [wanted]
            assert len(wanted) == len(answer["masks"])
            for mask, candidates in zip(answer["masks"], wanted):
                tally.compare(mask, candidates, (options, text))
        tally.report(f"masked words {options}")


def check_questions(tool, count, rng):
    from transformers import QuestionAnsweringPipeline

    model, tokenizer = load(AutoModelForQuestionAnswering, "questions")
    find = QuestionAnsweringPipeline(model=model, tokenizer=tokenizer)
    names = {"top_k": "--top-k", "max_answer_len": "--max-answer-length", "max_seq_len": "--max-length",
             "doc_stride": "--stride"}
    for options in ({"top_k": 1}, {"top_k": 5}, {"top_k": 3, "max_seq_len": 60, "doc_stride": 10},
                    {"top_k": 4, "align_to_words": False, "max_seq_len": 48},
                    {"top_k": 4, "handle_impossible_answer": True, "max_answer_len": 4}):
        rows, tally = [], Tally()
        while len(rows) < count:
            row = {"question": random_text(rng, 5).replace("[CLS]", "") + "?", "context": random_text(rng, 60)}
            if tokenizer.tokenize(row["context"]) and len(tokenizer.tokenize(row["question"])) < 20:
                rows.append(row)
        flags = [part for key, name in names.items() if key in options for part in (name, str(options[key]))]
        flags += ["--split-words"] if "align_to_words" in options else []
        flags += ["--allow-no-answer"] if "handle_impossible_answer" in options else []
        for row, answer in zip(rows, ask(tool, "questions", rows, *flags)):
            wanted = find(question=row["question"], context=row["context"], **options)
            wanted = wanted if isinstance(wanted, list) else [wanted]
            found = answer.get("answers") or [{key: answer[key] for key in ("score", "start", "end", "answer")}]
            assert all(row["context"][a["start"]:a["end"]] == a["answer"] for a in found)
            # The pipeline fills up a list that is too short with empty answers of probability 0, or 1e-30.
            wanted = [a for a in wanted if a["score"] > 1e-12]
            tally.compare(found[:len(wanted)], wanted, (options, row))
            assert all(a["score"] < 1e-12 for a in found[len(wanted):]), (options, row, found, wanted)
        tally.report(f"answers {options}")


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    plain_cpu()
    torch.set_num_threads(1)
    tool, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 200
    print(f"transformers {transformers.__version__}")
    rng = random.Random(11)
    check_entities(tool, count, rng)
    check_masks(tool, count, rng)
    if transformers.__version__.startswith("4."):
        check_questions(tool, count, rng)
