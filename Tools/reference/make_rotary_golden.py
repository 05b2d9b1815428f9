#!/usr/bin/env python3
# Makes a small ModernBERT with the mean before its head, under the keys of older files, and what transformers says it answers
# and learns. The family's other fixtures are made by make_family_fixtures.py.
"""Tests/Fixtures/rotary/mean: a classifier by the mean of a text that is several windows long.

    python Tools/reference/make_rotary_golden.py

The same versions give the same bytes. config.json is rewritten to the spelling before transformers 5, and read back.
"""

import json
import shutil

import torch
from torch.nn import functional as F
from transformers import ModernBertConfig, ModernBertForSequenceClassification
from transformers.utils import logging

from golden import FIXTURES, packed_ids, plain_cpu, randomise, save_tensors, write_json
from make_family_fixtures import WAYS, modernbert

LENGTHS = (1, 150, 230, 7)
OLD = {
    "global_attn_every_n_layers": 2, "global_rope_theta": 800.0, "local_rope_theta": 50.0, "local_attention": 20,
    "classifier_pooling": "mean"}


def load(folder, **kinds):
    return ModernBertForSequenceClassification.from_pretrained(folder, attn_implementation="eager", **kinds).eval()


def main():
    folder = FIXTURES / "rotary" / "mean"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model = randomise(ModernBertForSequenceClassification(ModernBertConfig(**modernbert(**WAYS))), 111)
    model.save_pretrained(folder)
    values = json.loads((folder / "config.json").read_text())
    for key in ("layer_types", "rope_parameters", "local_attention", "classifier_pooling"):
        values.pop(key, None)
    write_json(folder / "config.json", values | OLD)
    generator = torch.Generator().manual_seed(112)
    ids = [torch.randint(5, model.config.vocab_size, (length,), generator=generator).tolist() for length in LENGTHS]
    sequences = [(run, [0] * len(run)) for run in ids]
    model = load(folder)
    assert [layer.attention_type[:4] for layer in model.model.layers] == ["full", "slid"] * 2
    logits = torch.cat([model(input_ids=torch.tensor([run])).logits for run in ids])
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(FIXTURES / "families" / "modernbert" / "sequence" / name, folder)
    save_tensors(folder / "golden.safetensors", packed_ids(sequences) | {"logits": logits})
    with torch.enable_grad():
        exact = load(folder, dtype=torch.float64)
        targets = torch.tensor([(2 * index + 1) % 3 for index in range(len(ids))])
        loss = F.cross_entropy(torch.cat([exact(input_ids=torch.tensor([run])).logits for run in ids]), targets)
        loss.backward()
        gradients = {name: parameter.grad.float() for name, parameter in exact.named_parameters()}
    save_tensors(
        folder / "gradients.safetensors",
        gradients | {"loss": loss.detach().float().reshape(1), "targets": targets.float()})


if __name__ == "__main__":
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    plain_cpu()
    main()
