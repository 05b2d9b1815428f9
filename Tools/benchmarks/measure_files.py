#!/usr/bin/env python3
# Measures what Adze takes to handle a model's files: bytes of each store, and peak memory, wall and processor time of
# each verb. Speed of inference is not measured here: that is compare_inference.py.
"""python3 Tools/benchmarks/measure_files.py MODEL [--lines 10000,1000000]

Needs nothing but Python's library; README.md beside this file says what the columns mean.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

WORDS = "the oak beam was cut by a carpenter who shaped it with an adze and left good wood on bare ground".split()


def arguments():
    parser = argparse.ArgumentParser(description="Bytes, memory and seconds of Adze's verbs over a model's files.")
    parser.add_argument("model", help="a checkpoint, a model folder or an .adze file")
    parser.add_argument("--adze", default=".build/release/adze", help="our executable, built with -c release")
    parser.add_argument("--keep", default="first:3", help="what prune keeps")
    parser.add_argument("--convert-with", default="", help="more options of convert, as one string")
    parser.add_argument("--classifier", default="Tests/Fixtures/models/seqcls-gelu", help="what predicts the lines")
    parser.add_argument("--lines", default="10000,100000", help="how many lines are predicted, one run for each number")
    parser.add_argument("--json", action="store_true", help="one JSON line a row instead of the table")
    parsed = parser.parse_args()
    parsed.adze = os.path.abspath(parsed.adze)
    if not os.access(parsed.adze, os.X_OK):
        parser.error(f"{parsed.adze} is no program; run: swift build -c release --static-swift-stdlib --product adze")
    try:
        parsed.lines = [int(count) for count in parsed.lines.split(",") if count]
    except ValueError:
        parser.error("--lines takes numbers between commas")
    return parsed


def measured(command):
    """Runs a command to its end; its peak of resident memory in bytes, its wall and its processor seconds.

    A child's peak is never below that of this process, some 15 MB, which it is for an instant before it is Adze.
    """
    with tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        # The child is reaped: Popen must not wait for it again.
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
            raise SystemExit(f"{' '.join(command)}: exit code {child.returncode}: {said}")
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if os.uname().sysname == "Darwin" else 1024
    return {"peak": usage.ru_maxrss * unit, "wall": wall, "user": usage.ru_utime, "system": usage.ru_stime}


def size(path):
    """The bytes of a file, or of all files below a folder."""
    path = pathlib.Path(path)
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return sum(file.stat().st_size for file in files)


def write_lines(path, count):
    """Lines of 3 to 18 words, the same in every run."""
    with open(path, "w") as file:
        for line in range(count):
            first, length = line * 7 % len(WORDS), 3 + line * 5 % 16
            file.write(" ".join(WORDS[(first + word) % len(WORDS)] for word in range(length)) + f" {line}\n")


def packed_size(path):
    """The bytes of a file through `zstd -3`; None without the program."""
    if shutil.which("zstd") is None:
        return None
    with subprocess.Popen(["zstd", "-3", "-q", "-c", str(path)], stdout=subprocess.PIPE) as process:
        count = sum(len(chunk) for chunk in iter(lambda: process.stdout.read(1 << 20), b""))
    return count if process.returncode == 0 else None


def rows(options, folder):
    """Every measurement in turn: a dictionary of `name`, with `bytes` and those of `measured` where there are any."""
    adze = options.adze
    model = pathlib.Path(options.model)
    for weights in sorted(model.glob("*.safetensors")) if model.is_dir() else [model]:
        yield {"name": weights.name, "bytes": size(weights)}
        if (count := packed_size(weights)) is not None:
            yield {"name": f"{weights.name} through zstd -3", "bytes": count}
    for store in ("fp32", "int8", "full"):
        output = folder / f"{store}.adze"
        command = [adze, "convert", str(model), "-o", str(output), "--store", store, *options.convert_with.split()]
        yield {"name": f"convert --store {store}", **measured(command), "bytes": size(output)}
    full = str(folder / "full.adze")
    yield {"name": "verify", **measured([adze, "verify", full])}
    output = folder / "pruned.adze"
    command = [adze, "prune", full, "--keep", options.keep, "-o", str(output)]
    yield {"name": f"prune --keep {options.keep}", **measured(command), "bytes": size(output)}
    output = folder / "exported"
    command = [adze, "export", full, "-o", str(output), "--format", "safetensors"]
    yield {"name": "export", **measured(command), "bytes": size(output)}
    for count in options.lines:
        text = folder / "lines.txt"
        write_lines(text, count)
        yield {"name": f"predict, {count:,} lines", **measured([adze, "predict", options.classifier, "-i", str(text)])}


def table_line(row):
    cells = [f"{row['name']:<36}", f"{row['bytes']:>13,}" if "bytes" in row else " " * 13]
    if "peak" in row:
        cells += [f"{row['peak'] / (1 << 20):>9.0f}", f"{row['wall']:>8.2f}", f"{row['user'] + row['system']:>8.2f}"]
    return "  ".join(cells).rstrip()


def main():
    options = arguments()
    if not options.json:
        print(f"{'':<36}  {'bytes':>13}  {'peak MiB':>9}  {'wall s':>8}  {'cpu s':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for row in rows(options, pathlib.Path(folder)):
            print(json.dumps(row) if options.json else table_line(row), flush=True)


if __name__ == "__main__":
    main()
