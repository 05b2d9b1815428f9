#!/usr/bin/env python3
# Trains shallow students of SST-2 with and without a teacher, and with texts that only the teacher answers.
"""python Tools/benchmarks/compare_teachers.py --data DATA [--base MODEL] [--blocks 1,2] [--seeds 42,43,44,45,46]

A teacher of all blocks is trained on --train rows with labels, its first blocks are kept (`adze prune`), and that student is
fine-tuned on the same rows: on the labels alone, on labels and teacher, and on these and --unlabelled other rows of the
training set without their labels. A student that meets more texts takes more steps; `labels-longer` is fine-tuned on the
labels alone for about as many. Every run has --epochs epochs, of which the last counts, so that no row of the
development set has chosen anything; the score is over GLUE's 872. Means over the seeds with their standard errors; a seed
is that of the rows, the teacher and the student alike.

A run is kept as NAME.json in --work and not made again; with --only some seeds or blocks are made now, and the table is of
what is there. Scores do not depend on the speed or the load of the machine. DATA is as score_tasks.py says.
"""

import argparse
import pathlib
import random

from kept_runs import KeptRuns, write_rows
from score_tasks import tsv

VARIANTS = ("labels", "labels-longer", "teacher", "teacher-unlabelled")


def arguments():
    parser = argparse.ArgumentParser(description="Students of SST-2 with and without a teacher.")
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--base", default="demo-output/model")
    parser.add_argument("--adze", default=".build/release/adze")
    parser.add_argument("--blocks", default="1,2")
    parser.add_argument("--seeds", default="42,43,44,45,46")
    parser.add_argument("--variants", default=",".join(VARIANTS))
    parser.add_argument("--train", type=int, default=2000)
    parser.add_argument("--unlabelled", type=int, default=20000)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--lr", default="2e-4")
    parser.add_argument("--head-lr", default="1e-3")
    parser.add_argument("--temperature", default="2")
    parser.add_argument("--teacher-weight", default="0.5")
    parser.add_argument("--threads", default="2")
    parser.add_argument("--work", default=".build/benchmarks/teachers", type=pathlib.Path)
    parser.add_argument("--table", action="store_true", help="Make no run; print the table of those that are there.")
    return parser.parse_args()


class Bench(KeptRuns):
    """The runs of one set of options."""

    def __init__(self, options):
        super().__init__(options)
        self.rows = tsv(options.data / "sst2/train.tsv", 1, 0, header=True)
        self.dev = options.work / "dev.jsonl"
        write_rows(self.dev, tsv(options.data / "sst2/dev.tsv", 1, 0, header=True))

    def split(self, seed):
        """Rows with labels and rows without, drawn by the seed; no text is in both."""
        rows = list({text.strip(): (text, label) for text, label in self.rows}.values())
        random.Random(seed).shuffle(rows)
        paths = [self.options.work / f"{part}-{seed}.jsonl" for part in ("train", "unlabelled")]
        write_rows(paths[0], rows[: self.options.train])
        write_rows(paths[1], rows[self.options.train :][: self.options.unlabelled], labelled=False)
        return paths

    def learn(self, name, model, train, seed, epochs, *more):
        options = self.options
        self.finetune(
            name, model, "--train", train, "--dev", self.dev, "--keep-last", "--metric", "accuracy", "--epochs", epochs,
            "--lr", options.lr, "--head-lr", options.head_lr, "--max-length", 64, "--seed", seed, *more)

    def run(self, seed):
        options = self.options
        train, unlabelled = self.split(seed)
        teacher = f"teacher-{seed}"
        self.learn(teacher, options.base, train, seed, options.epochs, "--new-head", "auto")
        big = self.model(teacher)
        longer = options.epochs * (options.train + options.unlabelled) // options.train
        for blocks in options.blocks.split(","):
            small = options.work / f"start-{blocks}-{seed}.adze"
            if not small.exists() and not options.table:
                self.adze("prune", big, "--keep", f"first:{blocks}", "-o", small)
            taught = ["--teacher", big, "--temperature", options.temperature, "--teacher-weight", options.teacher_weight]
            ways = {
                "labels": (options.epochs, []), "labels-longer": (longer, []), "teacher": (options.epochs, taught),
                "teacher-unlabelled": (options.epochs, taught + ["--unlabelled", unlabelled]),
            }
            for variant in options.variants.split(","):
                epochs, more = ways[variant]
                self.learn(f"{variant}-{blocks}-{seed}", small, train, seed, epochs, *more)

    def table(self):
        seeds = self.options.seeds.split(",")

        def cell(name):
            return self.cell([f"{name}-{seed}" for seed in seeds])

        print("| blocks | " + " | ".join(VARIANTS) + " |")
        print("|---" * (len(VARIANTS) + 1) + "|")
        for blocks in self.options.blocks.split(","):
            print(f"| {blocks} | " + " | ".join(cell(f"{variant}-{blocks}") for variant in VARIANTS) + " |")
        print(f"\nThe teacher, of all blocks, on the labels: {cell('teacher')}; in brackets the number of seeds.")


def main():
    options = arguments()
    bench = Bench(options)
    if not options.table:
        for seed in options.seeds.split(","):
            bench.run(int(seed))
    bench.table()


if __name__ == "__main__":
    main()
