#!/usr/bin/env python3
# Makes Tests/Fixtures/attributions.json: what captum attributes to each token, for small classifiers of every family.
"""Golden attributions.

    python Tools/reference/make_attribution_golden.py

With captum 0.9.0 (and matplotlib and tqdm, which it imports) beside the versions of requirements.txt. Integrated
gradients are `LayerIntegratedGradients(forward, embeddings)` with 50 steps of `gausslegendre`, the sum over each token's
values, and its convergence delta; the baseline keeps the frame. `gradient` is `LayerGradientXActivation`.
"""

import json
import pathlib

import torch
import transformers
from captum.attr import LayerGradientXActivation, LayerIntegratedGradients
from transformers.utils import logging

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures"
FOLDERS = [
    "models/seqcls-gelu", "models/seqcls-odd", "models/seqcls-relu-multilabel", "models/seqcls-regression",
    "families/distilbert/sequence", "families/electra/sequence", "families/mpnet/sequence",
]
TEXTS = [("The oak beam was cut.", None), ("Good!", "The oak was cut too short."), ("oak oak beam", None)]


def golden(folder, text, pair):
    path = FIXTURES / folder
    tokenizer = transformers.AutoTokenizer.from_pretrained(path)
    kind = transformers.AutoModelForSequenceClassification
    model = kind.from_pretrained(path, attn_implementation="eager", dtype=torch.float32).eval()
    base = getattr(model, model.base_model_prefix)
    encoded = tokenizer(text, pair, return_special_tokens_mask=True, return_tensors="pt")
    ids, frame = encoded["input_ids"], encoded["special_tokens_mask"].bool()
    types = encoded.get("token_type_ids")

    def forward(ids, types):
        more = {} if types is None else {"token_type_ids": types}
        return model(input_ids=ids, attention_mask=torch.ones_like(ids), **more).logits

    target = int(forward(ids, types).argmax())
    method = LayerIntegratedGradients(forward, base.embeddings)
    found = {"folder": folder, "text": text, "ids": ids[0].tolist(), "target": target}
    if pair is not None:
        found["pair"] = pair
    for name, filler in [("pad", tokenizer.pad_token_id), ("mask", tokenizer.mask_token_id)]:
        baselines = torch.where(frame, ids, torch.full_like(ids, filler))
        values, delta = method.attribute(
            ids, baselines=baselines, additional_forward_args=(types,), target=target, n_steps=50,
            method="gausslegendre", return_convergence_delta=True)
        found[name] = {"attributions": values.sum(-1)[0].tolist(), "delta": delta.item()}
    gradient = LayerGradientXActivation(forward, base.embeddings)
    values = gradient.attribute(ids, additional_forward_args=(types,), target=target)
    found["gradient"] = values.sum(-1)[0].tolist()
    return found


def main():
    logging.set_verbosity_error()
    torch.set_num_threads(1)
    cases = [golden(folder, text, pair) for folder in FOLDERS for text, pair in TEXTS]
    lines = ",\n".join(json.dumps(case) for case in cases)
    (FIXTURES / "attributions.json").write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
