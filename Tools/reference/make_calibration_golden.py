#!/usr/bin/env python3
# Writes Tests/Fixtures/metrics/calibration.json: logits with what is, the temperature that torch finds for them, and the
# thresholds of coverages and labels by plain arithmetic.
"""Golden temperatures by torch's LBFGS, calibration errors by masks, quantiles by exact fractions."""

import json
import math
import pathlib
from fractions import Fraction

import numpy as np
import torch
from sklearn import metrics

from make_metric_golden import calibration, plain

OUT = pathlib.Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "metrics" / "calibration.json"
random = np.random.default_rng(11)


def temperature(loss):
    """The T with the least loss: LBFGS on ln T, in double precision."""
    value = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [value], lr=0.5, max_iter=500, tolerance_grad=1e-12, tolerance_change=1e-15, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        result = loss(value.exp())
        result.backward()
        return result

    optimizer.step(closure)
    return float(value.detach().exp()), float(loss(value.exp()).detach())


def one(logits, truth):
    tensor, target = torch.tensor(logits.astype(np.float64)), torch.tensor(truth)
    found, loss = temperature(lambda t: torch.nn.functional.cross_entropy(tensor / t, target))
    before = torch.softmax(tensor, 1).numpy()
    after = torch.softmax(tensor / found, 1).numpy()
    every = list(range(logits.shape[1]))
    return {
        "logits": logits.tolist(), "truth": truth.tolist(), "temperature": found, "loss": loss,
        "logLossBefore": metrics.log_loss(truth, before, labels=every),
        "logLossAfter": metrics.log_loss(truth, after, labels=every),
        "eceBefore": calibration(truth, before), "eceAfter": calibration(truth, after),
    }


def ones():
    def case(n, labels, sharpness, stated):
        logits = random.normal(size=(n, labels)) * sharpness
        rows = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        truth = np.array([random.choice(labels, p=row) for row in rows])
        # What is said is the truth's own distribution, sharper or flatter than it is.
        return one((logits * stated).round(4).astype(np.float32), truth)

    return {"tooSure": case(80, 4, 1.5, 2.5), "tooModest": case(60, 3, 2.0, 0.4), "twoLabels": case(50, 2, 1.0, 1.0)}


def threshold(scores, holds):
    """The threshold of the highest F1 among the gaps between scores, by the rule that LabelThreshold states."""
    if not holds.any():
        return 0.5
    edges = [0.0] + sorted(set(scores.tolist())) + [1.0]
    best = None
    for index, (low, high) in enumerate(zip(edges, edges[1:])):
        has_half = (low < 0.5 or index == 0) and 0.5 <= high
        middle = 0.5 if has_half else (low + high) / 2
        said = scores >= high if index + 2 < len(edges) else np.zeros(len(scores), dtype=bool)
        correct = (said & holds).sum()
        f1 = Fraction(int(2 * correct), int(said.sum() + holds.sum()))
        key = (-f1, abs(middle - 0.5))
        if best is None or key < best[0]:
            best = (key, middle)
    return best[1]


def several():
    logits = (random.normal(size=(60, 3)) * 2).round(4).astype(np.float32)
    chance = 1 / (1 + np.exp(-(logits.astype(np.float64) + np.array([1.0, -1.5, 0.0])) * 0.6))
    truth = (random.random((60, 3)) < chance).astype(int)
    tensor, target = torch.tensor(logits.astype(np.float64)), torch.tensor(truth.astype(np.float64))
    found, loss = temperature(
        lambda t: torch.nn.functional.binary_cross_entropy_with_logits(tensor / t, target))
    scores = torch.sigmoid(tensor / found).numpy()
    return {
        "logits": logits.tolist(), "truth": truth.tolist(), "temperature": found, "loss": loss,
        "thresholds": [threshold(scores[:, label], truth[:, label] == 1) for label in range(3)],
    }


def thresholds():
    def case(scores, holds):
        scores, holds = np.array(scores), np.array(holds, dtype=bool)
        return {"scores": scores.tolist(), "holds": holds.astype(int).tolist(), "threshold": threshold(scores, holds)}

    drawn = random.random(40).round(2)
    return {
        "halfIsAsGood": case([0.1, 0.4, 0.6, 0.9], [0, 0, 1, 1]), "below": case([0.1, 0.2, 0.3, 0.4], [0, 0, 1, 1]),
        "above": case([0.6, 0.7, 0.8, 0.9], [0, 0, 1, 1]), "none": case([0.2, 0.9], [0, 0]),
        "all": case([0.2, 0.9], [1, 1]), "equalScores": case([0.7, 0.7, 0.7, 0.2], [1, 0, 1, 0]),
        "drawn": case(drawn, random.random(40) < drawn),
    }


def quantiles():
    """Ranks and thresholds: coverages are the decimals that are written, so they are exact fractions here."""
    cases = []
    best = random.random(60).round(3)
    right = random.random(60) < best
    truths = np.where(right, best, (1 - best) * random.random(60)).round(3)
    for coverage in ["0.5", "0.7", "0.8", "0.9", "0.95", "0.98", "0.99", "0.28"]:
        for count in [1, 9, 19, 24, 60]:
            rank = math.ceil((count + 1) * Fraction(coverage))
            case = {"coverage": float(coverage), "count": count, "rank": rank, "answer": None, "set": None}
            if rank <= count:
                wrong = np.sort(np.where(right[:count], 0.0, best[:count]))[rank - 1]
                case["answer"] = 0.0 if wrong == 0 else float(np.nextafter(wrong, 2))
                # 1 - q of the scores 1 - p, without the rounding of the two differences.
                case["set"] = float(np.sort(truths[:count])[::-1][rank - 1])
            cases.append(case)
    least = {c: math.ceil(Fraction(c) / (1 - Fraction(c))) for c in ["0.5", "0.9", "0.95", "0.99", "0.999", "0.3"]}
    return {
        "best": best.tolist(), "right": right.astype(int).tolist(), "truths": truths.tolist(), "cases": cases,
        "least": least,
    }


if __name__ == "__main__":
    parts = {"one": ones(), "several": several(), "thresholds": thresholds(), "quantiles": quantiles()}
    lines = [f' "{name}": {json.dumps(parts[name], default=plain)}' for name in parts]
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n")
