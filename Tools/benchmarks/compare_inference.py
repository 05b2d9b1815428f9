#!/usr/bin/env python3
# Compares Adze's inference with PyTorch's (and ONNX Runtime's) in one run, in turns, on the same token ids.
"""python Tools/benchmarks/compare_inference.py [--adze PATH] [--precision int8] [MODEL ...]

README.md beside this file says what is measured and how our side is called.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time


def arguments():
    parser = argparse.ArgumentParser(description="Adze's tokens per second beside PyTorch's, in one run.")
    parser.add_argument("models", nargs="*", default=["minilm"], help="a model folder, `minilm` or `bert-base`")
    parser.add_argument("--adze", default=".build/release/adze", help="our executable, built with -c release")
    parser.add_argument("--precision", choices=["fp32", "int8"], default="fp32", help="our side's; PyTorch runs fp32")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5, help="how often the sides take turns; 5 at least")
    parser.add_argument("--repeat", type=int, default=1, help="timed repetitions a turn, after an untimed one")
    parser.add_argument("--cells", default="8x128,32x128,ragged-short,ragged-long")
    parser.add_argument("--every", type=int, default=1, help="of the ragged cells, every so-manieth text")
    parser.add_argument("--onnx", help="the same model as an ONNX file: ONNX Runtime takes part")
    parser.add_argument("--work", default=".build/benchmarks", help="where models are made")
    parser.add_argument("--json", action="store_true", help="one JSON line a cell instead of the table")
    parsed = parser.parse_args()
    if parsed.rounds < 5:
        parser.error("--rounds must be 5 at least: fewer say nothing")
    if not os.access(parsed.adze, os.X_OK):
        parser.error(f"{parsed.adze} is no program; run: swift build -c release --product adze")
    if parsed.onnx and len(parsed.models) != 1:
        parser.error("--onnx goes with one model")
    return parsed


def timed(run, repeat):
    """The median seconds of `repeat` runs after one that does not count."""
    run()
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


class Adze:
    """Our side, a child process; it times itself, without its start and without tokenizing."""

    def __init__(self, program, folder, precision, threads):
        self.command = [
            program, "bench", str(folder), "--json", "--precision", precision, "--threads", str(threads)]

    def seconds(self, rows, repeat):
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
            file.flush()
            command = self.command + ["--sequences", file.name, "--repeat", str(repeat)]
            child = subprocess.run(command, capture_output=True, text=True)
        if child.returncode != 0:
            raise SystemExit(f"{' '.join(command)} ended with {child.returncode}: {child.stderr.strip()}")
        report = json.loads(child.stdout)
        expected = {"texts": len(rows), "tokens": sum(map(len, rows))}
        found = {key: report[key] for key in expected}
        if found != expected:
            raise SystemExit(f"adze ran {found}, not {expected}")
        return report["seconds"]


class Torch:
    """transformers on PyTorch, as a user would run it: sdpa attention, inference mode, sorted padded batches."""

    def __init__(self, folder, threads):
        import torch
        from transformers import BertForSequenceClassification, BertModel
        from transformers.utils import logging

        logging.set_verbosity_error()
        logging.disable_progress_bar()
        torch.set_num_threads(threads)
        architectures = json.loads((pathlib.Path(folder) / "config.json").read_text()).get("architectures") or []
        kind = BertModel if architectures == ["BertModel"] else BertForSequenceClassification
        self.torch = torch
        self.model = kind.from_pretrained(folder, dtype=torch.float32).eval()
        self.vocabulary = self.model.config.vocab_size

    def seconds(self, batches, repeat):
        tensors = [(self.torch.from_numpy(ids), self.torch.from_numpy(mask)) for ids, mask in batches]

        def run():
            with self.torch.inference_mode():
                for ids, mask in tensors:
                    self.model(input_ids=ids, attention_mask=mask)

        return timed(run, repeat)


class OnnxRuntime:
    """ONNX Runtime on a file that its user exported; all graph optimisations."""

    def __init__(self, file, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        self.inputs = {entry.name: "int32" if "int32" in entry.type else "int64" for entry in self.session.get_inputs()}

    def seconds(self, batches, repeat):
        feeds = []
        for ids, mask in batches:
            values = {"input_ids": ids, "attention_mask": mask, "token_type_ids": ids * 0}
            feeds.append({name: values[name].astype(kind) for name, kind in self.inputs.items()})

        def run():
            for feed in feeds:
                self.session.run(None, feed)

        return timed(run, repeat)


def compare(rows, adze, peers, options, padded_batches):
    """Seconds of each round: ours as a list, the peers' as {(name, batch size): list}."""
    batches = {size: padded_batches(rows, size) for size in {min(8, len(rows)), min(32, len(rows))}}
    ours, theirs = [], {(name, size): [] for name in peers for size in batches}
    for _ in range(options.rounds):
        ours.append(adze.seconds(rows, options.repeat))
        for (name, size), taken in theirs.items():
            taken.append(peers[name].seconds(batches[size], options.repeat))
    return ours, theirs


def summary(model, cell, rows, ours, theirs, options):
    """One cell's result: tokens per second of each side, and how many times faster ours is."""
    tokens = sum(map(len, rows))
    record = {
        "model": model, "cell": cell, "precision": options.precision, "threads": options.threads, "rounds": options.rounds, "texts": len(rows),
        "tokens": tokens, "adze": round(tokens / statistics.median(ours), 1),
    }
    # Of each peer, the batch size that suits it better is the one that counts.
    for name, size in sorted(theirs, key=lambda side: statistics.median(theirs[side])):
        if name in record:
            continue
        taken = theirs[name, size]
        ratios = [their / our for our, their in zip(ours, taken)]
        record[name] = {
            "tokensPerSecond": round(tokens / statistics.median(taken), 1), "batch": size,
            "ratio": round(statistics.median(ratios), 3),
            "lowest": round(min(ratios), 3), "highest": round(max(ratios), 3),
        }
    return record


def show(record, peers):
    line = f"{record['model']:<12} {record['cell']:<13} {record['tokens']:>7} tokens   adze {record['adze']:>9,.0f}/s"
    for name in peers:
        peer = record[name]
        line += (
            f"   {name} {peer['tokensPerSecond']:>9,.0f}/s (batch {peer['batch']})"
            f"   {peer['ratio']:.2f} times ({peer['lowest']:.2f}...{peer['highest']:.2f})")
    print(line, flush=True)


def main():
    options = arguments()
    # Before numpy and torch are imported: their thread pools are sized once. The child inherits both settings.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(options.threads)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.threads])
    from workloads import model_folder, padded_batches, sequences

    for model in options.models:
        folder = model_folder(model, options.work)
        torch_side = Torch(folder, options.threads)
        peers = {"torch": torch_side}
        if options.onnx:
            peers["onnxruntime"] = OnnxRuntime(options.onnx, options.threads)
        adze = Adze(options.adze, folder, options.precision, options.threads)
        for cell in options.cells.split(","):
            rows = sequences(cell, torch_side.vocabulary, options.every)
            ours, theirs = compare(rows, adze, peers, options, padded_batches)
            record = summary(pathlib.Path(model).name, cell, rows, ours, theirs, options)
            if options.json:
                print(json.dumps(record), flush=True)
            else:
                show(record, peers)


if __name__ == "__main__":
    main()
