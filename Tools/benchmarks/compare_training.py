#!/usr/bin/env python3
# Compares Adze's training steps with PyTorch + transformers' in one run, in turns, on the same token ids.
"""python Tools/benchmarks/compare_training.py [--bench PATH] [--mode full|topN|head] [MODEL ...]

Both sides take whole steps in fp32 with the dropout of the configuration (--no-dropout: without): forward, loss,
backward, clipping and AdamW, PyTorch's fused. README.md says more.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import numpy as np

import instructions
from workloads import CLS, FIRST_WORD, SEP, model_folder


def arguments():
    parser = argparse.ArgumentParser(description="Adze's training tokens per second beside PyTorch's, in one run.")
    parser.add_argument("models", nargs="*", default=["minilm"], help="a model folder, `minilm` or `bert-base`")
    parser.add_argument("--bench", default=".build/release/adze-trainbench", help="our program, built with -c release")
    parser.add_argument("--mode", default="full", help="full, topN (the last N blocks and the head) or head")
    parser.add_argument("--head", help="one of the source study's, as finetune --head has it; default: the pooler")
    parser.add_argument("--blocks", type=int, help="of --head: the first blocks of the model; default: all")
    parser.add_argument("--threads", type=int, default=2)
    instructions.add_argument(parser)
    parser.add_argument("--rounds", type=int, default=5, help="how often the sides take turns")
    parser.add_argument("--cells", default="16x128,ragged")
    parser.add_argument("--batches", type=int, default=1, help="batches of a cell; of `ragged`, 8 at most")
    parser.add_argument("--rounds-inside", type=int, default=1, help="how often a side runs the batches in its turn")
    parser.add_argument("--no-dropout", action="store_true")
    parser.add_argument("--no-optimizer", action="store_true", help="forward, loss and backward alone")
    parser.add_argument("--cached", action="store_true", help="our side as in a run's later epochs, of topN and head")
    parser.add_argument("--checkpoint", action="store_true", help="our side keeps the blocks' inputs alone")
    parser.add_argument("--work", default=".build/benchmarks", help="where models are made")
    parser.add_argument("--json", action="store_true", help="one JSON line a cell")
    parsed = parser.parse_args()
    if parsed.cached and parsed.mode == "full":
        parser.error("--cached is of frozen blocks: add --mode topN or head")
    if not os.access(parsed.bench, os.X_OK):
        parser.error(
            f"{parsed.bench} is no program; "
            "run: swift build -c release --static-swift-stdlib --product adze-trainbench"
        )
    return parsed


def batches_of(cell, vocabulary, count):
    """Lists of token-id lists: of `ragged`, texts of review length up to 256 tokens, neighbours in length together."""
    random = np.random.RandomState(7)
    if cell == "ragged":
        drawn = np.exp(np.random.RandomState(1234).normal(np.log(230.0), 0.55, 128))
        lengths = sorted(np.clip(np.rint(drawn), 32, 256).astype(int).tolist())
        groups = [lengths[i : i + 16] for i in range(0, 128, 16)]
        groups = groups[:: max(1, len(groups) // count)][:count]
    else:
        texts, length = map(int, cell.split("x"))
        groups = [[length] * texts] * count
    batches = []
    for group in groups:
        rows = [random.randint(FIRST_WORD, vocabulary - 10, length) for length in group]
        for row in rows:
            row[0], row[-1] = CLS, SEP
        batches.append([row.tolist() for row in rows])
    return batches


class Adze:
    """Our side, a child process a turn; it times its steps itself, after one that does not count."""

    def __init__(self, options, folder):
        self.options, self.folder, self.peak = options, folder, 0

    def seconds(self, batches):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.writelines(json.dumps(batch) + "\n" for batch in batches)
            file.flush()
            rounds = str(self.options.rounds_inside)
            command = [self.options.bench, str(self.folder), file.name, str(self.options.threads), rounds]
            flags = {
                "dropout": not self.options.no_dropout, "optimizer": not self.options.no_optimizer,
                "checkpoint": self.options.checkpoint, "cached": self.options.cached,
            }
            command += [self.options.mode, *(flag for flag, is_set in flags.items() if is_set)]
            child = subprocess.run(command, capture_output=True, text=True)
        if child.returncode != 0:
            raise SystemExit(f"{' '.join(command)} ended with {child.returncode}: {child.stderr.strip()}")
        report = json.loads(child.stdout)
        if report["tokens"] != self.options.rounds_inside * sum(len(row) for batch in batches for row in batch):
            raise SystemExit(f"our side ran {report['tokens']} tokens")
        self.peak = max(self.peak, report["peakMiB"])
        return sum(report["seconds"]) / self.options.rounds_inside


class Torch:
    """transformers on PyTorch, as a user would run it: sdpa attention, each batch padded to its longest text."""

    def __init__(self, options, folder):
        import torch
        from transformers import BertForSequenceClassification
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        torch.set_num_threads(options.threads)
        self.torch, self.options = torch, options
        if options.head:
            from study_model import FineTuned

            self.model = FineTuned(folder, options.head, options.blocks)
            self.folder = pathlib.Path(options.work) / "study"
            self.model.save(self.folder)
        else:
            self.model, self.folder = BertForSequenceClassification.from_pretrained(folder, dtype=torch.float32), folder
        self.model.train(not options.no_dropout)
        layers = self.model.bert.encoder.layer
        frozen = 0 if options.mode == "full" else len(layers)
        if options.mode.startswith("top"):
            frozen = len(layers) - int(options.mode[3:])
        if frozen:
            for module in [self.model.bert.embeddings, *layers[:frozen]]:
                module.requires_grad_(False)
        self.learning = [parameter for parameter in self.model.parameters() if parameter.requires_grad]
        self.optimizer = None if options.no_optimizer else torch.optim.AdamW(self.learning, lr=5e-5, fused=True)

    def tensors(self, batch):
        width = max(map(len, batch))
        ids, mask = np.zeros((len(batch), width), np.int64), np.zeros((len(batch), width), np.int64)
        for index, row in enumerate(batch):
            ids[index, : len(row)], mask[index, : len(row)] = row, 1
        labels = np.arange(len(batch)) % 2
        return {
            "input_ids": self.torch.from_numpy(ids), "attention_mask": self.torch.from_numpy(mask),
            "labels": self.torch.from_numpy(labels),
        }

    def seconds(self, batches):
        tensors = [self.tensors(batch) for batch in batches]
        self.step(tensors[0])
        start = time.perf_counter()
        for _ in range(self.options.rounds_inside):
            for batch in tensors:
                self.step(batch)
        return (time.perf_counter() - start) / self.options.rounds_inside

    def step(self, batch):
        result = self.model(**batch)
        (result if self.options.head else result.loss).backward()
        if self.optimizer:
            self.torch.nn.utils.clip_grad_norm_(self.learning, 1.0)
            self.optimizer.step()
        self.model.zero_grad(set_to_none=True)


def peak_of(process):
    """The largest resident set of a process, in MiB."""
    status = pathlib.Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def main():
    options = arguments()
    instructions.hold(options.isa)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: options.threads]))
    for model in options.models:
        folder = model_folder(model, options.work) / "hf"
        vocabulary = json.loads((pathlib.Path(folder) / "config.json").read_text())["vocab_size"]
        torch_side = Torch(options, folder)
        adze = Adze(options, torch_side.folder)
        for cell in options.cells.split(","):
            batches = batches_of(cell, vocabulary, options.batches)
            tokens = sum(len(row) for batch in batches for row in batch)
            pairs = [(adze.seconds(batches), torch_side.seconds(batches)) for _ in range(options.rounds)]
            ratios = sorted(theirs / ours for ours, theirs in pairs)
            record = {
                "model": pathlib.Path(model).name, "cell": cell, "mode": options.mode, "isa": options.isa,
                "tokens": tokens,
                "adze": tokens / statistics.median(ours for ours, _ in pairs),
                "torch": tokens / statistics.median(theirs for _, theirs in pairs),
                "ratio": statistics.median(ratios), "lowest": ratios[0], "highest": ratios[-1],
                "adzePeakMiB": adze.peak, "torchPeakMiB": peak_of(os.getpid()),
            }
            if options.json:
                print(json.dumps(record), flush=True)
            else:
                print(
                    "{model:10} {cell:8} {mode:5} {adze:7.0f} tokens/s, PyTorch {torch:7.0f}: {ratio:.2f} "
                    "({lowest:.2f}…{highest:.2f}); peak {adzePeakMiB:.0f} MiB, PyTorch {torchPeakMiB:.0f}"
                    .format(**record), flush=True)


if __name__ == "__main__":
    main()
