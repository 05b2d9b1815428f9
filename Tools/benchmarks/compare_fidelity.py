#!/usr/bin/env python3
# Compares how near int8 comes to fp32: cosines of sentence vectors to PyTorch's, ours and each peer's. Times nothing.
"""python Tools/benchmarks/compare_fidelity.py [--texts FILE] [MODEL]

200 sentences; the vectors are the mean over a text's tokens of the last hidden state and, of a model with a pooler, its
output. A peer's file that gives no pooler's output has it computed in fp32 from its first token's state, which favours
it.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from peers import FILES, load, missing
from texts import sentences
from workloads import model_folder, native_file, pad_id, padded_batches


def outputs(name, precision, folder, rows, file):
    """The peer's child: vectors of all rows, in their order, to an .npz file."""
    folder, rows = pathlib.Path(folder), json.loads(pathlib.Path(rows).read_text())
    peer = load(name, precision, folder, 2)
    order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
    means, pooled = [None] * len(rows), [None] * len(rows)
    for ids, mask in padded_batches(rows, 16, pad_id(folder)):
        first, hidden = peer.outputs(peer.prepare(ids, mask))
        first = pooler(folder, hidden) if first is None else first
        for row in range(len(ids)):
            index = order.pop(0)
            means[index] = hidden[row, : len(rows[index])].mean(0)
            pooled[index] = None if first is None else first[row]
    found = {"mean": np.stack(means)}
    if pooled[0] is not None:
        found["pooled"] = np.stack(pooled)
    np.savez(file, **found)


def pooler(folder, hidden):
    """The pooler's output of the first tokens' states; None where the model has no pooler. DeBERTa's ends in GELU."""
    from safetensors.numpy import load_file

    weights = load_file(folder / "hf" / "model.safetensors")
    prefix = next((key.removesuffix("weight") for key in weights if key.endswith("pooler.dense.weight")), None)
    if prefix is None:
        return None
    sums = hidden[:, 0] @ weights[prefix + "weight"].T + weights[prefix + "bias"]
    if json.loads((folder / "hf" / "config.json").read_text())["model_type"] != "deberta-v2":
        return np.tanh(sums)
    return sums * (1 + np.vectorize(math.erf)(sums / np.sqrt(2))) / 2


def vectors_of_peer(name, precision, folder, rows, scratch):
    file = scratch / "out.npz"
    command = [sys.executable, __file__, "--outputs", name, precision, str(folder), str(rows), str(file)]
    child = subprocess.run(command, capture_output=True, text=True)
    if child.returncode != 0:
        lines = child.stderr.strip().splitlines()
        raise RuntimeError(lines[-1] if lines else f"ended with {child.returncode}")
    with np.load(file) as found:
        return {kind: found[kind] for kind in found.files}


def vectors_of_adze(adze, native, precision, texts, poolings):
    """By `adze embed`, which needs --precision for anything but its own default."""
    found = {}
    for pooling in poolings:
        command = [adze, "embed", str(native), "-i", str(texts), "--pooling", pooling, "--no-normalize", "--quiet"]
        child = subprocess.run(command + ["--precision", precision], capture_output=True, text=True)
        if child.returncode != 0:
            raise RuntimeError(child.stderr.strip().splitlines()[0])
        found[pooling] = np.array([json.loads(line)["embedding"] for line in child.stdout.splitlines()], np.float32)
    return found


def cosines(reference, found):
    reference, found = reference.astype(np.float64), found.astype(np.float64)
    return (reference * found).sum(1) / np.linalg.norm(reference, axis=1) / np.linalg.norm(found, axis=1)


def arguments():
    parser = argparse.ArgumentParser(description="Cosines to fp32, ours and the peers'.")
    parser.add_argument("model", nargs="?", default="minilm")
    parser.add_argument("--adze", default=".build/release/adze")
    parser.add_argument("--precision", choices=sorted(FILES), default="int8")
    parser.add_argument("--peers", default="onnxruntime,onnxruntime-tensor,ctranslate2,openvino,openvino-static,torch")
    parser.add_argument("--texts", help="a .txt file, a sentence a line, in place of those of texts.py")
    parser.add_argument("--work", default=".build/benchmarks")
    parser.add_argument("--native", default=".build/benchmarks/native")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main():
    options = arguments()
    from tokenizers import Tokenizer

    folder = model_folder(options.model, options.work)
    chosen = pathlib.Path(options.texts).read_text().splitlines() if options.texts else sentences(400)[0::2]
    tokenizer = Tokenizer.from_file(str(folder / "hf" / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(512)
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        texts, rows = scratch / "texts.txt", scratch / "rows.json"
        texts.write_text("".join(line + "\n" for line in chosen))
        rows.write_text(json.dumps([tokenizer.encode(line).ids for line in chosen]))
        reference = vectors_of_peer("torch", "fp32", folder, rows, scratch)
        native = native_file(options.adze, folder, options.native)
        for side in ["adze", *(peer for peer in options.peers.split(",") if peer in FILES[options.precision])]:
            reason = None if side == "adze" else missing(side, options.precision, folder)
            try:
                if reason:
                    raise RuntimeError(reason)
                found = (
                    vectors_of_adze(options.adze, native, options.precision, texts, list(reference)) if side == "adze"
                    else vectors_of_peer(side, options.precision, folder, rows, scratch))
            except RuntimeError as error:
                print(f"skipped: {side}: {error}", file=sys.stderr)
                continue
            record = {"model": folder.name, "side": side, "precision": options.precision, "texts": len(chosen)}
            for kind in reference:
                values = cosines(reference[kind], found[kind])
                record[kind] = {"cosine": round(float(values.mean()), 6), "lowest": round(float(values.min()), 6)}
            if options.json:
                print(json.dumps(record), flush=True)
            else:
                names = {"mean": "mean-pooled", "pooled": "pooled"}
                parts = [
                    f"{names[kind]} {record[kind]['cosine']:.5f} (lowest {record[kind]['lowest']:.5f})"
                    for kind in reference]
                print(f"{folder.name:<10} {side:<20} {'   '.join(parts)}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--outputs"]:
        outputs(*sys.argv[2:])
    else:
        main()
