#!/usr/bin/env python3
# Compares Adze's inference with ONNX Runtime, CTranslate2, OpenVINO and PyTorch in one run, in turns, on the same ids.
"""python Tools/benchmarks/compare_inference.py [--precisions int8,fp32] [--threads 1,2] [--isa avx2] [--cells ...]
        [MODEL ...]

README.md beside this file says what is measured and how each side is called.
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import instructions
import ratios
from peer_process import PeerFailure, PeerProcess
from peers import FILES, family, missing
from workloads import CELLS, model_folder, native_file, sequences, vocabulary_size

# A thread pool that waits by spinning is still busy for a while after its call; the next side waits for it to sleep.
REST = 0.25


def arguments():
    parser = argparse.ArgumentParser(description="Adze's speed beside its peers', in one run, in turns.")
    parser.add_argument("models", nargs="*", default=["minilm"], help="a name of workloads.py or a transformers model")
    parser.add_argument("--adze", default=".build/release/adze", help="our executable, built with -c release")
    parser.add_argument("--precisions", default="int8", help="int8,fp32")
    parser.add_argument("--threads", default="2", help="1,2; one thread is held to one processor")
    parser.add_argument("--cells", default=",".join(CELLS))
    parser.add_argument("--peers", default="onnxruntime,ctranslate2,openvino,openvino-static,torch")
    instructions.add_argument(parser)
    parser.add_argument("--own-fp32", action="store_true", help="beside int8, our own fp32 as one more side")
    parser.add_argument("--rounds", type=int, default=5, help="how often the sides take turns; 5 at least")
    parser.add_argument("--budget", type=float, default=0.5, help="seconds a side fills with runs at each turn")
    parser.add_argument("--every", type=int, default=1, help="of the ragged cells, every so-manieth text")
    parser.add_argument("--work", default=".build/benchmarks", help="where models and the peers' files are")
    parser.add_argument("--native", default=".build/benchmarks/native", help="where our .adze files are kept")
    parser.add_argument("--json", action="store_true", help="one JSON line a cell instead of the table")
    parsed = parser.parse_args()
    for name, kind in (("precisions", str), ("threads", int), ("cells", str), ("peers", str)):
        setattr(parsed, name, [kind(part) for part in getattr(parsed, name).split(",")])
    known = {name for names in FILES.values() for name in names}
    if parsed.rounds < 5:
        parser.error("--rounds must be 5 at least: fewer say nothing")
    if not set(parsed.precisions) <= set(FILES):
        parser.error("--precisions: int8, fp32 or both")
    if not set(parsed.peers) <= known:
        parser.error(f"--peers: of {', '.join(sorted(known))}")
    if max(parsed.threads) > len(os.sched_getaffinity(0)) or min(parsed.threads) < 1:
        parser.error(f"--threads: 1 to {len(os.sched_getaffinity(0))} here")
    if not os.access(parsed.adze, os.X_OK):
        parser.error(f"{parsed.adze} is no program; run: swift build -c release --static-swift-stdlib --product adze")
    return parsed


class Adze:
    """Our side, a child process a turn; it times itself, without its start and without tokenizing."""

    def __init__(self, program, file, precision, threads):
        self.command = [
            program, "bench", str(file), "--json", "--precision", precision, "--threads", str(threads)]
        self.taken = {}

    def seconds(self, rows, budget):
        """The median seconds of one run over the rows, of as many as fill the budget by what one took before."""
        count = max(3, min(1000, math.ceil(budget / self.taken[rows]))) if rows in self.taken else 1
        command = self.command + ["--sequences", str(rows), "--repeat", str(count)]
        child = subprocess.run(command, capture_output=True, text=True)
        if child.returncode != 0:
            raise SystemExit(f"{' '.join(command)} ended with {child.returncode}: {child.stderr.strip()}")
        self.taken[rows] = json.loads(child.stdout)["seconds"]
        return self.taken[rows]


def sizes(cell, texts, workers):
    """The batch sizes that a peer may choose from."""
    if cell.startswith("ragged"):
        return [8, 32]
    return sorted({max(1, texts // workers), min(8, max(1, texts // workers))})


def start(options, precision, threads, folder):
    """Every peer that can take part, in each split of the threads: {(name, workers): process}."""
    processes = {}
    for name in options.peers:
        if name not in FILES[precision] and any(name in names for names in FILES.values()):
            continue
        reason = missing(name, precision, folder) or instructions.cannot_be_held(family(name), options.isa)
        for workers in [] if reason else [1] if threads == 1 else [1, threads]:
            try:
                processes[name, workers] = PeerProcess(name, precision, folder, threads // workers, workers)
            except PeerFailure as failure:
                reason = str(failure)
        if reason:
            print(f"skipped: {folder.name}, {name} {precision}: {reason}", file=sys.stderr, flush=True)
    return processes


def choose(processes, cell, rows, texts):
    """Of each peer the split and batch size that suit it best, by one run of each: {name: (workers, size)}."""
    chosen = {}
    for (name, workers), process in processes.items():
        for size in sizes(cell, texts, workers):
            time.sleep(REST)
            taken = process.seconds(rows, size, 0.1)
            if name not in chosen or taken < chosen[name][0]:
                chosen[name] = (taken, workers, size)
    return {name: choice[1:] for name, choice in chosen.items()}


def compare(options, sides, rows, cell, texts, processes):
    """Seconds of each round, {side: list}, and what each peer chose."""
    chosen = choose(processes, cell, rows, texts)
    for side in sides.values():
        side.seconds(rows, options.budget)
    turns = {name: (lambda side=side: side.seconds(rows, options.budget)) for name, side in sides.items()}
    for name, (workers, size) in chosen.items():
        process = processes[name, workers]
        turns[name] = lambda process=process, size=size: process.seconds(rows, size, options.budget)
    taken = {name: [] for name in turns}
    for number in range(options.rounds):
        for name in list(turns) if number % 2 == 0 else reversed(turns):
            time.sleep(REST)
            taken[name].append(turns[name]())
    return taken, chosen


def measure(options, model, precision, threads, show):
    """Every cell of one model at one precision and number of threads."""
    folder = model_folder(model, options.work)
    native = native_file(options.adze, folder, options.native)
    sides = {"adze": Adze(options.adze, native, precision, threads)}
    if options.own_fp32 and precision == "int8":
        sides["adze-fp32"] = Adze(options.adze, native, "fp32", threads)
    with contextlib.ExitStack() as stack:
        scratch = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        processes = start(options, precision, threads, folder)
        for process in processes.values():
            stack.callback(process.close)
        for cell in options.cells:
            lists = sequences(cell, vocabulary_size(folder), options.every)
            rows = scratch / f"{cell}.jsonl"
            rows.write_text("".join(json.dumps(row) + "\n" for row in lists))
            taken, chosen = compare(options, sides, rows, cell, len(lists), processes)
            show({
                "model": folder.name, "precision": precision, "threads": threads, "cell": cell,
                "isa": options.isa, "rounds": options.rounds, "texts": len(lists), "tokens": sum(map(len, lists)),
                **ratios.summary(lists, taken, chosen, threads)})


def main():
    options = arguments()
    instructions.hold(options.isa)
    processors = sorted(os.sched_getaffinity(0))
    show = (lambda record: print(json.dumps(record), flush=True)) if options.json else ratios.Table().show
    for threads in options.threads:
        # Every child inherits it, the converter too: only our own bookkeeping runs beside what is timed.
        os.sched_setaffinity(0, processors[:threads])
        for precision in options.precisions:
            for model in options.models:
                measure(options, model, precision, threads, show)


if __name__ == "__main__":
    main()
