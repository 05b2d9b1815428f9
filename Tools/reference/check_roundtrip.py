#!/usr/bin/env python3
# Checks a built adze against transformers: convert, export, load, compare. Not a maker of fixtures: it writes nothing.
"""Round trips through adze, judged by transformers.

    python Tools/reference/check_roundtrip.py .build/release/adze Tests/Fixtures/models/seqcls-gelu [FOLDER...]
        [--dev dev.tsv --logits dev_logits.npy --dev-model FOLDER]

For each model folder: convert, verify, export as safetensors and as pt; what transformers loads from the exports
must answer with the same bits as what it loads from the folder, and its tokenizer must give the same ids. Then a
checkpoint saved as `.pt` is cut to its first blocks and compared with transformers' own model cut alike, and
`adze predict --json` with transformers' logits. Exits with 1 where anything differs.
"""

import argparse
import contextlib
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
from transformers import AutoConfig, AutoTokenizer, BertForSequenceClassification, BertModel
from transformers.utils import logging

TOLERANCE = 1e-4
HARD_TEXTS = [
    "", " ", "The adze.", "unbelievably", "Don't!", "naïve café — 3.50 €", "İstanbul ΑΣ ß ﬁ", "日本語 の文",
    "a\u0301 e\u0300\u0323", "zero\u200bwidth", "tab\tnew\nline\rreturn", "\x00\x01 control", "[SEP] [MASK] [CLS]",
    "😀👩‍👩‍👧", "x" * 300, "1,234.5-6/7", "ＦＵＬＬ ｗｉｄｔｈ", "  many   spaces  ", "A" * 20 + " " + "b " * 600,
]


class Failures:
    """What went wrong, told as it happens."""

    def __init__(self):
        self.count = 0

    def require(self, holds, what):
        if not holds:
            self.count += 1
            print(f"  FAILED: {what}")


def run(adze, *arguments):
    """Runs adze and returns its standard output; its refusal is ours."""
    done = subprocess.run([adze, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"adze {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def load(folder):
    """The model as its config.json names it, in float32 and eval mode."""
    names = AutoConfig.from_pretrained(folder).architectures or []
    if names == ["BertForSequenceClassification"]:
        return BertForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
    model, report = BertModel.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
    if report["missing_keys"]:
        model = BertModel.from_pretrained(folder, dtype=torch.float32, add_pooling_layer=False)
    return model.eval()


def sequences(config):
    """Token ids of several lengths, the longest included, with both types."""
    generator = torch.Generator().manual_seed(1)
    limit = min(config.max_position_embeddings, 64)
    for length in sorted({1, 2, min(7, limit), limit}):
        ids = torch.randint(0, config.vocab_size, (1, length), generator=generator)
        types = torch.randint(0, config.type_vocab_size, (1, length), generator=generator)
        yield {"input_ids": ids, "token_type_ids": types}


def answers(model):
    """Everything that the model says of `sequences`, in one list of tensors."""
    found = []
    for batch in sequences(model.config):
        out = model(**batch, output_hidden_states=True)
        found += list(out.hidden_states)
        found += [out.logits] if "logits" in out else [t for t in [out.pooler_output] if t is not None]
    return found


def same(first, second):
    return len(first) == len(second) and all(torch.equal(a, b) for a, b in zip(first, second))


def tokenizer_of(folder):
    """The folder's tokenizer, or nothing where the folder has none; a bare vocab.txt is BERT's own, lower-casing."""
    with contextlib.suppress(OSError, ValueError):
        return AutoTokenizer.from_pretrained(folder)
    return None


def check_exports(adze, folder, work, failures):
    native = work / "model.adze"
    run(adze, "convert", folder, "-o", native, "--quiet")
    run(adze, "verify", native, "--quiet")
    expected, tokenizer = answers(load(folder)), tokenizer_of(folder)
    for form in ("safetensors", "pt"):
        place = work / form
        run(adze, "export", native, "-o", place, "--format", form, "--quiet")
        failures.require(same(answers(load(place)), expected), f"{form}: the outputs have other bits")
        if tokenizer is None:
            continue
        exported = AutoTokenizer.from_pretrained(place)
        for text in HARD_TEXTS:
            wanted, found = tokenizer(text)["input_ids"], exported(text)["input_ids"]
            failures.require(wanted == found, f"{form}: ids of {text[:40]!r}: {wanted[:20]} became {found[:20]}")
        cut = dict(truncation=True)
        failures.require(
            tokenizer(HARD_TEXTS[-1], **cut)["input_ids"] == exported(HARD_TEXTS[-1], **cut)["input_ids"],
            f"{form}: another maximum length")
    return native


def check_prune(adze, folder, work, failures):
    """`.pt` in, first three blocks out, against transformers' own model cut alike. Returns the largest difference."""
    model = load(folder)
    kept = min(3, model.config.num_hidden_layers)
    torch.save(model.state_dict(), work / "checkpoint.pt")
    run(adze, "prune", work / "checkpoint.pt", "--config", pathlib.Path(folder) / "config.json",
        "--keep", f"first:{kept}", "-o", work / "pruned", "--quiet")
    cut = copy.deepcopy(model)
    encoder = getattr(cut, "bert", cut).encoder
    encoder.layer = encoder.layer[:kept]
    cut.config.num_hidden_layers = kept
    ours, theirs = answers(load(work / "pruned")), answers(cut)
    failures.require(len(ours) == len(theirs), "prune: another number of outputs")
    difference = max((a - b).abs().max().item() for a, b in zip(ours, theirs))
    failures.require(difference <= TOLERANCE, f"prune: outputs differ by {difference}")
    return difference


def predict(adze, native, path, column):
    lines = run(adze, "predict", native, "--input", path, "--text-column", column, "--json", "--quiet", "--precision", "fp32").splitlines()
    return numpy.array([json.loads(line)["logits"] for line in lines], dtype=numpy.float32)


def check_predict(adze, folder, native, work, failures):
    """`adze predict` on the hard texts, against the model on its own tokenizer's ids."""
    model, tokenizer = load(folder), tokenizer_of(folder)
    if tokenizer is None or not isinstance(model, BertForSequenceClassification):
        return None
    source = work / "texts.jsonl"
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in HARD_TEXTS))
    length = min(tokenizer.model_max_length, model.config.max_position_embeddings)
    expected = [
        model(**tokenizer(text, return_tensors="pt", truncation=True, max_length=length)).logits[0].numpy()
        for text in HARD_TEXTS
    ]
    difference = float(numpy.abs(predict(adze, native, source, "text") - numpy.stack(expected)).max())
    failures.require(difference <= TOLERANCE, f"predict: logits differ by {difference}")
    return difference


def check_dev(adze, arguments, work, failures):
    """A labelled set against logits that PyTorch recorded."""
    native = work / "dev.adze"
    run(adze, "convert", arguments.dev_model, "-o", native, "--quiet")
    found, expected = predict(adze, native, arguments.dev, "sentence"), numpy.load(arguments.logits)
    failures.require(found.shape == expected.shape, f"dev: {found.shape} logits for {expected.shape}")
    difference = float(numpy.abs(found - expected).max())
    equal = int((found.argmax(1) == expected.argmax(1)).sum())
    print(f"dev: largest logit difference {difference:.3g}, equal labels {equal} of {len(expected)}")
    failures.require(difference <= TOLERANCE and equal == len(expected), "dev: other answers than PyTorch's")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("adze")
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--dev")
    parser.add_argument("--logits")
    parser.add_argument("--dev-model")
    arguments = parser.parse_args()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    failures = Failures()
    for folder in arguments.folders:
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            print(folder)
            native = check_exports(arguments.adze, folder, work, failures)
            pruned = check_prune(arguments.adze, folder, work, failures)
            predicted = check_predict(arguments.adze, folder, native, work, failures)
            shown = "no classifier" if predicted is None else f"{predicted:.3g}"
            print(f"  prune differs by {pruned:.3g}, predict by {shown}")
    if arguments.dev:
        with tempfile.TemporaryDirectory() as work:
            check_dev(arguments.adze, arguments, pathlib.Path(work), failures)
    print(f"{failures.count} failures" if failures.count else "all equal")
    sys.exit(1 if failures.count else 0)


if __name__ == "__main__":
    main()
