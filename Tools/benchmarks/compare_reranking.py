#!/usr/bin/env python3
# Compares Adze's reranking of a query's passages with FlashRank's way and with sentence-transformers, in turns.
"""python Tools/benchmarks/make_peers.py minilm-reranker
python Tools/benchmarks/compare_reranking.py [--threads 1,2] [--passages 100] [--rounds 5]

A cross-encoder of MiniLM's shape, the real encoder with a random head of one label, scores passages of 100 to 200
tokens of English for one query. All sides start from the texts:

- onnxruntime: int8 as FlashRank runs its models, `tokenizers` and one padded batch of all passages in one session;
- sentence-transformers: `CrossEncoder.predict` in fp32 with its defaults, batches of 32 in order of length;
- adze: `adze bench -i PAIRS` in int8 and fp32, the arithmetic of `adze rerank`. Its time is a run of all pairs and what
  cutting them into tokens took: once, cold, on one thread and with the query in every pair, though `rerank` cuts on all
  threads, and the query once.

In the time: tokens, batches, the model, and the peers' ordering of the scores. Not in it: starting, loading, reading
the texts, and our ordering. Before, the scores are compared: fp32's must be CrossEncoder's within 1e-4.
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from peer_process import Child, PeerFailure, answer_all, timed

MODEL = "minilm-reranker"
QUERY = "how does a class decide which method of its bases is called?"
SHORTEST, LONGEST = 100, 200
FILES = {"onnxruntime": "ort-fused-int8-s8-pc.onnx", "sentence-transformers": "hf"}
MOST_DIFFERENCE = 1e-4
REST = 0.25


def passages(count, tokenizer):
    """`count` texts of 100 to 200 tokens: sentences in random order, cut between words."""
    import numpy

    from texts import sentences

    random = numpy.random.RandomState(11)
    known, words, found = sentences(800), [], []
    for length in random.randint(SHORTEST, LONGEST + 1, count):
        while len(words) <= length:
            words += " ".join(known[index] for index in random.permutation(len(known))).split(" ")
        taken, tokens = 0, 0
        while True:
            more = len(tokenizer.encode(words[taken], add_special_tokens=False).ids)
            if tokens >= SHORTEST and tokens + more > length:
                break
            taken, tokens = taken + 1, tokens + more
        found.append(" ".join(words[:taken]))
        words = words[taken:]
    return found


class FlashRank:
    """The calls of FlashRank's Ranker.rerank."""

    def __init__(self, folder, file, threads):
        import numpy
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(str(folder / file), options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(folder / "hf" / "tokenizer.json"))
        self.tokenizer.enable_truncation(max_length=512)
        self.tokenizer.enable_padding(pad_id=0, pad_token="[PAD]")
        self.numpy = numpy

    def scores(self, query, texts):
        encoded = self.tokenizer.encode_batch([[query, text] for text in texts])
        values = {
            "input_ids": [entry.ids for entry in encoded], "token_type_ids": [entry.type_ids for entry in encoded],
            "attention_mask": [entry.attention_mask for entry in encoded]}
        kinds = {entry.name: "int32" if "int32" in entry.type else "int64" for entry in self.session.get_inputs()}
        arrays = {name: self.numpy.array(values[name]).astype(kind) for name, kind in kinds.items()}
        logits = self.session.run(["logits"], arrays)[0].flatten()
        return (1 / (1 + self.numpy.exp(-logits))).tolist()


class SentenceTransformers:
    """CrossEncoder as its documentation shows it."""

    def __init__(self, folder, file, threads):
        import torch
        from sentence_transformers import CrossEncoder

        torch.set_num_threads(threads)
        self.model = CrossEncoder(str(folder / file), device="cpu")

    def scores(self, query, texts):
        return self.model.predict([(query, text) for text in texts]).tolist()


class Worker:
    """A peer's child: answers {texts, budget} with seconds, and {texts} with scores."""

    def __init__(self, question):
        kind = {"onnxruntime": FlashRank, "sentence-transformers": SentenceTransformers}[question["name"]]
        self.peer = kind(pathlib.Path(question["folder"]), FILES[question["name"]], question["threads"])

    def answer(self, question):
        texts = json.loads(pathlib.Path(question["texts"]).read_text())
        scores = self.peer.scores(QUERY, texts)
        if "budget" not in question:
            return {"scores": scores}
        self.peer.scores(QUERY, texts)
        return timed(lambda: order(self.peer.scores(QUERY, texts)), question["budget"])


class Peer(Child):
    """A peer's process as seen from here."""

    def __init__(self, name, folder, threads):
        super().__init__([sys.executable, __file__, "--child"], name, threads)
        self.ask(name=name, folder=str(folder), threads=threads)

    def scores(self, files):
        return self.ask(texts=str(files["texts"]))["scores"]

    def seconds(self, files, budget):
        return self.ask(texts=str(files["texts"]), budget=budget)["seconds"]


class Adze:
    """Our side, a process a turn that times itself."""

    def __init__(self, program, native, precision, threads):
        self.program, self.native = program, str(native)
        self.common = ["--precision", precision, "--threads", str(threads), "--json", "--quiet"]
        self.taken = None

    def run(self, command):
        child = subprocess.run([self.program, *command, *self.common], capture_output=True, text=True)
        if child.returncode != 0:
            raise SystemExit(f"adze {' '.join(command)} ended with {child.returncode}: {child.stderr.strip()}")
        return [json.loads(line) for line in child.stdout.splitlines()]

    def scores(self, files):
        found = self.run(["rerank", self.native, QUERY, "-i", str(files["lines"])])
        return [entry["score"] for entry in sorted(found, key=lambda entry: entry["index"])]

    def seconds(self, files, budget):
        """The median run of as many as fill the budget by what one took before, and the cutting."""
        count = max(3, min(1000, math.ceil(budget / self.taken))) if self.taken else 1
        (found,) = self.run(["bench", self.native, "-i", str(files["pairs"]), "--repeat", str(count)])
        if found["truncatedTexts"]:
            raise SystemExit(f"adze cut {found['truncatedTexts']} passages, which no other side does")
        self.taken = found["seconds"]
        return found["seconds"] + found["tokenizeSeconds"]


def order(scores):
    """The passages' numbers, the best first."""
    return sorted(range(len(scores)), key=lambda index: -scores[index])


def agreement(scores, expected):
    """The cosine of the scores less their means, and the share of pairs of passages in the same order."""
    ours, theirs = ([value - statistics.fmean(side) for value in side] for side in (scores, expected))
    dots = [math.fsum(x * y for x, y in zip(*sides)) for sides in ((ours, theirs), (ours, ours), (theirs, theirs))]
    pairs = [(i, j) for i in range(len(scores)) for j in range(i)]
    same = sum((scores[i] < scores[j]) == (expected[i] < expected[j]) for i, j in pairs)
    return {"cosine": round(dots[0] / math.sqrt(dots[1] * dots[2]), 5), "sameOrder": round(same / len(pairs), 4)}


def write(texts, scratch):
    """The texts as each side reads them."""
    files = {"texts": scratch / "texts.json", "lines": scratch / "lines.jsonl", "pairs": scratch / "pairs.jsonl"}
    files["texts"].write_text(json.dumps(texts))
    files["lines"].write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    files["pairs"].write_text("".join(json.dumps({"text": QUERY, "text_pair": text}) + "\n" for text in texts))
    return files


def take_turns(sides, files, rounds, budget):
    """The seconds of each side in each round."""
    for side in sides.values():
        side.seconds(files, budget)
    taken = {name: [] for name in sides}
    for number in range(rounds):
        for name in list(sides) if number % 2 == 0 else reversed(sides):
            time.sleep(REST)
            taken[name].append(sides[name].seconds(files, budget))
    return taken


def compare_scores(sides, files):
    """How near our fp32 comes to sentence-transformers' scores, and int8 to fp32's; ends where fp32 is elsewhere."""
    found = {name: side.scores(files) for name, side in sides.items()}
    ours, theirs = found.pop("adze-fp32"), found.pop("sentence-transformers", None)
    record = {"int8": {name: agreement(scores, theirs or ours) for name, scores in found.items()}}
    if theirs:
        record["fp32Difference"] = max(abs(our - their) for our, their in zip(ours, theirs))
        if not record["fp32Difference"] <= MOST_DIFFERENCE:
            raise SystemExit(f"missed: fp32's scores differ from CrossEncoder's by {record['fp32Difference']:.1e}")
    return record


def start(options, folder, threads, stack):
    """The sides that can take part, ours first."""
    from workloads import native_file

    native = native_file(options.adze, folder, options.native)
    sides = {
        "adze": Adze(options.adze, native, "int8", threads), "adze-fp32": Adze(options.adze, native, "fp32", threads)}
    for name, file in FILES.items():
        try:
            if not (folder / file).exists():
                raise PeerFailure(f"no {folder / file}; run make_peers.py {MODEL}")
            peer = Peer(name, folder, threads)
        except PeerFailure as failure:
            print(f"skipped: {failure}", file=sys.stderr, flush=True)
            continue
        stack.callback(peer.close)
        sides[name] = peer
    return sides


def measure(options, folder, texts, tokens, threads):
    """The record of one number of threads."""
    from ratios import spread

    with contextlib.ExitStack() as stack:
        files = write(texts, pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory())))
        sides = start(options, folder, threads, stack)
        scores = compare_scores(sides, files)
        taken = take_turns(sides, files, options.rounds, options.budget)
    record = {"model": MODEL, "threads": threads, "passages": len(texts), "tokens": tokens, "rounds": options.rounds}
    for name, seconds in taken.items():
        record[name] = {"milliseconds": round(statistics.median(seconds) * 1000, 3)}
        record[name] |= {} if name == "adze" else spread(taken["adze"], seconds)
    if "sentence-transformers" in taken:
        record["sentence-transformers"]["besideFp32"] = spread(taken["adze-fp32"], taken["sentence-transformers"])
    return record | {"scores": scores}


def show(record):
    def ratio(entry):
        return f"{entry['ratio']:.2f} times ({entry['lowest']:.2f}…{entry['highest']:.2f})"

    print(f"{record['passages']} passages, {record['tokens']:,} tokens, threads: {record['threads']}")
    names = {"adze": "adze int8", "adze-fp32": "adze fp32", "onnxruntime": "onnxruntime int8, as FlashRank"}
    for name in ("adze", "adze-fp32", *FILES):
        if name in record:
            entry = record[name]
            line = f"  {names.get(name, name + ' fp32'):<32} {entry['milliseconds']:>10,.1f} ms"
            line += f"   {ratio(entry)}" if "ratio" in entry else ""
            print(line + (f", beside adze fp32 {ratio(entry['besideFp32'])}" if "besideFp32" in entry else ""))
    if "fp32Difference" in record["scores"]:
        print(f"  fp32's scores differ from CrossEncoder's by {record['scores']['fp32Difference']:.1e} at most")
    for name, entry in record["scores"]["int8"].items():
        print(
            f"  {names[name]}: scores less their mean have a cosine of {entry['cosine']:.5f} to fp32's, "
            f"{entry['sameOrder']:.1%} of pairs are in the same order", flush=True)


def arguments():
    parser = argparse.ArgumentParser(description="Passages in order for a query, ours beside two peers.")
    parser.add_argument("--adze", default=".build/release/adze", help="our executable, built with -c release")
    parser.add_argument("--threads", default="2", help="1,2; one thread is held to one processor")
    parser.add_argument("--rounds", type=int, default=5, help="how often the sides take turns; 5 at least")
    parser.add_argument("--passages", type=int, default=100)
    parser.add_argument("--budget", type=float, default=2, help="seconds a side fills with runs at each turn")
    parser.add_argument("--work", default=".build/benchmarks", help="where the model and the peers' files are")
    parser.add_argument("--native", default=".build/benchmarks/native", help="where our .adze file is kept")
    parser.add_argument("--json", action="store_true", help="one JSON line a number of threads")
    parsed = parser.parse_args()
    parsed.threads = [int(part) for part in parsed.threads.split(",")]
    if parsed.rounds < 5:
        parser.error("--rounds must be 5 at least: fewer say nothing")
    if parsed.passages < 2:
        parser.error("--passages: 2 at least")
    if max(parsed.threads) > len(os.sched_getaffinity(0)) or min(parsed.threads) < 1:
        parser.error(f"--threads: 1 to {len(os.sched_getaffinity(0))} here")
    if not os.access(parsed.adze, os.X_OK):
        parser.error(f"{parsed.adze} is no program; run: swift build -c release --static-swift-stdlib --product adze")
    return parsed


def main():
    options = arguments()
    from tokenizers import Tokenizer

    from workloads import model_folder

    os.environ["HF_HUB_OFFLINE"] = "1"
    folder = model_folder(MODEL, options.work)
    tokenizer = Tokenizer.from_file(str(folder / "hf" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    texts = passages(options.passages, tokenizer)
    tokens = sum(len(entry.ids) for entry in tokenizer.encode_batch([(QUERY, text) for text in texts]))
    processors = sorted(os.sched_getaffinity(0))
    for threads in options.threads:
        # Every child inherits it.
        os.sched_setaffinity(0, processors[:threads])
        record = measure(options, folder, texts, tokens, threads)
        if options.json:
            print(json.dumps(record), flush=True)
        else:
            show(record)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        answer_all(Worker)
    else:
        main()
