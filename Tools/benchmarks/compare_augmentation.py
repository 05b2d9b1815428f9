#!/usr/bin/env python3
# Trains MiniLM on very few labels of SST-2 and banking77, plain and with each way of augmenting them.
"""python Tools/benchmarks/compare_augmentation.py --data DATA --wordnet DIR [--base MODEL] [--seeds 42,43,44,45,46]

Of each label so many rows are drawn by the seed, and the model learns them: as they are; as they are for about as many
steps as the copies cost (`plain-longer`); and with copies by each step of `--augment`, as many as EDA recommends. Every run
has a fixed number of epochs, of which the last counts, so that no row of what is scored has chosen anything. Scored are
GLUE's 872 rows of SST-2, and the 1,970 rows of banking77 that score_tasks.py holds out. Means of the accuracy over the
seeds with their standard errors.

A run is kept as NAME.json in --work and not made again; with --only some tasks, --variants or --seeds are made now, and
the table is of what is there. Scores do not depend on the speed or the load of the machine. DATA is as score_tasks.py says.
"""

import argparse
import pathlib
import random

from kept_runs import KeptRuns, write_rows
from score_tasks import banking77, tsv

VARIANTS = {
    "plain": None, "plain-longer": None, "synonyms": "synonyms", "delete": "delete", "swap": "swap",
    "together": "synonyms,delete,swap",
}
# Rows of a label, epochs.
TASKS = {"sst2-8": (8, 20), "sst2-16": (16, 20), "sst2-64": (64, 20), "banking77-10": (10, 20)}


def arguments():
    parser = argparse.ArgumentParser(description="MiniLM on few labels, with and without augmentation.")
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--wordnet", default="/usr/share/wordnet")
    parser.add_argument("--base", default="demo-output/model")
    parser.add_argument("--adze", default=".build/release/adze")
    parser.add_argument("--only", default=",".join(TASKS), help="Some of the tasks.")
    parser.add_argument("--variants", default=",".join(VARIANTS))
    parser.add_argument("--seeds", default="42,43,44,45,46")
    parser.add_argument("--copies", type=int, help="Copies a text; default: EDA's.")
    parser.add_argument("--epochs", type=int, help="Epochs of every run; default: the task's.")
    parser.add_argument("--lr", default="1e-4")
    parser.add_argument("--head-lr", default="1e-3")
    parser.add_argument("--threads", default="2")
    parser.add_argument("--work", default=".build/benchmarks/augmentation", type=pathlib.Path)
    parser.add_argument("--table", action="store_true", help="Make no run; print the table of those that are there.")
    return parser.parse_args()


class Bench(KeptRuns):
    """The runs of one set of options."""

    def __init__(self, options):
        super().__init__(options)
        sst2 = [tsv(options.data / f"sst2/{part}.tsv", 1, 0, header=True) for part in ("train", "dev")]
        self.sets = {"sst2": sst2, "banking77": banking77(options.data)}

    def rows(self, task, seed):
        """So many rows of each label, drawn by the seed, and those that are scored."""
        train, dev = self.sets[task.split("-")[0]]
        held = {text.strip() for text, _ in dev}
        # Each text once, and none that is scored.
        shuffled = list({text.strip(): (text, label) for text, label in train if text.strip() not in held}.values())
        random.Random(seed).shuffle(shuffled)
        kept, counts = [], {}
        for text, label in shuffled:
            if counts.get(label, 0) < TASKS[task][0]:
                counts[label] = counts.get(label, 0) + 1
                kept.append((text, label))
        names = [f"{task}-{seed}", f"{task}-watched", f"{task}-dev"]
        parts = [kept, [next(row for row in dev if row[1] == label) for label in sorted(counts)], dev]
        return [write_rows(self.options.work / f"{name}.jsonl", part) for name, part in zip(names, parts)], len(kept)

    def run(self, task, variant, seed):
        """The report of a run's scores."""
        options = self.options
        (train, watched, dev), count = self.rows(task, seed)
        # EDA's numbers, as `adze help augment` has them.
        copies = options.copies or (16 if count <= 500 else 8 if count <= 2000 else 4)
        epochs = options.epochs or TASKS[task][1]
        more = []
        if VARIANTS[variant]:
            more = ["--augment", VARIANTS[variant], "--augment-copies", copies, "--wordnet", options.wordnet]
        if variant == "plain-longer":
            epochs *= 1 + copies
        model = self.model(f"{task}-{variant}-{seed}")
        # Scored once at the end: hundreds of short epochs would take less than their scores. A row a label is watched.
        self.adze(
            "finetune", options.base, "--train", train, "--dev", watched, "--keep-last", "--epochs", epochs, "--lr",
            options.lr, "--head-lr", options.head_lr, "--max-length", 64, "--seed", seed, "--new-head", "auto", "-o", model,
            "--force", "--threads", options.threads, *more)
        report = self.adze(
            "evaluate", model, dev, "--json", "--precision", "fp32", "--max-length", 64, "--threads", options.threads)
        model.unlink()
        return report

    def table(self):
        tasks, variants = self.options.only.split(","), self.options.variants.split(",")
        print("| | " + " | ".join(tasks) + " |")
        print("|---" * (len(tasks) + 1) + "|")
        seeds = self.options.seeds.split(",")
        for variant in variants:
            cells = (
                self.cell([f"{task}-{variant}-{seed}" for seed in seeds], lambda report: report["accuracy"])
                for task in tasks)
            print(f"| {variant} | " + " | ".join(cells) + " |")
        print("\nAccuracy of the last epoch; in brackets the number of seeds.")


def main():
    options = arguments()
    bench = Bench(options)
    for seed in options.seeds.split(","):
        for task in options.only.split(","):
            for variant in options.variants.split(","):
                bench.made(f"{task}-{variant}-{seed}", lambda: bench.run(task, variant, int(seed)))
    bench.table()


if __name__ == "__main__":
    main()
