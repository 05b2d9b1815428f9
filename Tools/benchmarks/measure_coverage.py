#!/usr/bin/env python3
"""How often `adze calibrate` keeps its promise: coverage on held-out halves over seeded random splits.

`split` divides labelled rows by the SHA-256 of their text, three tenths held out and the rest to train on; rows that
occur twice are taken once. `measure` takes a model that was trained on the rest, and the held-out rows: for each split
one half calibrates and the other is evaluated, by the tool's own commands. With --mirror the model answers once, and the
same arithmetic is done here in numpy on its logits, which is faster and checks the tool against another hand.
"""

import argparse
import csv
import hashlib
import json
import math
import pathlib
import subprocess
import tempfile
from fractions import Fraction

import numpy as np

MASK = (1 << 64) - 1


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        if path.suffix == ".jsonl":
            return [(row["text"], row["label"]) for row in map(json.loads, file)]
        tabs = {"delimiter": "\t", "quoting": csv.QUOTE_NONE} if path.suffix == ".tsv" else {}
        rows = list(csv.reader(file, **tabs))
        return [(row[0], row[1]) for row in rows[1:]]


def write(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        for text, label in rows:
            print(json.dumps({"text": text, "label": label}, ensure_ascii=False), file=out)


def split(arguments):
    by_hash = {}
    for text, label in read(arguments.data):
        by_hash.setdefault(hashlib.sha256(text.encode()).hexdigest(), (text, label))
    rows = [by_hash[key] for key in sorted(by_hash)]
    count = round(len(rows) * 0.3)
    for name, part in (("held", rows[:count]), ("train", rows[count:])):
        write(f"{arguments.out}-{name}.jsonl", part)
        print(f"{arguments.out}-{name}.jsonl: {len(part)} rows of {len({label for _, label in part})} labels")


# The same as Adze: its order, its temperature, its thresholds.


def order(count):
    """The order in which Adze takes examples: by the numbers of SplitMix64."""

    def key(index):
        state = (0xAD2E + (index + 1) * 0x9E3779B97F4A7C15) & MASK
        state = ((state ^ state >> 30) * 0xBF58476D1CE4E5B9) & MASK
        state = ((state ^ state >> 27) * 0x94D049BB133111EB) & MASK
        return state ^ state >> 31

    return sorted(range(count), key=key)


def softmax(logits, temperature):
    shifted = np.exp((logits - logits.max(axis=1, keepdims=True)) / temperature)
    return shifted / shifted.sum(axis=1, keepdims=True)


def temperature(logits, truth):
    from scipy.optimize import minimize_scalar

    def loss(x):
        scaled = logits / math.exp(x)
        top = scaled.max(axis=1)
        return (np.log(np.exp(scaled - top[:, None]).sum(axis=1)) + top - scaled[np.arange(len(truth)), truth]).mean()

    return math.exp(minimize_scalar(loss, bounds=(math.log(0.05), math.log(20)), method="bounded").x)


def mirror(logits, truth, first, second, coverage):
    first = first[order(len(first))]
    fit, other = first[:len(first) // 3], first[len(first) // 3:]
    found = temperature(logits[fit], truth[fit])
    scores = softmax(logits, found)
    best, top = scores.argmax(axis=1), scores.max(axis=1)
    rank = math.ceil((len(other) + 1) * Fraction(str(coverage)))
    wrong = np.sort(np.where(best[other] == truth[other], 0, top[other]))[rank - 1]
    of_set = np.sort(scores[other, truth[other]])[len(other) - rank]
    answered = top[second] > wrong if wrong > 0 else np.ones(len(second), dtype=bool)
    right = best[second] == truth[second]
    sets = scores[second] >= of_set
    sets[np.arange(len(second)), best[second]] = True
    return {
        "temperature": found, "notWrong": 1 - (answered & ~right).mean(), "share": answered.mean(),
        "accuracy": right[answered].mean() if answered.any() else float("nan"), "all": right.mean(),
        "coverage": sets[np.arange(len(second)), truth[second]].mean(), "size": sets.sum(axis=1).mean(),
    }


def run(*command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def by_the_tool(tool, model, rows, first, second, coverage, threads):
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        write(f"{folder}/first.jsonl", [rows[i] for i in first])
        write(f"{folder}/second.jsonl", [rows[i] for i in second])
        for more in ([], ["--sets"]):
            common = ["--quiet", "--json", "--threads", str(threads)]
            made = run(
                tool, "calibrate", model, "--dev", f"{folder}/first.jsonl", "--coverage", str(coverage), "-o",
                f"{folder}/m.adze", "--force", *more, *common)
            report = run(tool, "evaluate", f"{folder}/m.adze", f"{folder}/second.jsonl", *common)
            found["temperature"], found["all"] = made["temperature"], report["accuracy"]
            if more:
                found["coverage"], found["size"] = report["sets"]["coverage"], report["sets"]["meanSize"]
            else:
                answered = report["answered"]
                found["notWrong"], found["share"] = 1 - answered["wrongShare"], answered["share"]
                found["accuracy"] = answered["accuracy"] if answered["accuracy"] is not None else float("nan")
    return found


def measure(arguments):
    rows = read(arguments.held)
    logits = truth = None
    if arguments.mirror:
        command = [
            arguments.adze, "predict", arguments.model, "-i", str(arguments.held), "--json", "--quiet", "--no-abstain"]
        # A tool of before there were rules knows nothing of abstaining.
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            done = subprocess.run(command[:-1], check=True, capture_output=True, text=True)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        names = {name: index for index, name in enumerate(lines[0]["scores"])}
        logits, truth = np.array([line["logits"] for line in lines]), np.array([names[label] for _, label in rows])
    print(f"{len(rows)} rows, {arguments.splits} splits, {'mirror' if arguments.mirror else 'adze'}")
    for coverage in arguments.coverage:
        found = []
        for seed in range(arguments.splits):
            shuffled = np.random.default_rng(seed).permutation(len(rows))
            first, second = shuffled[:len(rows) // 2], shuffled[len(rows) // 2:]
            found.append(
                mirror(logits, truth, first, second, coverage) if arguments.mirror
                else by_the_tool(arguments.adze, arguments.model, rows, first, second, coverage, arguments.threads))
        text = ", ".join(
            f"{name} {np.nanmean(values):.4f} ({np.nanmin(values):.4f} to {np.nanmax(values):.4f})"
            for name in found[0] for values in [np.array([one[name] for one in found])])
        print(f"coverage {coverage}: {text}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    verbs = parser.add_subparsers(required=True)
    one = verbs.add_parser("split")
    one.add_argument("data", type=pathlib.Path, help="text and label as .csv or .tsv with a header, or .jsonl")
    one.add_argument("out", help="what the names of the two files begin with")
    one.set_defaults(run=split)
    two = verbs.add_parser("measure")
    two.add_argument("model")
    two.add_argument("held", type=pathlib.Path)
    two.add_argument("--adze", default="adze")
    two.add_argument("--splits", type=int, default=20)
    two.add_argument("--coverage", type=float, nargs="+", default=[0.9, 0.95, 0.98])
    two.add_argument("--threads", type=int, default=2)
    two.add_argument("--mirror", action="store_true", help="numpy on the logits of one run")
    two.set_defaults(run=measure)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
