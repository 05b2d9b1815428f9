#!/usr/bin/env python3
# Compares Adze's tokenizer with PyPI's `tokenizers` in one run, in turns, on the same texts, one thread each.
"""python Tools/benchmarks/compare_tokenizer.py MODEL TEXTS [TEXTS ...] [--adze PATH]

MODEL has a tokenizer.json. TEXTS are lines (.txt), a column `text` or `sentence` (.tsv, .csv), or JSON lines with `text`
(.jsonl); .gz is unpacked. README.md beside this file says what is measured.
"""

import argparse
import csv
import gzip
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
import zlib


def arguments():
    parser = argparse.ArgumentParser(description="Adze's tokenizer beside PyPI's tokenizers, in one run.")
    parser.add_argument("model", help="a folder with tokenizer.json, or the file")
    parser.add_argument("texts", nargs="+", help="files of texts")
    parser.add_argument("--adze", default=".build/release/adze", help="our executable, built with -c release")
    parser.add_argument("--rounds", type=int, default=5, help="how often the sides take turns; 5 at least")
    parser.add_argument("--limit", type=int, default=20_000_000, help="bytes of each file's texts that are used")
    parser.add_argument("--json", action="store_true", help="one JSON line a file instead of the table")
    parsed = parser.parse_args()
    if parsed.rounds < 5:
        parser.error("--rounds must be 5 at least: fewer say nothing")
    if not os.access(parsed.adze, os.X_OK):
        parser.error(f"{parsed.adze} is no program; run: swift build -c release --static-swift-stdlib --product adze")
    return parsed


def read(path):
    """All texts of a file; each becomes one line, as our side reads lines."""
    opened = gzip.open if path.endswith(".gz") else open
    kind = pathlib.Path(path.removesuffix(".gz")).suffix
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        if kind == ".jsonl":
            texts = [json.loads(line)["text"] for line in file if line.strip()]
        elif kind in (".csv", ".tsv"):
            quoting = csv.QUOTE_MINIMAL if kind == ".csv" else csv.QUOTE_NONE
            rows = list(csv.reader(file, delimiter="," if kind == ".csv" else "\t", quoting=quoting))
            column = next(rows[0].index(name) for name in ("text", "sentence") if name in rows[0])
            texts = [row[column] for row in rows[1:]]
        else:
            texts = file.read().split("\n")
    return [text.replace("\n", " ").replace("\r", " ") for text in texts if text]


def first_bytes(texts, limit):
    kept, size = [], 0
    for text in texts:
        size += len(text.encode())
        if size > limit and kept:
            break
        kept.append(text)
    return kept


def timed(run):
    """The seconds of one run after one that does not count."""
    run()
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


class Adze:
    """Our side, a child process; it times itself, without its start and without reading."""

    def __init__(self, program, model, file):
        self.command = [program, "tokenize", str(model), "-i", file, "--bench", "--repeat", "1", "--json", "--quiet"]

    def report(self):
        child = subprocess.run(self.command, capture_output=True, text=True)
        if child.returncode != 0:
            raise SystemExit(f"{' '.join(self.command)} ended with {child.returncode}: {child.stderr.strip()}")
        return json.loads(child.stdout)


def compare(options, model, path):
    import numpy as np
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    texts = first_bytes(read(path), options.limit)
    size = sum(len(text.encode()) for text in texts)
    ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(texts)]
    checksum = zlib.crc32(np.concatenate([np.asarray(row, "<i4") for row in ids]).tobytes())
    expected = {"texts": len(texts), "tokens": sum(map(len, ids)), "bytes": size, "idsCRC32": checksum}
    ours, theirs = [], []
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8", newline="") as file:
        file.writelines(text + "\n" for text in texts)
        file.flush()
        adze = Adze(options.adze, model, file.name)
        for _ in range(options.rounds):
            report = adze.report()
            found = {key: report[key] for key in expected}
            if found != expected:
                raise SystemExit(f"{path}: adze made {found}, tokenizers {expected}")
            ours.append(report["seconds"])
            theirs.append(timed(lambda: tokenizer.encode_batch_fast(texts)))
    ratios = [their / our for our, their in zip(ours, theirs)]
    return {
        "texts": pathlib.Path(path).name, "count": len(texts), "tokens": expected["tokens"],
        "adzeMBPerSecond": round(size / statistics.median(ours) / 1e6, 2),
        "tokenizersMBPerSecond": round(size / statistics.median(theirs) / 1e6, 2),
        "ratio": round(statistics.median(ratios), 2), "lowest": round(min(ratios), 2),
        "highest": round(max(ratios), 2),
    }


def main():
    options = arguments()
    # Before the library is loaded: it asks once whether to use threads.
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["RAYON_NUM_THREADS"] = "1"
    model = pathlib.Path(options.model)
    if model.is_dir():
        model = model / "tokenizer.json"
    for path in options.texts:
        record = compare(options, model, path)
        if options.json:
            print(json.dumps(record), flush=True)
        else:
            print(
                f"{record['texts']:<20} {record['count']:>7} texts {record['tokens']:>9} tokens   "
                f"adze {record['adzeMBPerSecond']:>6.1f} MB/s   tokenizers {record['tokenizersMBPerSecond']:>5.2f} MB/s   "
                f"{record['ratio']:.1f} times ({record['lowest']:.1f}...{record['highest']:.1f}), ids equal", flush=True)


if __name__ == "__main__":
    main()
