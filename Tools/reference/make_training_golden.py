#!/usr/bin/env python3
# Makes Tests/Fixtures/training: what PyTorch says are the gradients of the small models under Tests/Fixtures/models.
"""Golden gradients.

    python Tools/reference/make_training_golden.py

Made with the versions of requirements.txt beside this file. Each model is run in float64, every sequence alone and
unpadded, dropout off; the losses are transformers' own or, where it has none, PyTorch's. A case is one file: `loss`,
`targets`, and the gradient of each parameter under its name without `bert.`, rounded to float32. The variants of a
loss keep a few gradients only, since the rest pass through the same code.
"""

import torch
from safetensors.torch import load_file
from torch.nn import functional as F
from transformers import (
    BertForQuestionAnswering, BertForSequenceClassification, BertForTokenClassification,
)
from transformers.utils import logging

from golden import FIXTURES, save_tensors

IGNORED = -100
FEW = ("classifier.", "pooler.", "embeddings.LayerNorm.")


def sequences_of(folder):
    golden = load_file(folder / "golden.safetensors")
    offsets = golden["offsets"].tolist()
    return [
        (golden["ids"][a:b].long(), golden["type_ids"][a:b].long()) for a, b in zip(offsets, offsets[1:])
    ]


def outputs_of(model, sequences):
    return [model(input_ids=ids[None], token_type_ids=types[None]) for ids, types in sequences]


def save(name, model, loss, targets, few=False):
    model.zero_grad(set_to_none=True)
    loss.backward()
    tensors = {"loss": loss.detach().float().reshape(1), "targets": torch.as_tensor(targets, dtype=torch.float32)}
    for path, parameter in model.named_parameters():
        short = path.removeprefix("bert.")
        if few and not short.startswith(FEW):
            continue
        assert parameter.grad is not None and torch.isfinite(parameter.grad).all(), path
        tensors[short] = parameter.grad.float()
    folder = FIXTURES / "training"
    folder.mkdir(exist_ok=True)
    save_tensors(folder / f"{name}.safetensors", tensors)


def load(kind, name):
    folder = FIXTURES / "models" / name
    model = kind.from_pretrained(folder, attn_implementation="eager", dtype=torch.float64).eval()
    return model, sequences_of(folder)


def focal_loss(logits, targets, gamma, weight):
    log_p = F.log_softmax(logits, dim=-1)
    picked = log_p.gather(1, targets[:, None])[:, 0]
    factor = weight[targets]
    return (factor * (1 - picked.exp()) ** gamma * -picked).sum() / factor.sum()


def classification():
    for name in ("seqcls-gelu", "seqcls-odd"):
        model, sequences = load(BertForSequenceClassification, name)
        count = model.config.num_labels
        targets = torch.tensor([(7 * i + 1) % count for i in range(len(sequences))])

        def logits():
            return torch.cat([out.logits for out in outputs_of(model, sequences)])

        save(name, model, F.cross_entropy(logits(), targets), targets)
    weight = torch.tensor([0.5, 2.0, 1.25], dtype=torch.float64)
    save("weights", model, F.cross_entropy(logits(), targets, weight=weight), targets, few=True)
    save("focal", model, focal_loss(logits(), targets, 2.0, weight), targets, few=True)
    smooth = F.cross_entropy(logits(), targets, weight=weight, label_smoothing=0.1)
    save("smoothing", model, smooth, targets, few=True)


def values():
    model, sequences = load(BertForSequenceClassification, "seqcls-relu-multilabel")
    targets = torch.tensor([[float((i >> c) & 1) for c in range(4)] for i in range(3, 3 + len(sequences))])
    logits = torch.cat([out.logits for out in outputs_of(model, sequences)])
    weight = torch.tensor([1.0, 3.0, 0.25, 2.0], dtype=torch.float64)
    loss = F.binary_cross_entropy_with_logits(logits, targets.double(), pos_weight=weight)
    save("seqcls-relu-multilabel", model, loss, targets)

    model, sequences = load(BertForSequenceClassification, "seqcls-regression")
    targets = torch.tensor([0.75 * i - 1.5 for i in range(len(sequences))], dtype=torch.float64)
    logits = torch.cat([out.logits for out in outputs_of(model, sequences)])[:, 0]
    save("seqcls-regression", model, F.mse_loss(logits, targets), targets)


def tokens():
    model, sequences = load(BertForTokenClassification, "tokencls")
    count, targets = model.config.num_labels, []
    for ids, _ in sequences:
        inner = [(5 * i + len(ids)) % count for i in range(len(ids))]
        inner[0] = inner[-1] = IGNORED
        targets += inner
    targets = torch.tensor(targets)
    logits = torch.cat([out.logits[0] for out in outputs_of(model, sequences)])
    save("tokencls", model, F.cross_entropy(logits, targets, ignore_index=IGNORED), targets)


def questions():
    model, sequences = load(BertForQuestionAnswering, "questions")
    losses, targets = [], []
    for index, (ids, types) in enumerate(sequences):
        start, end = len(ids) // 3, len(ids) - 1
        out = model(
            input_ids=ids[None], token_type_ids=types[None], start_positions=torch.tensor([start]),
            end_positions=torch.tensor([end]),
        )
        losses.append(out.loss)
        targets += [start, end]
    save("questions", model, torch.stack(losses).mean(), targets)


def main():
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    classification()
    values()
    tokens()
    questions()


if __name__ == "__main__":
    main()
