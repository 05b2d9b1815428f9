#!/usr/bin/env python3
"""Integrated gradients of a classifier's texts by `adze explain` and by captum: time of both, and how they differ.

    python Tools/benchmarks/compare_attributions.py MODEL_FOLDER TEXTS.txt [--adze .build/release/adze] [--count 20]

Both take 50 steps of Gauss-Legendre from [PAD] on the embeddings' output, in fp32, on as many threads. captum gets one
text at a time, as its users call it, with all steps in one batch; both are timed without loading, in turns, and the
faster of two rounds counts. Needs captum 0.9.0 beside the packages of Tools/reference/requirements.txt.
"""

import argparse
import json
import pathlib
import re
import subprocess
import time

import torch
import transformers
from captum.attr import LayerIntegratedGradients
from transformers.utils import logging


def captum_round(model, tokenizer, texts, steps):
    base = getattr(model, model.base_model_prefix)

    def forward(ids, types):
        more = {} if types is None else {"token_type_ids": types}
        return model(input_ids=ids, attention_mask=torch.ones_like(ids), **more).logits

    method = LayerIntegratedGradients(forward, base.embeddings)
    found, start = [], time.perf_counter()
    for text in texts:
        encoded = tokenizer(text, return_special_tokens_mask=True, return_tensors="pt", truncation=True)
        ids, frame = encoded["input_ids"], encoded["special_tokens_mask"].bool()
        types = encoded.get("token_type_ids")
        with torch.no_grad():
            target = int(forward(ids, types).argmax())
        baselines = torch.where(frame, ids, torch.full_like(ids, tokenizer.pad_token_id))
        values = method.attribute(
            ids, baselines=baselines, additional_forward_args=(types,), target=target, n_steps=steps)
        found.append(values.sum(-1)[0].tolist())
    return time.perf_counter() - start, found


def adze_round(adze, model, texts, steps, threads):
    lines = "\n".join(json.dumps({"text": text}) for text in texts)
    command = [adze, "explain", model, "-", "--format", "jsonl", "--steps", str(steps), "--threads", str(threads)]
    run = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    seconds = float(re.search(r"texts? in ([0-9.]+) s", run.stderr).group(1))
    return seconds, [[token["attribution"] for token in json.loads(line)["tokens"]] for line in run.stdout.splitlines()]


def difference(ours, theirs):
    worst = 0.0
    for a, b in zip(ours, theirs, strict=True):
        a, b = torch.tensor(a, dtype=torch.float64), torch.tensor(b, dtype=torch.float64)
        worst = max(worst, ((a - b).norm() / b.norm()).item())
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("texts", type=pathlib.Path)
    parser.add_argument("--adze", default=".build/release/adze")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    logging.set_verbosity_error()
    torch.set_num_threads(options.threads)
    texts = [line for line in options.texts.read_text().splitlines() if line.strip()][: options.count]
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.model)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(
        options.model, attn_implementation="eager", dtype=torch.float32).eval()
    captum_round(model, tokenizer, texts[:1], options.steps)
    ours, theirs = [], []
    for _ in range(2):
        ours.append(adze_round(options.adze, options.model, texts, options.steps, options.threads))
        theirs.append(captum_round(model, tokenizer, texts, options.steps))
    (our_time, found), (their_time, expected) = min(ours), min(theirs)
    tokens = sum(len(text) for text in found)
    print(f"{len(texts)} texts, {tokens} tokens, {options.steps} steps, {options.threads} threads")
    print(f"adze   {our_time:8.2f} s  {len(texts) / our_time:7.2f} texts/s")
    print(f"captum {their_time:8.2f} s  {len(texts) / their_time:7.2f} texts/s")
    print(f"ratio  {their_time / our_time:.2f}; largest relative difference of a text {difference(found, expected):.1e}")


if __name__ == "__main__":
    main()
