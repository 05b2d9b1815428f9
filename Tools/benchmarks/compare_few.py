#!/usr/bin/env python3
# Learns classifiers from a few texts a label with `adze finetune --few`, with plain and augmented `adze finetune` and
# with PyPI's setfit, and compares what they answer and how long they take.
"""python Tools/benchmarks/compare_few.py --data DIR [--base MODEL] [--seeds 5] [--sides few,plain] [CELL ...]

A cell is TASK:TEXTS, such as sst2:8: so many texts of each label are drawn from the training rows of score_tasks.py,
the same for every side. All are scored on the task's dev rows, which nobody learns from or chooses by. Needs setfit
1.2.0 and sentence-transformers 6.2.0 beside torch and transformers in the versions of Tools/reference/requirements.txt.

    few        `adze finetune --few`, as it comes; answers in fp32 and in int8
    plain      `adze finetune --head mean:normalize`, 50 epochs at 5e-5, the last one counts
    augmented  the same with `--augment synonyms,delete,swap`, 10 epochs of the texts and their copies; needs --wordnet
    setfit     SetFit's defaults: CosineSimilarityLoss, 16 pairs a batch, one epoch, scikit-learn's LogisticRegression.
               Where there are more than 10,000 pairs, `max_steps` bounds them to as many

Seconds are those of a whole `adze` process, start and file included; of setfit those of `Trainer.train()`, and as
`process` those from its start to the saved model, imports and all. Scoring is in none. A run is kept as
TASK-TEXTS-SIDE-SEED.json in --work and not made again.
"""

import argparse
import json
import math
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

from score_tasks import TASKS, rows_of, written_split

SIDES = ["few", "plain", "augmented", "setfit"]
PAIRS, BATCH = 10_000, 16


def arguments():
    parser = argparse.ArgumentParser(description="Few-shot accuracy and seconds of Adze beside setfit.")
    parser.add_argument("cells", nargs="*", default=["sst2:8", "sst2:16", "sst2:64", "banking77:10"])
    parser.add_argument("--data", type=pathlib.Path, help="the data sets; score_tasks.py says how they lie")
    parser.add_argument("--base", default="demo-output/model", help="the folder of a sentence-transformers model")
    parser.add_argument("--adze", default=".build/release/adze")
    parser.add_argument("--wordnet", default="/usr/share/wordnet", help="the files of Debian's wordnet-base")
    parser.add_argument("--work", default=".build/benchmarks/few", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sides", default=",".join(SIDES))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="one JSON line a cell and side")
    parser.add_argument("--setfit-run", nargs=4, metavar=("TRAIN", "DEV", "SEED", "STEPS"), help=argparse.SUPPRESS)
    parsed = parser.parse_args()
    if parsed.setfit_run is None and parsed.data is None:
        parser.error("--data is where the data sets are")
    parsed.cells = [(task, int(count)) for task, _, count in (cell.partition(":") for cell in parsed.cells)]
    if unknown := {task for task, _ in parsed.cells} - set(TASKS):
        parser.error(f"{', '.join(sorted(unknown))}: no such task; there are {', '.join(TASKS)}")
    if unknown := set(parsed.sides.split(",")) - set(SIDES):
        parser.error(f"{', '.join(sorted(unknown))}: no such side; there are {', '.join(SIDES)}")
    return parsed


def drawn(path, count, seed):
    """So many rows of each label, in an order of their own."""
    shuffler, rows = random.Random(seed), []
    of_label = {}
    for row in rows_of(path):
        of_label.setdefault(row[1], []).append(row)
    for label in sorted(of_label):
        rows += shuffler.sample(of_label[label], count)
    shuffler.shuffle(rows)
    return rows


def written(rows, path):
    lines = (json.dumps({"text": text, "label": label}, ensure_ascii=False) + "\n" for text, label in rows)
    path.write_text("".join(lines), encoding="utf-8")
    return path


def run(command, **options):
    child = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {child.returncode}: {child.stderr.strip()}")
    return child.stdout


def accuracy(expected, answers):
    return sum(one == other for one, other in zip(expected, answers, strict=True)) / len(expected)


def adze(options, extra, train, dev, folder):
    out = folder / "model.adze"
    command = [options.adze, "finetune", options.base, "--new-head", "auto", "--train", train, "-o", out, *extra]
    start = time.perf_counter()
    run([*command, "--threads", options.threads, "--quiet"])
    seconds = time.perf_counter() - start
    labels, found = [label for _, label in rows_of(dev)], {"seconds": seconds}
    for precision in ("fp32", "int8"):
        lines = run([
            options.adze, "predict", out, "-i", dev, "--precision", precision, "--threads", options.threads, "--quiet",
        ]).splitlines()
        found[precision] = accuracy(labels, [line.split("\t")[0] for line in lines])
    return found


def side_few(options, train, dev, seed, folder):
    return adze(options, ["--few", "--seed", seed], train, dev, folder)


def side_plain(options, train, dev, seed, folder, epochs=50, more=()):
    # The last epoch counts, so that what is scored on meanwhile may be the training rows.
    recipe = ["--head", "mean:normalize", "--epochs", epochs, "--lr", "5e-5", "--keep-last", "--dev", train]
    return adze(options, [*recipe, *more, "--seed", seed], train, dev, folder)


def side_augmented(options, train, dev, seed, folder):
    more = ["--augment", "synonyms,delete,swap", "--wordnet", options.wordnet]
    return side_plain(options, train, dev, seed, folder, epochs=10, more=more)


def side_setfit(options, train, dev, seed, folder):
    """In a process of its own, whose threads are set before torch is there."""
    labels = [label for _, label in rows_of(train)]
    counts = [labels.count(label) for label in set(labels)]
    # SetFit pairs a text with itself, too.
    alike = sum(count * (count + 1) // 2 for count in counts)
    other = (sum(counts) ** 2 - sum(count**2 for count in counts)) // 2
    steps = PAIRS // BATCH if 2 * max(alike, other) > PAIRS else -1
    command = [sys.executable, __file__, "--base", options.base, "--threads", options.threads]
    environment = os.environ | {
        "OMP_NUM_THREADS": str(options.threads), "HF_HUB_OFFLINE": "1", "STARTED": str(time.time())}
    output = run([*command, "--setfit-run", train, dev, seed, steps], env=environment, cwd=folder)
    return json.loads(output.splitlines()[-1])


def setfit(options):
    """One run of setfit; prints what came out as the last line."""
    import torch
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    train, dev, seed, steps = options.setfit_run
    torch.set_num_threads(options.threads)
    rows, dev_rows = rows_of(train), rows_of(dev)
    names = sorted({label for _, label in rows})
    data = Dataset.from_dict({
        "text": [text for text, _ in rows], "label": [names.index(label) for _, label in rows],
    })
    model = SetFitModel.from_pretrained(options.base, device="cpu")
    settings = TrainingArguments(
        output_dir="runs", batch_size=BATCH, num_epochs=1, max_steps=int(steps), seed=int(seed), report_to="none",
        save_strategy="no", logging_strategy="no", show_progress_bar=False,
    )
    trainer = Trainer(model=model, args=settings, train_dataset=data)
    start = time.perf_counter()
    trainer.train()
    seconds = time.perf_counter() - start
    model.save_pretrained("saved")
    process = time.time() - float(os.environ["STARTED"])
    answers = model.predict([text for text, _ in dev_rows], as_numpy=True)
    found = accuracy([label for _, label in dev_rows], [names[int(answer)] for answer in answers])
    print(json.dumps({"seconds": seconds, "process": process, "fp32": found}))


def measured(options, task, count, side, seed):
    path = options.work / f"{task}-{count}-{side}-{seed}.json"
    if not path.exists():
        train, dev = written_split(task, options.data, options.work)
        few = written(drawn(train, count, seed), options.work / f"{task}-{count}-{seed}.jsonl")
        with tempfile.TemporaryDirectory(dir=options.work) as folder:
            result = globals()[f"side_{side}"](options, few, dev, seed, pathlib.Path(folder))
        path.write_text(json.dumps(result) + "\n", encoding="utf-8")
        print(f"{task}:{count} {side} seed {seed}: {json.dumps(result)}", file=sys.stderr)
    return json.loads(path.read_text(encoding="utf-8"))


def summary(values):
    mean = statistics.mean(values)
    return mean, statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan


def main():
    options = arguments()
    if options.setfit_run is not None:
        return setfit(options)
    options.work = options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    options.base, options.adze = (str(pathlib.Path(path).resolve()) for path in (options.base, options.adze))
    for task, count in options.cells:
        for side in options.sides.split(","):
            runs = [measured(options, task, count, side, seed) for seed in range(options.seeds)]
            line = {"task": task, "textsPerLabel": count, "side": side, "seeds": options.seeds}
            for key in ("fp32", "int8", "seconds", "process"):
                if all(key in run for run in runs):
                    line[key], line[key + "Error"] = summary([run[key] for run in runs])
            if options.json:
                print(json.dumps(line))
                continue
            shown = [f"{key} {line[key]:.4f} ± {line[key + 'Error']:.4f}" for key in ("fp32", "int8") if key in line]
            if "process" in line:
                shown.append(f"process {line['process']:.1f} ± {line['processError']:.1f} s")
            print(f"{task}:{count:<3} {side:9} {', '.join(shown)}, {line['seconds']:.1f} ± {line['secondsError']:.1f} s")


if __name__ == "__main__":
    main()
