#!/usr/bin/env python3
# Compares the time from a process's start to its first label: ours, and a Python program's of a peer.
"""python Tools/benchmarks/compare_start.py [--peers onnxruntime,torch] [MODEL ...]

A peer's program imports, loads its tokenizer and its int8 file, labels one text and prints the label: its imports
count, as its user waits for them. The clock stops when the line arrives; what ending takes does not count. In turns;
the first turn fills the page cache and does not count.
"""

import sys

TEXT = "A short text to classify, the first one of many."


def child(name, folder, threads):
    """The peer's program. Nothing is imported here that its user would not import."""
    import pathlib

    import numpy
    import peers
    from tokenizers import Tokenizer

    folder = pathlib.Path(folder)
    peer = peers.load(name, "int8", folder, int(threads))
    ids = numpy.array([Tokenizer.from_file(str(folder / "hf" / "tokenizer.json")).encode(TEXT).ids], numpy.int64)
    print(int(numpy.argmax(peer.run(peer.prepare(ids, numpy.ones_like(ids))))), flush=True)


def first_line(command):
    """Seconds until a command's first line of output."""
    import subprocess
    import time

    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        seconds = time.perf_counter() - start
        process.stdout.read()
        errors = process.stderr.read()
    if process.returncode != 0 or not line:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}: {errors.strip()[-300:]}")
    return seconds


def arguments():
    import argparse

    parser = argparse.ArgumentParser(description="Process start to first label, ours beside a peer's.")
    parser.add_argument("models", nargs="*", default=["minilm", "bert-base"])
    parser.add_argument("--adze", default=".build/release/adze")
    parser.add_argument("--peers", default="onnxruntime")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--work", default=".build/benchmarks")
    parser.add_argument("--native", default=".build/benchmarks/native")
    parser.add_argument("--json", action="store_true")
    parsed = parser.parse_args()
    if parsed.rounds < 5:
        parser.error("--rounds must be 5 at least: fewer say nothing")
    return parsed


def main():
    options = arguments()
    import json
    import statistics

    from peers import missing
    from ratios import spread
    from workloads import model_folder, native_file

    threads = str(options.threads)
    for model in options.models:
        folder = model_folder(model, options.work)
        native = str(native_file(options.adze, folder, options.native))
        commands = {
            "adze": [options.adze, "predict", native, TEXT, "--precision", "int8", "--threads", threads, "--quiet"]}
        for name in options.peers.split(","):
            reason = missing(name, "int8", folder)
            if reason:
                print(f"skipped: {folder.name}, {name}: {reason}", file=sys.stderr)
                continue
            commands[name] = [sys.executable, __file__, "--child", name, str(folder), threads]
        taken = {name: [] for name in commands}
        for turn in range(options.rounds + 1):
            for name, command in commands.items():
                seconds = first_line(command)
                if turn > 0:
                    taken[name].append(seconds)
        record = {"model": folder.name, "threads": options.threads, "rounds": options.rounds}
        for name, seconds in taken.items():
            record[name] = {"milliseconds": round(statistics.median(seconds) * 1000, 1)}
            record[name] |= {} if name == "adze" else spread(taken["adze"], seconds)
        if options.json:
            print(json.dumps(record), flush=True)
            continue
        for name in commands:
            entry = record[name]
            ratio = ""
            if name != "adze":
                ratio = f"   {entry['ratio']:.1f} times ({entry['lowest']:.1f}…{entry['highest']:.1f})"
            print(f"{folder.name:<10} {name:<14} {entry['milliseconds']:>8,.1f} ms{ratio}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main()
