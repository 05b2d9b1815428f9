#!/usr/bin/env python3
# Fine-tunes one model with Adze and with transformers on the same rows, several seeds each, and compares dev scores.
"""python Tools/benchmarks/compare_scores.py --data DIR [--base MODEL] [--seeds 1,2,3] [--sides adze,transformers] [TASK ...]

The recipe is one: AdamW, 5e-5 for body and head, decay 0.01 but for biases and LayerNorm, a tenth of warm-up and then
linear to nothing, clipping at 1, batches of 32 neighbours in length, 128 tokens, the model's dropout, the last epoch.
A run is kept as TASK-SIDE-SEED.json in --work and not made again, so that the two sides can run for hours, apart, and
at any time. README.md says more.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import time

from score_tasks import TASKS, rows_of, written_split

RATE, BATCH, LONGEST, DECAY, WARM_UP = 5e-5, 32, 128, 0.01, 0.1


def arguments():
    parser = argparse.ArgumentParser(description="Dev scores of Adze's fine-tuning beside transformers'.")
    parser.add_argument("tasks", nargs="*", default=list(TASKS), help="of " + ", ".join(TASKS))
    parser.add_argument("--data", required=True, type=pathlib.Path, help="the data sets; score_tasks.py says how they lie")
    parser.add_argument("--base", default="demo-output/model", help="the folder of the model to start from")
    parser.add_argument("--adze", default=".build/release/adze")
    parser.add_argument("--work", default=".build/benchmarks/scores", type=pathlib.Path)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--sides", default="adze,transformers", help="also adze-int8: --quantize-aware, by its int8 answers")
    parser.add_argument("--threads", type=int, default=2)
    parsed = parser.parse_args()
    unknown = set(parsed.tasks) - set(TASKS)
    if unknown:
        parser.error(f"{', '.join(sorted(unknown))}: no such task; there are {', '.join(TASKS)}")
    return parsed


def adze(options, task, seed, train, dev, extra=()):
    """A run of `adze finetune`, scored by what `adze predict` says of the file that came out."""
    out = options.work / f"{task}-{seed}{''.join(extra)}.adze"
    command = [options.adze, "finetune", options.base, "--new-head", "auto", "--train", train, "--dev", dev, "-o", out]
    command += ["--epochs", TASKS[task].epochs, "--lr", RATE, "--batch-size", BATCH, "--max-length", LONGEST, "--clip", 1]
    command += ["--warmup", WARM_UP, "--schedule", "linear", "--weight-decay", DECAY, "--metric", TASKS[task].metric]
    command += ["--keep-last", "--seed", seed, "--threads", options.threads, "--quiet", "--force", *extra]
    run(command)
    predicted = {precision: answers(options, out, dev, precision) for precision in ("fp32", "int8")}
    out.unlink()
    labels = [label for _, label in rows_of(dev)]
    equal = sum(one == other for one, other in zip(*predicted.values(), strict=True))
    return {precision: scores(labels, given) for precision, given in predicted.items()} | {"equal": equal / len(labels)}


def answers(options, model, dev, precision):
    command = [options.adze, "predict", model, "-i", dev, "--max-length", LONGEST, "--precision", precision]
    lines = run([*command, "--threads", options.threads, "--quiet"]).splitlines()
    return [line.split("\t")[0] for line in lines]


def run(command):
    child = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {child.returncode}: {child.stderr.strip()}")
    return child.stdout


def transformers(options, task, seed, train, dev):
    """The same recipe on PyTorch: dynamic padding, the optimizer fused, sdpa attention."""
    import random

    import numpy as np
    import torch
    from transformers import AutoTokenizer, BertForSequenceClassification, get_linear_schedule_with_warmup
    from transformers.utils import logging

    from training_batches import encoded, neighbours, tensors

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(options.threads)
    torch.manual_seed(seed)
    rows = {part: rows_of(path) for part, path in (("train", train), ("dev", dev))}
    names = sorted({label for _, label in rows["train"]})
    tokenizer = AutoTokenizer.from_pretrained(options.base)
    model = BertForSequenceClassification.from_pretrained(options.base, num_labels=len(names))

    examples, unseen = (encoded(tokenizer, rows[part], names, LONGEST) for part in ("train", "dev"))
    plain = ("bias", "LayerNorm.weight")
    groups = [
        {"params": [p for name, p in model.named_parameters() if name.endswith(plain) == bare], "weight_decay": decay}
        for bare, decay in ((False, DECAY), (True, 0.0))
    ]
    optimizer = torch.optim.AdamW(groups, lr=RATE, fused=True)
    steps = TASKS[task].epochs * math.ceil(len(examples) / BATCH)
    schedule = get_linear_schedule_with_warmup(optimizer, int(steps * WARM_UP), steps)
    shuffler = random.Random(seed)
    model.train()
    for _ in range(TASKS[task].epochs):
        for batch in neighbours(examples, shuffler, BATCH):
            inputs, labels = tensors(batch)
            model(**inputs, labels=labels).loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
    model.eval()
    predicted = np.zeros(len(unseen), np.int64)
    order = sorted(range(len(unseen)), key=lambda index: len(unseen[index][0]))
    with torch.inference_mode():
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            predicted[chosen] = model(**tensors([unseen[index] for index in chosen])[0]).logits.argmax(1).numpy()
    return {"fp32": scores([label for _, label in unseen], predicted)}


def scores(labels, predicted):
    from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

    return {
        "accuracy": float(accuracy_score(labels, predicted)),
        "macro-f1": float(f1_score(labels, predicted, average="macro")),
        "mcc": float(matthews_corrcoef(labels, predicted)),
    }


def result(options, task, side, seed):
    """The scores of a run by precision: those of an earlier one where its file is there."""
    file = options.work / f"{task}-{side}-{seed}.json"
    if not file.exists():
        train, dev = written_split(task, options.data, options.work)
        started = time.monotonic()
        if side == "transformers":
            scored = transformers(options, task, seed, train, dev)
        else:
            scored = adze(options, task, seed, train, dev, ["--quantize-aware"] if side == "adze-int8" else [])
        record = {"task": task, "side": side, "seed": seed, "seconds": round(time.monotonic() - started), "scores": scored}
        file.write_text(json.dumps(record) + "\n")
        print(json.dumps(record), file=sys.stderr, flush=True)
    return json.loads(file.read_text())["scores"]


def standard_error(values):
    """Of the mean, in words; a single run has none."""
    return f" ± {statistics.stdev(values) / math.sqrt(len(values)):.4f}" if len(values) > 1 else " (1 seed)"


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    for task in options.tasks:
        metric, line, theirs = TASKS[task].metric, f"{task:10} {TASKS[task].metric:9}", None
        for side in sorted(options.sides.split(","), reverse=True):
            precision = "int8" if side == "adze-int8" else "fp32"
            runs = [result(options, task, side, int(seed)) for seed in options.seeds.split(",")]
            values = [run[precision][metric] for run in runs]
            mean = statistics.mean(values)
            line += f" {side} {mean:.4f}{standard_error(values)}"
            if side == "transformers":
                theirs = mean
                continue
            if theirs is not None:
                line += f" ({mean - theirs:+.4f})"
            line += f", int8 equal {100 * statistics.mean(run['equal'] for run in runs):.2f} %"
        print(line, flush=True)


if __name__ == "__main__":
    main()
