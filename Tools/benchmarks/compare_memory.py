#!/usr/bin/env python3
# Compares peaks of resident memory over a set of texts. Times nothing.
"""python Tools/benchmarks/compare_memory.py [--cell ragged-short] [--every 8] [MODEL ...]

Every side is a new process that loads its int8 file and runs the whole set. The peak is the kernel's VmHWM of that
process; `ru_maxrss` would count what the process that started it held. A peer runs in batches of 8 and, in a process of
its own, of 32, and the smaller peak counts.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

from peer_process import PeerFailure, PeerProcess
from peers import FILES, missing
from workloads import model_folder, native_file, sequences, vocabulary_size


def ours(options, native, rows):
    command = [
        options.adze, "bench", str(native), "--sequences", str(rows), "--precision", options.precision, "--repeat", "1",
        "--threads", str(options.threads), "--json"]
    child = subprocess.run(command, capture_output=True, text=True)
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}: {child.stderr.strip()}")
    return json.loads(child.stdout)["peakMiB"]


def theirs(options, name, folder, rows, size):
    process = PeerProcess(name, options.precision, folder, options.threads)
    process.seconds(rows, size, 0)
    peak = process.ask(peak=True)["peak"]
    process.close()
    return peak


def main():
    parser = argparse.ArgumentParser(description="Peak memory, ours beside the peers'.")
    parser.add_argument("models", nargs="*", default=["bert-base"])
    parser.add_argument("--adze", default=".build/release/adze")
    parser.add_argument("--precision", choices=sorted(FILES), default="int8")
    parser.add_argument("--peers", default="onnxruntime,ctranslate2")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cell", default="ragged-short")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--work", default=".build/benchmarks")
    parser.add_argument("--native", default=".build/benchmarks/native")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    for model in options.models:
        folder = model_folder(model, options.work)
        native = native_file(options.adze, folder, options.native)
        record = {
            "model": folder.name, "precision": options.precision, "cell": options.cell, "threads": options.threads}
        with tempfile.TemporaryDirectory() as scratch:
            rows = pathlib.Path(scratch) / "rows.jsonl"
            lists = sequences(options.cell, vocabulary_size(folder), options.every)
            rows.write_text("".join(json.dumps(row) + "\n" for row in lists))
            record["adze"] = {"peakMiB": round(ours(options, native, rows), 1)}
            for name in options.peers.split(","):
                reason = missing(name, options.precision, folder)
                try:
                    peak = None if reason else min(theirs(options, name, folder, rows, size) for size in (8, 32))
                except PeerFailure as failure:
                    reason = str(failure)
                if reason:
                    print(f"skipped: {folder.name}, {name}: {reason}", file=sys.stderr)
                    continue
                share = record["adze"]["peakMiB"] / peak
                record[name] = {"peakMiB": round(peak, 1), "ours": round(share, 3)}
        if options.json:
            print(json.dumps(record), flush=True)
            continue
        for name in ["adze", *options.peers.split(",")]:
            if name in record:
                share = "" if name == "adze" else f"   ours is {record[name]['ours']:.2f} of it"
                print(f"{folder.name:<10} {options.cell:<12} {name:<14} {record[name]['peakMiB']:>8,.1f} MiB{share}")


if __name__ == "__main__":
    main()
