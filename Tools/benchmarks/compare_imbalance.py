#!/usr/bin/env python3
# Trains classifiers on labels of very different numbers, plain, with weights and with the focal loss.
"""python Tools/benchmarks/compare_imbalance.py --data DATA [--base MODEL] [--seeds 42,43,44,45,46] [TASK ...]

    sms          the SMS Spam Collection, of which 13 in 100 messages are spam: a fifth is scored, 1,500 others are learnt
    sms-rare     the same with a tenth of that spam among the 1,500: 1 in 100
    banking77    60 rows of one label down to 4 of another, evenly on a logarithmic scale, over an order that the seed
                 shuffles; the scored rows, a fifth of each label, are as many as they are

Each is learnt plain, with `--class-weights balanced`, with `--focal 2`, and with both. A fixed number of epochs is run, of
which the last counts, so that no scored row has chosen anything. Means over the seeds with their standard errors; the rare
labels are spam, and the third of banking77's labels that kept the fewest rows. SMS texts that stand twice count once.

A run is kept as NAME.json in --work and not made again. Scores do not depend on the speed or the load of the machine. DATA
is as score_tasks.py says, and sms_spam/sms.tsv: label, text.
"""

import argparse
import json
import pathlib
import random
import statistics

from kept_runs import KeptRuns, cell, write_rows
from score_tasks import banking77, tsv

WAYS = {
    "plain": [], "balanced": ["--class-weights", "balanced"], "focal": ["--focal", 2],
    "balanced-focal": ["--class-weights", "balanced", "--focal", 2],
}
# Epochs.
TASKS = {"sms": 3, "sms-rare": 3, "banking77": 15}
MOST, FEWEST, MESSAGES = 60, 4, 1500


def arguments():
    parser = argparse.ArgumentParser(description="Rare labels, plain, weighted and by the focal loss.")
    parser.add_argument("tasks", nargs="*", default=list(TASKS), metavar="TASK")
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--base", default="demo-output/model")
    parser.add_argument("--blocks", type=int, default=2, help="The model's first blocks, which are kept.")
    parser.add_argument("--adze", default=".build/release/adze")
    parser.add_argument("--seeds", default="42,43,44,45,46")
    parser.add_argument("--lr", default="2e-4")
    parser.add_argument("--head-lr", default="1e-3")
    parser.add_argument("--threads", default="2")
    parser.add_argument("--work", default=".build/benchmarks/imbalance", type=pathlib.Path)
    parser.add_argument("--table", action="store_true", help="Make no run; print the table of those that are there.")
    parsed = parser.parse_args()
    if unknown := set(parsed.tasks) - set(TASKS):
        parser.error(f"{', '.join(sorted(unknown))}: no such task; there are {', '.join(TASKS)}")
    return parsed


def of_labels(rows):
    found = {}
    for row in rows:
        found.setdefault(row[1], []).append(row)
    return found


def sms(data, seed, is_rare):
    """Rows to learn, rows to score, and the rare labels."""
    rows = list({text: (text, label) for text, label in tsv(data / "sms_spam/sms.tsv", 1, 0, header=False)}.values())
    shuffler = random.Random(seed)
    shuffler.shuffle(rows)
    test, left = [], {}
    for label, group in of_labels(rows).items():
        held = len(group) // 5
        test += group[:held]
        left[label] = group[held:]
    spam = MESSAGES * len(left["spam"]) // sum(map(len, left.values())) // (10 if is_rare else 1)
    train = left["spam"][:spam] + left["ham"][: MESSAGES - spam]
    shuffler.shuffle(train)
    return train, test, ["spam"]


def thinned(data, seed):
    train, test = banking77(data)
    shuffler = random.Random(seed)
    groups = of_labels(train)
    order = sorted(groups)
    shuffler.shuffle(order)
    kept = []
    for rank, label in enumerate(order):
        count = round(MOST * (FEWEST / MOST) ** (rank / (len(order) - 1)))
        shuffler.shuffle(groups[label])
        kept += groups[label][:count]
    shuffler.shuffle(kept)
    return kept, test, order[-(len(order) // 3) :]


class Bench(KeptRuns):
    def rows(self, task, seed):
        if task == "banking77":
            return thinned(self.options.data, seed)
        return sms(self.options.data, seed, task == "sms-rare")

    def run(self, task, way, seed):
        options, name = self.options, f"{task}-{way}-{seed}"
        if self.report(name + "-scores"):
            return
        train, test, rare = self.rows(task, seed)
        paths = [write_rows(options.work / f"{task}-{seed}-{part}.jsonl", rows) for part, rows in
                 (("train", train), ("test", test))]
        start = options.work / f"start-{options.blocks}.adze"
        if not start.exists():
            self.adze("prune", options.base, "--keep", f"first:{options.blocks}", "-o", start)
        self.finetune(
            name, start, "--train", paths[0], "--dev", paths[1], "--keep-last", "--metric", "macro-f1", "--epochs",
            TASKS[task], "--lr", options.lr, "--head-lr", options.head_lr, "--max-length", 64, "--seed", seed,
            "--new-head", "auto", *WAYS[way])
        scores = json.loads(self.adze("evaluate", self.model(name), paths[1], "--precision", "fp32", "--json"))
        scores["rare"] = rare
        (options.work / f"{name}-scores.json").write_text(json.dumps(scores))
        self.model(name).unlink()

    def table(self):
        for task in self.options.tasks:
            print(f"\n{task}\n\n| | accuracy | macro-F1 | recall of the rare labels | their precision |\n|---|---|---|---|---|")
            for way in WAYS:
                names = [f"{task}-{way}-{seed}-scores" for seed in self.options.seeds.split(",")]
                reports = [report for report in map(self.report, names) if report]

                def of_rare(report, what):
                    labels = {label["label"]: label for label in report["labels"]}
                    return statistics.mean(labels[label][what] for label in report["rare"])

                cells = [
                    cell([report["accuracy"] for report in reports]), cell([report["macroF1"] for report in reports]),
                    cell([of_rare(report, "recall") for report in reports]),
                    cell([of_rare(report, "precision") for report in reports]),
                ]
                print(f"| {way} | " + " | ".join(cells) + " |")


def main():
    options = arguments()
    bench = Bench(options)
    if not options.table:
        for seed in options.seeds.split(","):
            for task in options.tasks:
                for way in WAYS:
                    bench.run(task, way, int(seed))
    bench.table()


if __name__ == "__main__":
    main()
