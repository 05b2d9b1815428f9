#!/usr/bin/env python3
# Writes Tests/Fixtures/training/optimizer.json: what torch's AdamW and clipping, transformers' schedules and the two
# AdamWs that no library ships any more do with small made-up numbers, in float64.
"""Golden optimizer steps. Gradients come from a formula that the tests repeat exactly, so that none are stored."""

import json
import pathlib

import numpy as np
import torch
from transformers import get_constant_schedule_with_warmup, get_linear_schedule_with_warmup

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "training" / "optimizer.json"
COUNT, STEPS, KEPT = 37, 20, [1, 2, 3, 10, 20]
RATE, DECAY, BETA1, BETA2 = 0.01, 0.1, 0.9, 0.999


def weight(i):
    return ((i * 29 + 7) % 64 - 31) / 32


def gradient(i, step):
    # Dyadic, so exact in both float types; every fifth weight has small ones, every seventh none at all.
    if i % 7 == 3:
        return 0.0
    return ((i * 37 + step * 101) % 257 - 128) / (1024 if i % 5 else 2**24)


def rate(step):
    return RATE * (STEPS - step) / STEPS


def run_torch():
    w = torch.nn.Parameter(torch.tensor([weight(i) for i in range(COUNT)], dtype=torch.float64))
    optimizer = torch.optim.AdamW([w], lr=RATE, betas=(BETA1, BETA2), eps=1e-8, weight_decay=DECAY)
    kept = []
    for step in range(STEPS):
        w.grad = torch.tensor([gradient(i, step) for i in range(COUNT)], dtype=torch.float64)
        optimizer.param_groups[0]["lr"] = rate(step)
        optimizer.step()
        if step + 1 in KEPT:
            kept.append(w.detach().numpy().copy())
    return kept


def run_published(variant, eps):
    """After transformers 4.30 `AdamW.step` and google-research/bert `AdamWeightDecayOptimizer.apply_gradients`."""
    w = np.array([weight(i) for i in range(COUNT)])
    m, v, kept = np.zeros(COUNT), np.zeros(COUNT), []
    for step in range(STEPS):
        g, lr, t = np.array([gradient(i, step) for i in range(COUNT)]), rate(step), step + 1
        m = BETA1 * m + (1 - BETA1) * g
        v = BETA2 * v + (1 - BETA2) * g * g
        if variant == "transformers":
            w = w - lr * np.sqrt(1 - BETA2**t) / (1 - BETA1**t) * m / (np.sqrt(v) + eps)
            w = w + w * (-lr * DECAY)
        else:
            w = w - lr * (m / (np.sqrt(v) + eps) + DECAY * w)
        if t in KEPT:
            kept.append(w.copy())
    return kept


def factors(make, total, warmup):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = make(optimizer, total, warmup)
    out = []
    for _ in range(total):
        out.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return {"total": total, "warmup": warmup, "factors": out}


def slanted(total, cut_fraction, ratio):
    """Howard & Ruder 2018, equation 3."""
    cut, out = int(total * cut_fraction), []
    for t in range(total):
        p = t / cut if t < cut else 1 - (t - cut) / (cut * (1 / cut_fraction - 1))
        out.append((1 + p * (ratio - 1)) / ratio)
    return {"total": total, "warmup": cut, "ratio": ratio, "factors": out}


def clipped(scale, limit):
    g = [torch.nn.Parameter(torch.zeros(n)) for n in (16, 9, 12)]
    values = [gradient(i, 5) * scale for i in range(COUNT)]
    for parameter, part in zip(g, np.split(np.array(values), [16, 25])):
        parameter.grad = torch.tensor(part, dtype=torch.float32)
    norm = float(torch.nn.utils.clip_grad_norm_(g, limit))
    return {"scale": scale, "limit": limit, "norm": norm, "after": torch.cat([p.grad for p in g]).tolist()}


def linear(optimizer, total, warmup):
    return get_linear_schedule_with_warmup(optimizer, warmup, total)


def constant(optimizer, total, warmup):
    return get_constant_schedule_with_warmup(optimizer, warmup)


golden = {
    "kept": KEPT,
    "weights": {
        "torch": [list(w) for w in run_torch()],
        "transformers": [list(w) for w in run_published("transformers", 1e-8)],
        "google": [list(w) for w in run_published("google", 1e-6)],
    },
    "linear": [factors(linear, *case) for case in ((37, 0), (37, 5), (50, 50), (6, 9), (1, 0))],
    "constant": [factors(constant, *case) for case in ((12, 0), (12, 5))],
    "slanted": [slanted(100, 0.1, 32), slanted(40, 0.25, 8)],
    "clipping": [clipped(1.0, 1.0), clipped(1.0, 0.25), clipped(64.0, 1.0)],
}
OUT.parent.mkdir(exist_ok=True)
OUT.write_text(json.dumps(golden) + "\n")
