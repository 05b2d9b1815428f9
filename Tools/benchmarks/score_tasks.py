# The tasks of compare_scores.py: where their rows lie, how they are split, and what differs of the recipe.
"""Rows are (text, label) pairs of strings. Splits follow from seed 0 alone, so that every side and run has the same.

DATA holds the data sets as they are handed out:
    sst2/train.tsv, sst2/dev.tsv                            GLUE's, with a header
    cola/in_domain_train.tsv, cola/in_domain_dev.tsv        the CoLA release, without one
    banking77/train.csv                                     columns text and category
    imdb/train.jsonl.gz                                     keys text and label
"""

import csv
import dataclasses
import gzip
import json
import pathlib
import random


@dataclasses.dataclass(frozen=True)
class Task:
    """What a task measures, and for how many epochs its model is trained."""

    metric: str
    epochs: int
    split: object  # a function from the data folder to train and dev rows


def tsv(path, text, label, header):
    with open(path, encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t") for line in file]
    return [(row[text], row[label]) for row in rows[1 if header else 0 :]]


def sst2(data):
    """20,000 rows of the training set, and GLUE's dev set of 872."""
    train = tsv(data / "sst2/train.tsv", 1, 0, header=True)
    random.Random(0).shuffle(train)
    return train[:20000], tsv(data / "sst2/dev.tsv", 1, 0, header=True)


def cola(data):
    """The in-domain sets: 8,551 rows and 527."""
    return tuple(tsv(data / f"cola/in_domain_{part}.tsv", 3, 1, header=False) for part in ("train", "dev"))


def banking77(data):
    """A fifth of each of the 77 labels is held out: 8,033 rows and 1,970."""
    with open(data / "banking77/train.csv", encoding="utf-8", newline="") as file:
        rows = [(row["text"], row["category"]) for row in csv.DictReader(file)]
    shuffler, train, dev = random.Random(0), [], []
    for label in sorted({label for _, label in rows}):
        of_label = [row for row in rows if row[1] == label]
        shuffler.shuffle(of_label)
        held_out = max(1, len(of_label) // 5)
        dev += of_label[:held_out]
        train += of_label[held_out:]
    return train, dev


def imdb(data):
    """2,500 reviews of the training set, and the 2,500 after them."""
    with gzip.open(data / "imdb/train.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    random.Random(0).shuffle(rows)
    rows = [(row["text"], str(row["label"])) for row in rows]
    return rows[:2500], rows[2500:5000]


TASKS = {
    "sst2": Task("accuracy", 2, sst2),
    "cola": Task("mcc", 4, cola),
    "banking77": Task("macro-f1", 8, banking77),
    "imdb": Task("accuracy", 2, imdb),
}


def written_split(task, data, folder):
    """The paths of a task's train and dev rows as JSON lines, written where they are missing."""
    paths = [pathlib.Path(folder) / f"{task}_{part}.jsonl" for part in ("train", "dev")]
    if not all(path.exists() for path in paths):
        for path, rows in zip(paths, TASKS[task].split(pathlib.Path(data)), strict=True):
            lines = (json.dumps({"text": text, "label": label}, ensure_ascii=False) + "\n" for text, label in rows)
            path.write_text("".join(lines), encoding="utf-8")
    return paths


def rows_of(path):
    with open(path, encoding="utf-8") as file:
        return [(row["text"], row["label"]) for row in map(json.loads, file)]
