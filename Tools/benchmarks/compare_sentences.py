#!/usr/bin/env python3
# Compares Adze's sentence vectors, fp32 and int8, with those that sentence-transformers gave. Times nothing.
"""python3 Tools/benchmarks/compare_sentences.py MODEL [GOLDEN.safetensors] [--adze PROGRAM]

GOLDEN is what Tools/reference/make_mpnet_golden.py writes: vectors and token ids, and beside it a .txt of the texts.
Prints on how many texts the ids are the same, the largest difference of a component of fp32's vectors from the golden
ones, which have length one, and the cosine of int8's to fp32's. Ends with 1 where one of them misses its limit. Needs
no package.
"""

import argparse
import json
import math
import pathlib
import struct
import subprocess

FIXTURE = "Tests/Fixtures/real-mpnet/golden.safetensors"


def read_golden(path):
    """(texts, ids, vectors), lists of a text each."""
    data = path.read_bytes()
    (size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + size])

    def values(name, kind):
        begin, end = header[name]["data_offsets"]
        return struct.unpack_from(f"<{(end - begin) // 4}{kind}", data, 8 + size + begin)

    offsets, ids, numbers = values("offsets", "i"), values("ids", "i"), values("embeddings", "f")
    count, width = header["embeddings"]["shape"]
    texts = path.with_suffix(".txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    if not len(texts) == len(offsets) - 1 == count:
        raise SystemExit(f"{path}: {count} vectors of {len(offsets) - 1} lists of ids, {len(texts)} texts")
    rows = [list(ids[begin:end]) for begin, end in zip(offsets, offsets[1:])]
    return texts, rows, [numbers[index * width : (index + 1) * width] for index in range(count)]


def answers(adze, verb, model, texts, *more):
    """The JSON lines of a verb, one a text."""
    command = [adze, verb, model, "-i", "-", "--format", "txt", "--json", "--quiet", *more]
    child = subprocess.run(command, input="".join(text + "\n" for text in texts), capture_output=True, text=True)
    if child.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}: {child.stderr.strip()}")
    lines = child.stdout.splitlines()
    if len(lines) != len(texts):
        raise SystemExit(f"{' '.join(command)} gave {len(lines)} lines for {len(texts)} texts")
    return [json.loads(line) for line in lines]


def largest_difference(a, b):
    return max((abs(x - y) for x, y in zip(a, b)), default=0) if len(a) == len(b) else math.inf


def cosine(a, b):
    def dot(a, b):
        return math.fsum(x * y for x, y in zip(a, b))

    return dot(a, b) / math.sqrt(dot(a, a) * dot(b, b))


def main():
    parser = argparse.ArgumentParser(description="Sentence vectors beside those of sentence-transformers.")
    parser.add_argument("model", help="all-mpnet-base-v2, as a folder or as our .adze file")
    parser.add_argument("golden", nargs="?", type=pathlib.Path, default=FIXTURE)
    parser.add_argument("--adze", default=".build/release/adze")
    parser.add_argument("--most-difference", type=float, default=1e-5, help="of a component of fp32's vectors")
    parser.add_argument("--least-cosine", type=float, default=0.999, help="the mean of int8's to fp32's")
    parser.add_argument("--each", action="store_true", help="a line a text too")
    options = parser.parse_args()
    texts, rows, golden = read_golden(options.golden)
    # tokenize cuts nothing by itself; embed cuts at the model's own limit, which is that of the longest golden text.
    tokens = answers(options.adze, "tokenize", options.model, texts, "--max-length", str(max(map(len, rows))))
    same = [found["ids"] == row for found, row in zip(tokens, rows)]
    vectors = {
        precision: [
            line["embedding"]
            for line in answers(options.adze, "embed", options.model, texts, "--precision", precision)]
        for precision in ("fp32", "int8")}
    differences = [largest_difference(a, b) for a, b in zip(vectors["fp32"], golden)]
    cosines = [cosine(a, b) for a, b in zip(vectors["int8"], vectors["fp32"])]
    if options.each:
        print("tokens  fp32 − golden  int8·fp32")
        for text, row, difference, value in zip(texts, rows, differences, cosines):
            print(f"{len(row):>6}  {difference:>13.1e}  {value:>9.5f}   {text[:60]}")
    mean = math.fsum(cosines) / len(cosines)
    print(f"token ids:    {sum(same)} of {len(texts)} texts have those of the golden file")
    print(f"fp32:         differs from sentence-transformers by {max(differences):.2e} at most")
    print(f"int8 to fp32: mean cosine {mean:.5f}, lowest {min(cosines):.5f}")
    missed = []
    if not all(same):
        missed.append("other token ids")
    if not max(differences) <= options.most_difference:
        missed.append(f"fp32 may differ by {options.most_difference:g}")
    if not mean >= options.least_cosine:
        missed.append(f"the mean cosine must be {options.least_cosine:g} at least")
    if missed:
        raise SystemExit(f"missed: {'; '.join(missed)}")


if __name__ == "__main__":
    main()
