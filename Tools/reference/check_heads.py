#!/usr/bin/env python3
# Checks a built adze against transformers for every class of the BERT family: a sibling of check_roundtrip.py, which
# checks tokenizers and predictions. It writes nothing.
"""Round trips of all seven classes, judged by transformers.

    python Tools/reference/check_heads.py .build/release/adze [--hidden 48 --blocks 4 --vocabulary 3000]

Makes a random model of each class, and the forms in which old and odd checkpoints come: a decoder tied, untied, and
different although config.json says tied; a pooler in a class that has none; TensorFlow's spelling of LayerNorm. Each is
converted, verified, exported as safetensors and as pt, and cut to its first block. What transformers loads from the
exports must answer with the same bits, with no weight missing. Exits with 1 where anything differs.
"""

import argparse
import copy
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
import transformers
from safetensors.torch import load_file, save_file
from transformers import BertConfig
from transformers.utils import logging

from golden import encoder_of, plain_cpu, randomise

CLASSES = [
    "BertModel", "BertForPreTraining", "BertForMaskedLM", "BertForNextSentencePrediction",
    "BertForSequenceClassification", "BertForTokenClassification", "BertForQuestionAnswering",
]
LOGITS = [
    "logits", "prediction_logits", "seq_relationship_logits", "start_logits", "end_logits", "last_hidden_state",
    "pooler_output",
]
failures = 0


def require(holds, what):
    global failures
    if not holds:
        failures += 1
        print(f"  FAILED: {what}")


def run(adze, *arguments):
    done = subprocess.run([adze, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"adze {' '.join(map(str, arguments))}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def answers(model):
    """Every logit of some pairs of texts of several lengths."""
    generator = torch.Generator().manual_seed(1)
    found = []
    for length in (1, 2, 9, model.config.max_position_embeddings):
        ids = torch.randint(0, model.config.vocab_size, (1, length), generator=generator)
        types = torch.randint(0, model.config.type_vocab_size, (1, length), generator=generator)
        out = model(input_ids=ids, token_type_ids=types)
        found += [out[name] for name in LOGITS if name in out and out[name] is not None]
    assert found
    return found


def load(folder, name):
    model, report = getattr(transformers, name).from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True)
    return model.eval(), report


def same(first, second):
    return len(first) == len(second) and all(torch.equal(a, b) for a, b in zip(first, second))


def check(adze, name, folder, work, about):
    """One folder through adze; returns the line of the conversion."""
    reference, _ = load(folder, name)
    expected = answers(reference)
    native = work / "model.adze"
    lines = run(adze, "convert", folder, "-o", native)
    run(adze, "verify", native)
    shown = json.loads(run(adze, "inspect", native, "--json"))
    require(shown["class"] == name, f"inspect says {shown['class']}")
    for form in ("safetensors", "pt"):
        place = work / form
        run(adze, "export", native, "-o", place, "--format", form)
        exported, report = load(place, name)
        require(same(answers(exported), expected), f"{form}: other logits")
        require(not report["missing_keys"], f"{form}: transformers misses {report['missing_keys']}")
        require(not report["mismatched_keys"], f"{form}: {report['mismatched_keys']}")
        extra = [key for key in report["unexpected_keys"] if "pooler" not in key]
        require(not extra, f"{form}: transformers has no use for {extra}")
        again = json.loads(run(adze, "diff", native, place, "--json"))
        require(not again["different"] and not again["onlyInA"] and not again["onlyInB"], f"{form}: diff {again}")
    run(adze, "prune", native, "--keep", "first:1", "-o", work / "pruned")
    run(adze, "prune", native, "--keep", "first:1", "-o", work / "pruned.adze")
    run(adze, "verify", work / "pruned.adze")
    cut = copy.deepcopy(reference)
    encoder_of(cut).encoder.layer = encoder_of(cut).encoder.layer[:1]
    cut.config.num_hidden_layers = 1
    require(same(answers(load(work / "pruned", name)[0]), answers(cut)), "prune: other logits")
    ties = [line for line in lines.splitlines() if " tied to " in line]
    print(f"{name}: {about}, {shown['head']}, {native.stat().st_size:,} bytes, {len(ties)} ties")


def rewrite(folder, change, config=None):
    """Changes the tensors of a saved folder, and members of its config.json."""
    path = folder / "model.safetensors"
    tensors = change(load_file(path))
    save_file({name: value.clone().contiguous() for name, value in tensors.items()}, path, {"format": "pt"})
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | (config or {})))


def with_pooler(size):
    return lambda tensors: tensors | {
        "bert.pooler.dense.weight": torch.randn(size, size), "bert.pooler.dense.bias": torch.randn(size)}


def with_copies(tensors):
    return tensors | {
        "cls.predictions.decoder.weight": tensors["bert.embeddings.word_embeddings.weight"],
        "cls.predictions.decoder.bias": tensors["cls.predictions.bias"]}


def old_names(tensors):
    return {
        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): value
        for name, value in tensors.items()}


def cases(size):
    """Class, changes of the configuration, changes of the saved folder, and what the case is."""
    plain = lambda tensors: tensors
    for name in CLASSES:
        yield name, {}, plain, {}, "as transformers saves it"
    for name in ("BertForMaskedLM", "BertForPreTraining"):
        yield name, dict(tie_word_embeddings=False), plain, {}, "an untied decoder"
        yield name, dict(tie_word_embeddings=False), plain, {"tie_word_embeddings": True}, "a decoder said to be tied"
        yield name, {}, with_copies, {}, "a tied decoder in the file"
    yield "BertForPreTraining", {}, old_names, {}, "TensorFlow's spelling"
    for name in ("BertForTokenClassification", "BertForQuestionAnswering", "BertForMaskedLM"):
        yield name, {}, with_pooler(size), {}, "a pooler besides"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("adze")
    parser.add_argument("--hidden", type=int, default=48)
    parser.add_argument("--blocks", type=int, default=4)
    parser.add_argument("--vocabulary", type=int, default=3000)
    arguments = parser.parse_args()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    plain_cpu()
    for index, (name, changes, change, stated, about) in enumerate(cases(arguments.hidden)):
        config = BertConfig(
            vocab_size=arguments.vocabulary, hidden_size=arguments.hidden, num_hidden_layers=arguments.blocks,
            num_attention_heads=4, intermediate_size=2 * arguments.hidden, max_position_embeddings=40,
            attn_implementation="eager", **changes)
        if name in ("BertForTokenClassification", "BertForSequenceClassification"):
            config.num_labels = 7
        with tempfile.TemporaryDirectory() as work:
            work = pathlib.Path(work)
            randomise(getattr(transformers, name)(config), index).save_pretrained(work / "source")
            rewrite(work / "source", change, stated)
            check(arguments.adze, name, work / "source", work, about)
    print(f"{failures} failures" if failures else "all equal")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
