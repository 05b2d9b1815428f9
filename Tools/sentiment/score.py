#!/usr/bin/env python3
# Scores sentiment models on data that they have never seen, beside VADER's own rules. Not here: training, which is `make`.
"""python3 Tools/sentiment/score.py --data DATA [--adze PATH] [--every N] MODEL…

DATA holds sst2/dev.tsv, GLUE's development set, and imdb/train.jsonl.gz, of which every Nth review is taken (1 unless
said). A MODEL is anything that `adze predict` opens, @sentiment among it. Both sets have two classes: a model's answer is
the likelier of negative and positive, whatever it says of neutral; VADER's is the sign of its compound, 0 being positive.
Needs vaderSentiment 3.3.2 from PyPI.
"""

import argparse
import csv
import gzip
import json
import pathlib
import subprocess
import tempfile

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer


def sst2(data):
    with open(data / "sst2/dev.tsv", encoding="utf-8", newline="") as file:
        return [(row["sentence"], row["label"] == "1") for row in csv.DictReader(file, delimiter="\t", quoting=3)]


def imdb(data, every):
    with gzip.open(data / "imdb/train.jsonl.gz", "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file][::every]
    return [(row["text"], str(row["label"]) in ("1", "pos", "positive")) for row in rows]


def answers_of(adze, model, rows):
    """Whether each text is positive, by a model."""
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(json.dumps({"text": text}) + "\n" for text, _ in rows)
        file.flush()
        run = subprocess.run(
            [adze, "predict", model, "-i", file.name, "--json", "--quiet"], check=True, capture_output=True, text=True)
    scores = [json.loads(line)["scores"] for line in run.stdout.splitlines()]
    assert len(scores) == len(rows), f"{len(scores)} answers of {len(rows)} texts"
    return [score["positive"] > score["negative"] for score in scores]


def rules(rows):
    """Whether each text is positive, by VADER."""
    analyzer = SentimentIntensityAnalyzer()
    return [analyzer.polarity_scores(text)["compound"] >= 0 for text, _ in rows]


def main():
    parser = argparse.ArgumentParser(description="Sentiment models beside VADER's rules.")
    parser.add_argument("models", nargs="+", metavar="MODEL")
    parser.add_argument("--data", required=True, type=pathlib.Path)
    parser.add_argument("--adze", default=".build/release/adze")
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    sets = {"SST-2 dev": sst2(options.data), "IMDB": imdb(options.data, options.every)}
    print("| model |", " | ".join(f"{name} ({len(rows):,})" for name, rows in sets.items()), "|")
    print("|---|" + "---|" * len(sets))
    for name in options.models + ["VADER's rules"]:
        cells = []
        for rows in sets.values():
            found = rules(rows) if name == "VADER's rules" else answers_of(options.adze, name, rows)
            cells.append(sum(a == b for a, (_, b) in zip(found, rows)) / len(rows))
        print(f"| {name} |", " | ".join(f"{cell:.3f}" for cell in cells), "|", flush=True)


if __name__ == "__main__":
    main()
