#!/usr/bin/env python3
# Checks that the peers' files compute what PyTorch computes, at several shapes of batches. Times nothing.
"""python Tools/benchmarks/check_peers.py [--work DIR] [MODEL ...]

Padded batches of random ids. Prints for each peer and precision the largest difference of a logit from PyTorch's fp32,
and the cosine of the last states of all tokens. fp32 may differ by 1e-3: the script ends with 1 where it does, or where
a peer ends. int8 of random weights says little and has no limit. `--batches 8192` checks at a length of one's own.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

from peers import FILES, load, missing
from workloads import CLS, FIRST_WORD, SEP, model_folder, pad_id, vocabulary_size

MOST = 1e-3


def batch(lengths, folder):
    """(ids, mask) of texts of these lengths, padded to the longest."""
    random = np.random.RandomState(7)
    ids = np.full((len(lengths), max(lengths)), pad_id(folder), np.int64)
    mask = np.zeros_like(ids)
    for row, length in enumerate(lengths):
        ids[row, :length] = random.randint(FIRST_WORD, vocabulary_size(folder) - 10, length)
        ids[row, 0], ids[row, length - 1] = CLS, SEP
        mask[row, :length] = 1
    return ids, mask


def results(name, precision, folder, batches, file):
    """The peer's child: the logits and the real tokens' states of all batches, to an .npz file."""
    folder = pathlib.Path(folder)
    peer = load(name, precision, folder, 1)
    logits, states = [], []
    for lengths in json.loads(batches):
        ids, mask = batch(lengths, folder)
        prepared = peer.prepare(ids, mask)
        logits.append(np.array(peer.run(prepared)).ravel())
        hidden = peer.outputs(prepared)[1]
        states.append(hidden[mask[:, : hidden.shape[1]] > 0].ravel())
    np.savez(file, logits=np.concatenate(logits), states=np.concatenate(states))


def results_of_peer(name, precision, folder, batches):
    """What a process of its own found: {"logits": array, "states": array}."""
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / "out.npz"
        command = [sys.executable, __file__, "--results", name, precision, str(folder), json.dumps(batches), str(file)]
        child = subprocess.run(command, capture_output=True, text=True)
        if child.returncode != 0:
            lines = child.stderr.strip().splitlines()
            raise RuntimeError(lines[-1] if lines else f"ended with {child.returncode}")
        with np.load(file) as found:
            return dict(found)


def cosine(a, b):
    a, b = a.astype(np.float64), b.astype(np.float64)
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def compare(folder, name, precision, batches, expected):
    """Prints a line; whether all is well."""
    try:
        found = results_of_peer(name, precision, folder, batches)
    except RuntimeError as error:
        print(f"{folder.name:<16} {name:<18} {precision:<4} failed: {error}", flush=True)
        return False
    difference = float(np.abs(found["logits"] - expected["logits"]).max())
    near = cosine(found["states"], expected["states"])
    well = precision != "fp32" or difference <= MOST
    print(
        f"{folder.name:<16} {name:<18} {precision:<4} logits differ by {difference:.1e}   states' cosine {near:.5f}"
        + ("" if well else f"   missed: {MOST:g} at most"), flush=True)
    return well


def main():
    parser = argparse.ArgumentParser(description="The peers' logits beside PyTorch's.")
    parser.add_argument("models", nargs="*", default=["minilm", "bert-base"])
    parser.add_argument("--peers", default="onnxruntime,onnxruntime-tensor,ctranslate2,openvino,openvino-static,torch")
    parser.add_argument("--precisions", default="fp32,int8")
    parser.add_argument("--batches", default="9,30,17:200,64:300,300", help="lengths of texts; a colon between batches")
    parser.add_argument("--work", default=".build/benchmarks", help="where models and the peers' files are kept")
    options = parser.parse_args()
    batches = [[int(length) for length in part.split(",")] for part in options.batches.split(":")]
    well = True
    for folder in [model_folder(model, options.work) for model in options.models]:
        expected = results_of_peer("torch", "fp32", folder, batches)
        for precision in options.precisions.split(","):
            for name in options.peers.split(","):
                if name not in FILES[precision] or (name, precision) == ("torch", "fp32"):
                    continue
                reason = missing(name, precision, folder)
                if reason:
                    print(f"skipped: {folder.name}, {name} {precision}: {reason}", file=sys.stderr, flush=True)
                else:
                    well = compare(folder, name, precision, batches, expected) and well
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--results"]:
        results(*sys.argv[2:])
    else:
        main()
