#!/usr/bin/env python3
# Makes `gradients.safetensors` beside the models under Tests/Fixtures/families: what PyTorch says their gradients are.
# BERT's, and the variants of a loss, are made by make_training_golden.py.
"""Golden gradients of the families beyond BERT.

    python Tools/reference/make_family_training_golden.py [FAMILY...]

Run it after make_family_fixtures.py, with the versions of requirements.txt beside this file. Each model is run in
float64 over the sequences of its golden.safetensors, every one alone and unpadded, dropout off; the losses are
transformers' own. A file holds `loss`, `targets`, and the gradient of each parameter under the name that it has in
model.safetensors, rounded to float32. The row of the pad id has no gradient in the tables that PyTorch was told of.
"""

import sys

import torch
import transformers
from safetensors.torch import load_file
from torch.nn import functional as F
from transformers.utils import logging

from golden import batch_of, save_tensors
from make_family_fixtures import FAMILIES, HEADS, SHORT
from make_training_golden import IGNORED, sequences_of


def load(family, name):
    folder = FAMILIES / family / name
    kind = getattr(transformers, SHORT[family] + HEADS[name])
    model = kind.from_pretrained(folder, attn_implementation="eager", dtype=torch.float64).eval()
    return folder, model, sequences_of(folder)


def outputs_of(model, sequences):
    return [model(**batch_of(model, *sequence)) for sequence in sequences]


def save(folder, model, loss, targets):
    loss.backward()
    tensors = {"loss": loss.detach().float().reshape(1), "targets": torch.as_tensor(targets, dtype=torch.float32)}
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None and torch.isfinite(parameter.grad).all(), name
        assert not name.endswith("relative_attention_bias.weight") or (parameter.grad != 0).any()
        tensors[name] = parameter.grad.float()
    assert tensors.keys() - {"loss", "targets"} == load_file(folder / "model.safetensors").keys()
    save_tensors(folder / "gradients.safetensors", tensors)


def sequence(family):
    folder, model, sequences = load(family, "sequence")
    targets = torch.tensor([(7 * i + 1) % model.config.num_labels for i in range(len(sequences))])
    logits = torch.cat([out.logits for out in outputs_of(model, sequences)])
    save(folder, model, F.cross_entropy(logits, targets), targets)


def token(family):
    folder, model, sequences = load(family, "token")
    count, targets = model.config.num_labels, []
    for ids, _ in sequences:
        inner = [(5 * i + len(ids)) % count for i in range(len(ids))]
        inner[0] = inner[-1] = IGNORED
        targets += inner
    targets = torch.tensor(targets)
    logits = torch.cat([out.logits[0] for out in outputs_of(model, sequences)])
    save(folder, model, F.cross_entropy(logits, targets, ignore_index=IGNORED), targets)


def questions(family):
    folder, model, sequences = load(family, "questions")
    losses, targets = [], []
    for ids, types in sequences:
        start, end = len(ids) // 3, len(ids) - 1
        asked = dict(start_positions=torch.tensor([start]), end_positions=torch.tensor([end]))
        losses.append(model(**batch_of(model, ids, types), **asked).loss)
        targets += [start, end]
    save(folder, model, torch.stack(losses).mean(), targets)


def main(families):
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    for family in families:
        sequence(family)
        token(family)
        questions(family)


if __name__ == "__main__":
    main(sys.argv[1:] or list(SHORT))
