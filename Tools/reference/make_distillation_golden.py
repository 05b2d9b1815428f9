#!/usr/bin/env python3
# Makes Tests/Fixtures/training/distillation.json: losses of logits under a teacher and their gradients, in PyTorch, float64.
"""The loss of a batch is the mean over its texts of (1 - w) times their own loss and w T² times a divergence.

The own loss is PyTorch's mean over the texts that have a target, weighted by their share of the batch; the divergence is
`kl_div` of softmaxes at T for classes, that of each label's two probabilities for sets of labels, `mse_loss` for numbers.
A target of null has w = 1.
"""

import json

import torch
from torch.nn import functional as F

from golden import FIXTURES

torch.manual_seed(11)


def values(*shape, scale=2.0):
    # Multiples of 1/32 are the same numbers in fp32.
    return (torch.randn(*shape, dtype=torch.float64) * scale * 32).round() / 32


def own_loss(kind, logits, targets, weights, gamma):
    if kind == "classes":
        if gamma is None:
            return F.cross_entropy(logits, targets, weight=weights)
        losses = F.cross_entropy(logits, targets, reduction="none")
        own = torch.ones_like(losses) if weights is None else weights[targets]
        return (own * (1 - torch.exp(-losses)) ** gamma * losses).sum() / own.sum()
    if kind == "labels":
        return F.binary_cross_entropy_with_logits(logits, targets, pos_weight=weights)
    return F.mse_loss(logits, targets)


def divergences(kind, logits, teacher, temperature):
    z, t = logits / temperature, teacher / temperature
    if kind == "classes":
        rows = F.kl_div(z.log_softmax(1), t.log_softmax(1), reduction="none", log_target=True).sum(1)
        return temperature**2 * rows
    if kind == "labels":
        both = [torch.stack([F.logsigmoid(x), F.logsigmoid(-x)], 2) for x in (z, t)]
        rows = F.kl_div(both[0], both[1], reduction="none", log_target=True).sum(2).mean(1)
        return temperature**2 * rows
    return ((logits - teacher) ** 2).mean(1)


def case(kind, texts, classes, temperature, weight, unlabelled=(), weights=None, gamma=None):
    logits = values(texts, classes).requires_grad_()
    teacher = values(texts, classes)
    if kind == "classes":
        targets = torch.randint(classes, (texts,))
    elif kind == "labels":
        targets = torch.randint(2, (texts, classes)).double()
    else:
        targets = values(texts, classes)
    known = torch.tensor([index for index in range(texts) if index not in unlabelled], dtype=torch.long)
    shares = torch.ones(texts, dtype=torch.float64)
    shares[known] = weight
    scales = None if weights is None else torch.tensor(weights, dtype=torch.float64)
    loss = (shares * divergences(kind, logits, teacher, temperature)).mean()
    if len(known) > 0:
        own = own_loss(kind, logits[known], targets[known], scales, gamma)
        loss = loss + (1 - weight) * len(known) / texts * own
    loss.backward()
    return {
        "kind": kind, "temperature": temperature, "weight": weight, "classWeights": weights, "gamma": gamma,
        "logits": logits.detach().tolist(), "teacher": teacher.tolist(),
        "targets": [None if index in unlabelled else target for index, target in enumerate(targets.tolist())],
        "loss": loss.item(), "gradient": logits.grad.tolist(),
    }


cases = [
    case("classes", 4, 3, 2.0, 0.5),
    case("classes", 3, 2, 1.0, 1.0),
    case("classes", 5, 3, 4.0, 0.7, unlabelled=(1, 4), weights=[0.5, 2.0, 1.25]),
    case("classes", 4, 4, 3.0, 0.25, unlabelled=(0,), weights=[1.0, 3.0, 0.25, 2.0], gamma=2.0),
    case("classes", 3, 5, 2.0, 0.5, unlabelled=(0, 1, 2)),
    case("labels", 4, 3, 2.0, 0.5),
    case("labels", 4, 4, 5.0, 0.8, unlabelled=(2,), weights=[1.0, 3.0, 0.25, 2.0]),
    case("numbers", 4, 1, 2.0, 0.5, unlabelled=(3,)),
]
(FIXTURES / "training" / "distillation.json").write_text(json.dumps({"cases": cases}) + "\n")
